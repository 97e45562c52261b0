/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/plan.h"

#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/must.h"
#include "cli/hosts.h"
#include "cli/options.h"
#include "tests/unit/unit.h"

/* A command line behind "banksman probe", cut into words. */
struct line {
	char text[256];
	struct options options;
	struct host host; /* the last word */
};

static void line_read(const char *text, struct line *ret_line)
{
	struct options *o = &ret_line->options;
	char *argv[32];
	char *rest = ret_line->text;
	struct err e;
	int argc = 0;

	assert_true(strlen(text) < sizeof ret_line->text);
	memcpy(ret_line->text, text, strlen(text) + 1);
	for (char *word; (word = strsep(&rest, " ")) != NULL;)
		argv[argc++] = word;
	options_init(o, VERB_PROBE);
	if (!options_parse(o, VERB_PROBE, argc, argv, &e) || o->word_count != 1 ||
	    !hosts_parse_line(o->words[0], o->role, &ret_line->host, &e))
		fail_msg("%s: %s", text, e.text);
}

/*
 * "902/authd 902=19902/authd 8080/tcp?!": documented port and where it is reached, dialect,
 * "?" when the documentation does not have it, "!" when it was asked for.
 */
static void assert_items(const struct plan *p, const char *want)
{
	struct buf got;

	buf_init(&got, 1024);
	for (size_t i = 0; i < p->count; i++) {
		const struct plan_item *item = &p->items[i];

		buf_puts(&got, i > 0 ? " " : "");
		if (item->rule != NULL && item->rule->port != item->port)
			buf_printf(&got, "%u=", item->rule->port);
		buf_printf(&got, "%u/%s%s%s", item->port, dialect_name(item->dialect),
			   item->rule == NULL ? "?" : "", item->asked ? "!" : "");
	}
	assert_string_equal(buf_text(&got), want);
	buf_done(&got);
}

static void assert_plan(const char *text, const char *want)
{
	struct plan p = { 0 };
	struct line l;
	struct err e;

	line_read(text, &l);
	if (!plan_make(&l.host, &l.options, &p, &e))
		fail_msg("%s: %s", text, e.text);
	assert_items(&p, want);
	plan_done(&p);
	assert_null(p.items);
	options_done(&l.options);
}

static void assert_refused(const char *text, const char *complaint)
{
	struct plan p = { .count = 7 };
	struct line l;
	struct err e = { 0 };

	line_read(text, &l);
	if (plan_make(&l.host, &l.options, &p, &e))
		fail_msg("%s is taken", text);
	assert_string_equal(e.text, complaint);
	assert_int_equal(p.count, 7);
	options_done(&l.options);
}

/* What follows when the host turned out to be of role found. */
static void assert_follows(const char *text, enum role found, const char *want)
{
	struct plan p;
	struct line l;

	line_read(text, &l);
	plan_follow(found, &l.options, &p);
	assert_items(&p, want);
	plan_done(&p);
	options_done(&l.options);
}

TEST(test_plan_role_names_the_documented_ports_and_dialects)
{
	assert_plan("vcenter=a", "443/vcenter");
	assert_plan("esxi=a", "443/esxi 902/authd");
	assert_plan("ovirt-engine=a", "443/ovirt-engine");
	assert_plan("ovirt-host=a", "443/tls 54322/imageio");
	assert_plan("registry=quay.example.com/vddk:8", "443/registry");
	assert_plan("openstack=a", "8776/tcp 8774/tcp 5000/tcp 9696/tcp 9292/tcp");
	assert_plan("ova=a", "2049/tcp 111/tcp");
	assert_plan("openshift=a", "6443/tls 443/tls");
	assert_plan("hyperv=a", "5986/tls 445/tcp");
	assert_plan("--role esxi a", "443/esxi 902/authd");
}

TEST(test_plan_role_plans_exactly_the_rows_of_the_table)
{
	size_t count;
	const struct port_rule *rules = port_rules(&count);

	for (enum role r = ROLE_NONE + 1; r < ROLE_N; r++) {
		struct host h = { .role = r, .name = "a" };
		struct plan p = { 0 };
		struct options o;
		struct err e;
		size_t at = 0;

		options_init(&o, VERB_PROBE);
		assert_true(plan_make(&h, &o, &p, &e));
		for (size_t i = 0; i < count; i++)
			if (rules[i].role == r) {
				assert_true(at < p.count);
				assert_ptr_equal(p.items[at++].rule, &rules[i]);
			}
		assert_int_equal(at, p.count);
		plan_done(&p);
	}
}

TEST(test_plan_host_without_a_role_is_identified)
{
	assert_plan("a", "443/identify?");
	assert_plan("10.1.7.9", "443/identify?");
	assert_plan("--port 443=8443 a", "8443/identify?");
	assert_plan("--port 902=19902 --port 443=8443 a", "8443/identify?");
}

TEST(test_plan_identified_host_is_asked_on_its_other_ports)
{
	assert_follows("a", ROLE_NONE, "");
	assert_follows("a", ROLE_VCENTER, "");
	assert_follows("a", ROLE_ESXI, "902/authd");
	assert_follows("a", ROLE_OVIRT_ENGINE, "");
	assert_follows("a", ROLE_OVIRT_HOST, "54322/imageio");
	assert_follows("a", ROLE_HYPERV, "5986/tls 445/tcp");
	assert_follows("--port 443=8443 --port 902=19902 a", ROLE_ESXI, "902=19902/authd");
}

static struct plan_item told(enum role found, uint16_t port)
{
	struct plan_item item = { .port = port, .dialect = DIALECT_IDENTIFY };

	plan_told(found, &item);
	assert_int_equal(item.port, port);
	assert_false(item.asked);
	return item;
}

TEST(test_plan_identified_host_is_asked_as_what_it_is)
{
	struct plan_item item = told(ROLE_ESXI, 443);

	assert_int_equal(item.dialect, DIALECT_ESXI);
	assert_ptr_equal(item.rule, port_rule_find(ROLE_ESXI, 443));
	item = told(ROLE_VCENTER, 8443);
	assert_int_equal(item.dialect, DIALECT_VCENTER);
	assert_ptr_equal(item.rule, port_rule_find(ROLE_VCENTER, 443));
	item = told(ROLE_OVIRT_ENGINE, 443);
	assert_int_equal(item.dialect, DIALECT_OVIRT_ENGINE);
}

TEST(test_plan_host_that_is_none_of_them_stays_as_it_is)
{
	struct plan_item item = told(ROLE_NONE, 443);

	assert_int_equal(item.dialect, DIALECT_IDENTIFY);
	assert_null(item.rule);
	item = told(ROLE_HYPERV, 443);
	assert_int_equal(item.dialect, DIALECT_IDENTIFY);
	assert_null(item.rule);
}

TEST(test_plan_named_port_is_asked_instead_of_the_documented_ones)
{
	assert_plan("--port 902 esxi=a", "902/authd!");
	assert_plan("--port 8080 esxi=a", "8080/tcp?!");
	assert_plan("--port 22 --port 443 esxi=a", "22/tcp?! 443/esxi!");
	assert_plan("--port 443 a", "443/tcp?!");
	assert_plan("--port 5000 registry=quay.example.com/vddk", "5000/registry?!");
}

TEST(test_plan_port_named_twice_is_asked_once)
{
	assert_plan("--port 902 --port 443 --port 902 esxi=a", "902/authd! 443/esxi!");
	assert_plan("--port 902=1 --port 902=1 esxi=a", "902=1/authd");
	assert_plan("--port 902=1 --port 902=2 esxi=a", "902=1/authd 902=2/authd");
}

TEST(test_plan_mapped_port_is_asked_as_the_documented_one)
{
	assert_plan("--port 902=19902 esxi=a", "902=19902/authd");
	assert_plan("--port 443=8443 --port 902=19902 esxi=a", "443=8443/esxi 902=19902/authd");
	assert_plan("--port 443=902 --port 902=443 esxi=a", "443=902/esxi 902=443/authd");
	assert_plan("--port 902=19902 --port 22 esxi=a", "902=19902/authd 22/tcp?!");
}

TEST(test_plan_mapping_of_another_role_is_passed_over)
{
	assert_plan("--port 902=19902 --port 443=8443 vcenter=a", "443=8443/vcenter");
	assert_plan("--port 902=19902 --port 443 vcenter=a", "443/vcenter!");
	assert_plan("--port 902=19902 --port 22 a", "22/tcp?!");
}

TEST(test_plan_own_port_counts_before_all)
{
	assert_plan("esxi=a:902", "902/authd!");
	assert_plan("esxi=a:8080", "8080/tcp?!");
	assert_plan("esxi=a:902=19902", "902=19902/authd");
	assert_plan("--port 443 esxi=a:902", "902/authd!");
	assert_plan("a:902", "902/tcp?!");
	assert_plan("a:443", "443/tcp?!");
}

TEST(test_plan_own_port_of_a_role_with_one_port_stands_for_it)
{
	assert_plan("vcenter=a:8443", "443=8443/vcenter!");
	assert_plan("ovirt-engine=a:8443", "443=8443/ovirt-engine!");
	assert_plan("registry=quay.example.com:5000/vddk", "443=5000/registry!");
	assert_plan("registry=quay.example.com:443/vddk", "443/registry!");
}

TEST(test_plan_ports_that_do_not_fit_are_refused)
{
	assert_refused("esxi=a:54322=1", "a: port 54322 is not documented for esxi");
	assert_refused("a:902=1", "a: port 902 is not documented for a host without a role");
	assert_refused("--port 54322=1 esxi=a", "a: port 54322 is not documented for esxi");
	assert_refused("--port 902=1 a", "a: --port 902=1 needs a role");
	assert_refused("--check http --port 80=8080 a", "a: --port 80=8080 needs a role");
}

TEST(test_plan_check_says_how_to_ask)
{
	assert_plan("--check tls esxi=a", "443/tls 902/tls");
	assert_plan("--check tcp --port 902 esxi=a", "902/tcp!");
	assert_plan("--check tcp esxi=a:902=19902", "902=19902/tcp");
	assert_plan("--check https a:8443", "8443/https?!");
	assert_plan("--check tcp --port 5000 registry=quay.example.com/vddk", "5000/tcp?!");
	assert_follows("--check tcp a", ROLE_ESXI, "902/tcp");
}

TEST(test_plan_check_of_a_host_without_a_role_asks_its_own_port)
{
	assert_plan("--check tls a", "443/tls?!");
	assert_plan("--check https a", "443/https?!");
	assert_plan("--check http a", "80/http?!");
	assert_plan("--check tls --port 443=8443 a", "8443/tls?!");
}

TEST(test_plan_reach_asks_the_same_ports)
{
	assert_plan("--reach a", "443/tcp?");
	assert_plan("--reach esxi=a", "443/esxi 902/authd");
	assert_plan("--reach --port 902 a", "902/tcp?!");
}

TEST(test_plan_registry_without_tls_is_on_80)
{
	assert_plan("--plain registry=quay.example.com/vddk", "443=80/registry");
	assert_plan("--plain registry=quay.example.com:5000/vddk", "443=5000/registry!");
	assert_plan("--plain esxi=a", "443/esxi 902/authd");
}

/* The spec of the plan's item at the address 10.1.7.9; l lives as long. */
static struct probe_spec spec_of(const char *text, size_t item, struct line *l)
{
	struct plan p = { 0 };
	struct probe_spec spec;
	struct addr address;
	struct err e;

	line_read(text, l);
	assert_true(addr_parse("10.1.7.9", 1, &address));
	assert_true(plan_make(&l->host, &l->options, &p, &e));
	assert_true(item < p.count);
	spec = plan_spec(&p.items[item], &l->host, &address, &l->options, NULL);
	plan_done(&p);
	return spec;
}

TEST(test_plan_spec_has_the_defaults)
{
	struct line l;
	struct probe_spec spec = spec_of("esxi=esx01", 1, &l);

	assert_ptr_equal(spec.host, l.host.name);
	assert_int_equal(addr_port(&spec.address), 902);
	assert_int_equal(spec.depth, DEPTH_SERVE);
	assert_int_equal(spec.dialect, DIALECT_AUTHD);
	assert_int_equal(span_ms(spec.timeout), 3000);
	assert_null(spec.trust);
	assert_int_equal(spec.pin.len, 0);
	assert_int_equal(span_ms(spec.expiry_warning), INT64_C(30) * 24 * 3600 * 1000);
	assert_null(spec.min_version);
	assert_null(spec.http_path);
	assert_int_equal(spec.http_status, 0);
	assert_null(spec.image);
	assert_false(spec.plain);
	options_done(&l.options);
}

TEST(test_plan_spec_has_what_the_options_say)
{
	struct line l;
	struct probe_spec spec =
		spec_of("--timeout 500ms --check https --path /x --status 204 --pin "
			"0102030405060708090a0b0c0d0e0f1011121314 --port 443=8443 vcenter=a",
			0, &l);

	assert_int_equal(addr_port(&spec.address), 8443);
	assert_int_equal(spec.depth, DEPTH_SERVE);
	assert_int_equal(spec.dialect, DIALECT_HTTPS);
	assert_int_equal(span_ms(spec.timeout), 500);
	assert_int_equal(spec.pin.len, 20);
	assert_int_equal(spec.pin.bytes[19], 0x14);
	assert_string_equal(spec.http_path, "/x");
	assert_int_equal(spec.http_status, 204);
	options_done(&l.options);
	spec = spec_of("--reach vcenter=a", 0, &l);
	assert_int_equal(spec.depth, DEPTH_REACH);
	options_done(&l.options);
}

TEST(test_plan_plain_is_for_registries_alone)
{
	struct line l;
	struct probe_spec spec = spec_of("--plain vcenter=a", 0, &l);

	assert_false(spec.plain);
	options_done(&l.options);
	spec = spec_of("--plain --role registry a/b", 0, &l);
	assert_true(spec.plain);
	options_done(&l.options);
}

TEST(test_plan_port_without_a_rule_is_asked_for_its_certificate_when_trust_is)
{
	assert_plan("a:8443", "8443/tcp?!");
	assert_plan("--ca ca.pem a:8443", "8443/tls?!");
	assert_plan("--pin 0102030405060708090a0b0c0d0e0f1011121314 --port 8443 a", "8443/tls?!");
}

TEST(test_plan_gravest_is_the_port_that_no_migration_goes_without)
{
	struct line l;
	struct plan p;
	struct err e;

	line_read("ovirt-host=a", &l);
	assert_true(plan_make(&l.host, &l.options, &p, &e));
	assert_int_equal(p.items[0].port, 443); /* of older releases: a warning */
	assert_int_equal(plan_gravest(&p)->port, 54322);
	plan_done(&p);
	options_done(&l.options);
}

TEST(test_plan_spec_of_a_registry_has_the_image)
{
	struct line l;
	struct probe_spec spec = spec_of("--plain registry=quay.example.com:5000/vddk:8", 0, &l);

	assert_string_equal(spec.host, "quay.example.com");
	assert_string_equal(spec.image, "quay.example.com:5000/vddk:8");
	assert_int_equal(addr_port(&spec.address), 5000);
	assert_true(spec.plain);
	options_done(&l.options);
}

static void assert_min_version(const char *text, size_t item, const char *want)
{
	struct line l;
	struct probe_spec spec = spec_of(text, item, &l);

	if (want == NULL)
		assert_null(spec.min_version);
	else
		assert_string_equal(spec.min_version, want);
	options_done(&l.options);
}

TEST(test_plan_min_version_is_that_of_vcenter_and_esxi_alone)
{
	assert_min_version("vcenter=a", 0, "6.5");
	assert_min_version("vcenter=a:8443", 0, "6.5");
	assert_min_version("esxi=a", 0, "6.5");
	assert_min_version("--min-version 8.0.2 vcenter=a", 0, "8.0.2");
	assert_min_version("--min-version 8.0.2 esxi=a", 0, "8.0.2");
	assert_min_version("--min-version 8.0.2 esxi=a", 1, NULL);
	assert_min_version("--min-version 8.0.2 ovirt-host=a", 1, NULL);
	assert_min_version("--min-version 8.0.2 ovirt-engine=a", 0, NULL);
	assert_min_version("--min-version 8.0.2 --check tls vcenter=a", 0, NULL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_plan_role_names_the_documented_ports_and_dialects),
	cmocka_unit_test(test_plan_role_plans_exactly_the_rows_of_the_table),
	cmocka_unit_test(test_plan_host_without_a_role_is_identified),
	cmocka_unit_test(test_plan_identified_host_is_asked_on_its_other_ports),
	cmocka_unit_test(test_plan_identified_host_is_asked_as_what_it_is),
	cmocka_unit_test(test_plan_host_that_is_none_of_them_stays_as_it_is),
	cmocka_unit_test(test_plan_named_port_is_asked_instead_of_the_documented_ones),
	cmocka_unit_test(test_plan_port_named_twice_is_asked_once),
	cmocka_unit_test(test_plan_mapped_port_is_asked_as_the_documented_one),
	cmocka_unit_test(test_plan_mapping_of_another_role_is_passed_over),
	cmocka_unit_test(test_plan_own_port_counts_before_all),
	cmocka_unit_test(test_plan_own_port_of_a_role_with_one_port_stands_for_it),
	cmocka_unit_test(test_plan_ports_that_do_not_fit_are_refused),
	cmocka_unit_test(test_plan_check_says_how_to_ask),
	cmocka_unit_test(test_plan_check_of_a_host_without_a_role_asks_its_own_port),
	cmocka_unit_test(test_plan_reach_asks_the_same_ports),
	cmocka_unit_test(test_plan_registry_without_tls_is_on_80),
	cmocka_unit_test(test_plan_spec_has_the_defaults),
	cmocka_unit_test(test_plan_spec_has_what_the_options_say),
	cmocka_unit_test(test_plan_plain_is_for_registries_alone),
	cmocka_unit_test(test_plan_port_without_a_rule_is_asked_for_its_certificate_when_trust_is),
	cmocka_unit_test(test_plan_gravest_is_the_port_that_no_migration_goes_without),
	cmocka_unit_test(test_plan_spec_of_a_registry_has_the_image),
	cmocka_unit_test(test_plan_min_version_is_that_of_vcenter_and_esxi_alone),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
