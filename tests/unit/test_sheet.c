/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/sheet.h"

#include <string.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/must.h"
#include "cli/addressbook.h"
#include "cli/hosts.h"
#include "cli/options.h"
#include "cli/plan.h"
#include "cli/sources.h"
#include "tests/unit/unit.h"

/* ---- lists of nodes */

static struct sources listed(const char *text)
{
	struct sources s = { 0 };
	struct err err;

	if (!sources_parse(&s, "f", text, strlen(text), &err))
		fail_msg("%s is refused: %s", text, err.text);
	return s;
}

static void assert_refused(const char *text, const char *why)
{
	struct sources s = { 0 };
	struct err err;

	if (sources_parse(&s, "f", text, strlen(text), &err))
		fail_msg("%s is taken", text);
	assert_string_equal(err.text, why);
	sources_done(&s);
}

TEST(test_sources_are_names_and_addresses)
{
	struct sources s =
		listed("\xef\xbb\xbf# workers\n\nn1\r\n  n2.example.com\t10.4.2.2 # rack 4\n"
		       "10.4.3.2\nn4 10.4.4.2,fd00::4 10.4.4.2\n#n5\n");
	char text[ADDR_TEXT_SIZE];

	assert_int_equal(s.count, 4);
	assert_string_equal(s.list[0].name, "n1");
	assert_int_equal(s.list[0].addr_count, 0);
	assert_string_equal(s.list[1].name, "n2.example.com");
	assert_int_equal(s.list[1].addr_count, 1);
	assert_string_equal(s.list[2].name, "10.4.3.2");
	assert_int_equal(s.list[2].addr_count, 1);
	assert_int_equal(s.list[3].addr_count, 2);
	addr_format(&s.list[3].addrs[1], text);
	assert_string_equal(text, "fd00::4");
	sources_done(&s);
}

TEST(test_sources_that_are_none_are_refused)
{
	assert_refused("n1\n10.4.0.0/24\n",
		       "f:2: '10.4.0.0/24' is a network: write the nodes, so that nothing more is "
		       "opened than they need");
	assert_refused("n 1", "f:1: '1' is neither a host name nor an address");
	assert_refused("n1 n2", "f:1: 'n2' is neither a host name nor an address");
	assert_refused("a b:c", "f:1: 'b:c' is neither a host name nor an address");
	assert_refused("n 10.0.0.1 10.0.0.2 10.0.0.3 10.0.0.4 10.0.0.5 10.0.0.6 10.0.0.7 10.0.0.8 "
		       "10.0.0.9",
		       "f:1: more than 8 addresses of a node");
}

TEST(test_sources_with_a_nul_are_no_text)
{
	struct sources s = { 0 };
	struct err err;

	assert_false(sources_parse(&s, "f", "n1\0x", 4, &err));
	assert_string_equal(err.text, "f: not a text file");
	sources_done(&s);
}

/* ---- sheets */

/* Of a list of nodes and words such as "esxi=esx01", with a name known: esx01 is 10.3.0.1 and fd00:3::1. */
static void assert_sheet(const char *nodes, const char *targets, const char *want)
{
	struct addr addrs[2];
	struct addressbook_entry entry = { .name = "esx01", .addrs = addrs, .count = 2 };
	struct addressbook book = { .list = &entry, .count = 1 };
	struct sources sources = listed(nodes);
	struct hosts hosts = { 0 };
	struct plan plans[8] = { 0 };
	struct options o;
	struct sheet s;
	struct buf got;
	struct err err;
	AUTO(text) char *copy = xstrdup(targets);
	char *rest = copy;

	MUST(addr_parse("10.3.0.1", 0, &addrs[0]) && addr_parse("fd00:3::1", 0, &addrs[1]));
	options_init(&o, VERB_PORTS);
	for (char *word; (word = strsep(&rest, " ")) != NULL;)
		assert_true(hosts_add(&hosts, word, ROLE_NONE, &err));
	for (size_t i = 0; i < hosts.count; i++)
		assert_true(plan_make(&hosts.host[i], &o, &plans[i], &err));
	sheet_make(&sources, &hosts, plans, &book, &s);
	buf_init(&got, 1 << 16);
	sheet_put_csv(&s, &got);
	assert_string_equal(buf_text(&got), want);
	buf_done(&got);
	sheet_done(&s);
	for (size_t i = 0; i < hosts.count; i++)
		plan_done(&plans[i]);
	hosts_done(&hosts);
	sources_done(&sources);
	options_done(&o);
}

#define HEAD                                                                                       \
	"source,source_address,destination,destination_address,protocol,port,purpose,severity,"    \
	"requirement\r\n"
#define VSPHERE ",blocker,\"Prerequisites, Ports, VMware vSphere, since 2.1\"\r\n"

TEST(test_sheet_every_node_to_every_documented_port)
{
	assert_sheet(
		"n1 10.4.1.2\n10.4.2.2", "esxi=10.3.0.9",
		HEAD
		"n1,10.4.1.2,10.3.0.9,10.3.0.9,TCP,443,Disk transfer authentication" VSPHERE
		"n1,10.4.1.2,10.3.0.9,10.3.0.9,TCP,902,Disk transfer data copy" VSPHERE
		"10.4.2.2,10.4.2.2,10.3.0.9,10.3.0.9,TCP,443,Disk transfer authentication" VSPHERE
		"10.4.2.2,10.4.2.2,10.3.0.9,10.3.0.9,TCP,902,Disk transfer data copy" VSPHERE);
}

TEST(test_sheet_families_are_paired)
{
	assert_sheet("n1 10.4.1.2 fd00:4::2", "esx01:7",
		     HEAD "n1,10.4.1.2,esx01,10.3.0.1,TCP,7,,,\r\n"
			  "n1,fd00:4::2,esx01,fd00:3::1,TCP,7,,,\r\n");
	assert_sheet("n1 10.4.1.2", "[fd00::9]:7", HEAD);
}

TEST(test_sheet_names_without_addresses_stay)
{
	assert_sheet("n1", "esx07:7 esx01:7",
		     HEAD "n1,,esx07,,TCP,7,,,\r\n"
			  "n1,,esx01,10.3.0.1,TCP,7,,,\r\n"
			  "n1,,esx01,fd00:3::1,TCP,7,,,\r\n");
}

TEST(test_sheet_doubles_are_folded)
{
	assert_sheet("n1 10.4.1.2\nalias 10.4.1.2\nN2\nn2", "10.3.0.9:7 10.3.0.9:7 x:7 X:7",
		     HEAD "n1,10.4.1.2,10.3.0.9,10.3.0.9,TCP,7,,,\r\n"
			  "n1,10.4.1.2,x,,TCP,7,,,\r\n"
			  "N2,,10.3.0.9,10.3.0.9,TCP,7,,,\r\n"
			  "N2,,x,,TCP,7,,,\r\n");
	assert_sheet("n1 10.4.1.2", "vcenter=10.3.0.9 esxi=10.3.0.9:443 10.3.0.9:443",
		     HEAD
		     "n1,10.4.1.2,10.3.0.9,10.3.0.9,TCP,443,VMware provider inventory and disk "
		     "transfer authentication; Disk transfer authentication" VSPHERE);
}

TEST(test_sheet_nobody_opens_a_firewall_to_himself)
{
	assert_sheet("n1 10.4.1.2\nn2", "10.4.1.2:7 n2:7",
		     HEAD "n1,10.4.1.2,n2,,TCP,7,,,\r\n"
			  "n2,,10.4.1.2,10.4.1.2,TCP,7,,,\r\n");
}

TEST(test_sheet_a_port_may_be_reached_elsewhere_and_a_rule_may_have_ended)
{
	assert_sheet("n1 10.4.1.2", "esxi=10.3.0.9:902=19902 ovirt-host=10.3.0.8:443",
		     HEAD
		     "n1,10.4.1.2,10.3.0.9,10.3.0.9,TCP,19902,Disk transfer data copy" VSPHERE
		     "n1,10.4.1.2,10.3.0.8,10.3.0.8,TCP,443,Disk transfer authentication,warning,"
		     "\"Prerequisites, Ports, oVirt, 2.1 to 2.7\"\r\n");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_sources_are_names_and_addresses),
	cmocka_unit_test(test_sources_that_are_none_are_refused),
	cmocka_unit_test(test_sources_with_a_nul_are_no_text),
	cmocka_unit_test(test_sheet_every_node_to_every_documented_port),
	cmocka_unit_test(test_sheet_families_are_paired),
	cmocka_unit_test(test_sheet_names_without_addresses_stay),
	cmocka_unit_test(test_sheet_doubles_are_folded),
	cmocka_unit_test(test_sheet_nobody_opens_a_firewall_to_himself),
	cmocka_unit_test(test_sheet_a_port_may_be_reached_elsewhere_and_a_rule_may_have_ended),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
