/* SPDX-License-Identifier: Apache-2.0 */
/* test_merge.c: identity.sql, resolve.sql and merge.c, through files of two formats. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/pears.h"
#include "tests/unit/unit.h"

#define U1 "11111111-0000-0000-0000-000000000001"
#define U2 "11111111-0000-0000-0000-000000000002"

static struct pears p;

static int set_up(__attribute__((unused)) void **state)
{
	pears_init(&p, NULL);
	pears_open(&p);
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	pears_done(&p);
	return 0;
}

/* Reads a list of machines, written with ' for ". */
static void read_list(const char *list, const char *file, const char *items)
{
	char text[2048];

	(void)snprintf(text, sizeof text, "{'%s': [%s]}", list, items);
	for (char *q = text; *q != '\0'; q++)
		if (*q == '\'')
			*q = '"';
	pears_read(&p, file, text);
}

static void expect(const char *sql, const char *rows)
{
	assert_string_equal(pears_rows(&p, sql), rows);
}

TEST(test_merge_fills_what_is_open_in_the_order_of_the_files)
{
	read_list("plums", "1.json", "{'ref': 'vm-1', 'name': 'a', 'uuid': '" U1 "'}");
	read_list("pears", "2.json", "{'name': 'b', 'uuid': '" U1 "', 'cpus': 2}");
	read_list("plums", "3.json", "{'uuid': '" U1 "', 'cpus': 3, 'memory': 4}");
	expect("SELECT ref || name || uuid || cpus || memory FROM vm", "vm-1a" U1 "24\n");
}

TEST(test_merge_children_follow_and_become_one_where_their_ref_is_equal)
{
	read_list("plums", "1.json",
		  "{'uuid': '" U1 "', 'disks': [{'ref': '1', 'file': 'a'}, {'ref': '1'}, {}]}");
	read_list("pears", "2.json",
		  "{'uuid': '" U1
		  "', 'disks': [{'ref': '2', 'file': 'c'}, {'ref': '1', 'file': 'b',"
		  " 'capacity': 7}, {}]}, {'uuid': '" U2
		  "', 'disks': [{'ref': '1', 'file': 'other'}]}");
	expect("SELECT coalesce(disk.ref, '-') || coalesce(file, '-') || coalesce(disk.capacity, "
	       "'-')"
	       " FROM disk JOIN vm ON vm.id = disk.vm WHERE uuid = '" U1 "' ORDER BY 1",
	       "---\n---\n1--\n1a7\n2c-\n");
	expect("SELECT count(*) FROM disk", "6\n");
	expect("SELECT count(*) FROM disk WHERE vm NOT IN (SELECT id FROM vm)", "0\n");
}

/* Whichever script ran first, what the first file says comes first. */
TEST(test_merge_children_are_filled_in_the_order_of_the_files)
{
	read_list("plums", "1.json",
		  "{'uuid': '" U1 "', 'disks': [{'ref': '1', 'file': 'first'}]}");
	read_list("pears", "2.json",
		  "{'uuid': '" U1 "', 'disks': [{'ref': '1', 'file': 'second'}]}");
	expect("SELECT file FROM disk", "first\n");
}

TEST(test_merge_what_hangs_together_over_others_is_one)
{
	read_list("pears", "1.json", "{'name': 'a', 'ref': 'vm-1'}");
	read_list("plums", "2.json", "{'name': 'x', 'uuid': '" U1 "'}");
	read_list("plums", "3.json", "{'name': 'a', 'ref': 'vm-1', 'uuid': '" U1 "'}");
	expect("SELECT name || uuid FROM vm", "a" U1 "\n");
}

TEST(test_merge_references_of_two_sites_are_two_machines)
{
	read_list("pears", "1.json",
		  "{'name': 'a', 'ref': 'vm-1', 'site': 's'}, {'name': 'a', 'ref': 'vm-1', 'site': "
		  "'t'}");
	read_list("plums", "2.json", "{'name': 'a', 'ref': 'vm-1', 'cpus': 1}");
	expect("SELECT count(*) FROM vm", "3\n");
	expect("SELECT count(*) FROM vm WHERE cpus = 1 AND site IS NULL", "1\n");
}

TEST(test_merge_sites_of_two_formats_cannot_be_compared)
{
	read_list("pears", "1.json", "{'name': 'a', 'ref': 'vm-1', 'site': 's'}");
	read_list("plums", "2.json", "{'name': 'a', 'ref': 'vm-1', 'site': 't', 'cpus': 1}");
	expect("SELECT site || cpus FROM vm", "s1\n");
}

TEST(test_merge_machines_of_one_reference_and_other_names_or_uuids_are_two)
{
	read_list("pears", "1.json",
		  "{'name': 'a', 'ref': 'vm-1'}, {'name': 'c', 'ref': 'vm-2',"
		  " 'uuid': '" U1 "'}");
	read_list("plums", "2.json",
		  "{'name': 'b', 'ref': 'vm-1'}, {'name': 'c', 'ref': 'vm-2',"
		  " 'uuid': '" U2 "'}");
	expect("SELECT count(*) FROM vm", "4\n");
}

TEST(test_merge_clones_of_one_uuid_are_two)
{
	read_list("pears", "1.json",
		  "{'name': 'a', 'ref': 'vm-1', 'uuid': '" U1 "'},"
		  "{'name': 'b', 'ref': 'vm-2', 'uuid': '" U1 "'}");
	read_list("plums", "2.json",
		  "{'ref': 'vm-2', 'uuid': '" U1 "', 'cpus': 2},"
		  "{'uuid': '" U1 "', 'cpus': 3}");
	expect("SELECT count(*) FROM vm", "3\n");
	expect("SELECT cpus FROM vm WHERE ref = 'vm-2'", "2\n");
}

TEST(test_merge_name_alone_joins_only_what_is_alone)
{
	read_list("pears", "1.json",
		  "{'name': 'a', 'ref': 'vm-1'}, {'name': 'b', 'ref': 'vm-2'},"
		  "{'name': 'b', 'ref': 'vm-3'}");
	read_list("plums", "2.json", "{'name': 'a', 'cpus': 1}, {'name': 'b', 'cpus': 2}");
	expect("SELECT ref || '=' || coalesce(cpus, '-') FROM vm WHERE ref IS NOT NULL ORDER BY "
	       "ref",
	       "vm-1=1\nvm-2=-\nvm-3=-\n");
	expect("SELECT count(*) FROM vm", "4\n");
}

TEST(test_merge_types_are_apart)
{
	read_list("pears", "1.json",
		  "{'name': 'a', 'uuid': '" U1 "'}, {'name': 'a', 'uuid': '" U1
		  "', 'type': 'ovirt'}");
	expect("SELECT type FROM vm ORDER BY 1", "ovirt\nvsphere\n");
}

TEST(test_merge_many_of_one_are_one)
{
	char items[2000] = "";

	for (size_t i = 0; i < 30; i++)
		(void)snprintf(items + strlen(items), sizeof items - strlen(items),
			       "%s{'name': 'a', 'ref': 'vm-1', 'cpus': %zu}", i > 0 ? "," : "", i);
	read_list("pears", "1.json", items);
	expect("SELECT cpus FROM vm", "0\n");
}

TEST(test_merge_resolves_hosts_by_reference_or_name_in_the_own_site)
{
	read_list("pears", "1.json",
		  "{'name': 'a', 'ref': 'vm-1', 'host': 'host-1', 'site': 's'},"
		  "{'name': 'b', 'ref': 'vm-2', 'host': 'h2', 'site': 't'},"
		  "{'name': 'c', 'ref': 'vm-3', 'host': 'host-1', 'site': 'u'},"
		  "{'name': 'd', 'ref': 'vm-4', 'host': 'none'}, {'name': 'e', 'ref': 'vm-5', "
		  "'host': ''}");
	read_list("pearhosts", "2.json",
		  "{'ref': 'host-1', 'name': 'h1', 'site': 's'}, {'ref': 'host-1', 'name': 'hx',"
		  " 'site': 't'}, {'ref': 'host-2', 'name': 'h2', 'site': 's'}");
	expect("SELECT vm.name || coalesce(host.name, '-') FROM vm LEFT JOIN host"
	       " ON host.id = vm.host_id ORDER BY 1",
	       "ah1\nbh2\nc-\nd-\ne-\n");
}

int main(void)
{
#define MERGE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		MERGE(test_merge_fills_what_is_open_in_the_order_of_the_files),
		MERGE(test_merge_children_follow_and_become_one_where_their_ref_is_equal),
		MERGE(test_merge_children_are_filled_in_the_order_of_the_files),
		MERGE(test_merge_what_hangs_together_over_others_is_one),
		MERGE(test_merge_references_of_two_sites_are_two_machines),
		MERGE(test_merge_sites_of_two_formats_cannot_be_compared),
		MERGE(test_merge_machines_of_one_reference_and_other_names_or_uuids_are_two),
		MERGE(test_merge_clones_of_one_uuid_are_two),
		MERGE(test_merge_name_alone_joins_only_what_is_alone),
		MERGE(test_merge_types_are_apart),
		MERGE(test_merge_many_of_one_are_one),
		MERGE(test_merge_resolves_hosts_by_reference_or_name_in_the_own_site),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
