/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/view.h"

#include <stdlib.h>

#include "base/must.h"
#include "daemon/registry.h"
#include "daemon/served.h"
#include "probes/cert.h"
#include "tests/unit/findings.h"
#include "tests/unit/unit.h"
#include "tests/unit/watched.h"

/* 2026-11-25T14:05:06.789Z */
#define SINCE_MS INT64_C(1795615506789)

static const char site[] = "providers:\n"
			   "- name: dc1\n"
			   "  type: vsphere\n"
			   "  vcenter: 10.1.7.2\n"
			   "  esxi: [10.1.7.14]\n"
			   "endpoints:\n"
			   "- name: nowhere\n"
			   "  address: minio.example.com:9000\n";

static const struct wall now = { .ms = SINCE_MS + 1000 };

static json_t *at(json_t *o, const char *key)
{
	json_t *value = json_object_get(o, key);

	if (value == NULL)
		fail_msg("no key %s", key);
	return value;
}

static void assert_text(json_t *o, const char *key, const char *text)
{
	assert_string_equal(json_string_value(at(o, key)), text);
}

static void assert_absent(json_t *o, const char *key)
{
	if (json_object_get(o, key) != NULL)
		fail_msg("there is a key %s", key);
}

/* What a serve check learned at 902. */
static struct served *served(enum service service)
{
	struct verdict v = { .service = service };
	struct facts *f = verdict_facts(&v);
	struct served *s;

	(void)snprintf(f->product, sizeof f->product, "VMware Authentication Daemon");
	(void)snprintf(f->version, sizeof f->version, "1.10");
	(void)snprintf(f->detail, sizeof f->detail, "as it was found");
	f->cert = cert_made("CN=esx04.example.com", "CN=Example CA");
	f->trust =
		(struct judgement){ .chain_ok = true, .name_ok = true, .overall = TRUST_TRUSTED };
	s = served_new(&v);
	verdict_done(&v);
	return s;
}

static struct endpoint *serving(const struct watched *w)
{
	struct endpoint *e = watched_endpoint(w, "10.1.7.14:902");

	watched_declare(e, ASPECT_PORT, REASON_OK, SINCE_MS);
	watched_declare(e, ASPECT_SERVICE, SERVICE_SERVING, SINCE_MS + 1);
	watched_declare(e, ASPECT_TRUST, TRUST_TRUSTED, SINCE_MS + 2);
	e->served = served(SERVICE_SERVING);
	e->rtt_us = 310;
	e->checks = 12;
	return e;
}

TEST(test_view_open_port_tells_service_trust_and_certificate)
{
	struct watched w = watched_new(site);
	json_t *o = view_endpoint(serving(&w), now);

	assert_text(o, "name", "10.1.7.14:902");
	assert_text(o, "provider", "dc1");
	assert_text(o, "role", "esxi");
	assert_text(o, "address", "10.1.7.14");
	assert_int_equal(json_integer_value(at(o, "family")), 4);
	assert_int_equal(json_integer_value(at(o, "port")), 902);
	assert_text(o, "check", "authd");
	assert_text(o, "state", "open");
	assert_text(o, "reason", "ok");
	assert_text(o, "since", "2026-11-25T14:05:06.789Z");
	assert_text(o, "mark", "good");
	assert_int_equal(json_integer_value(at(o, "rtt_us")), 310);
	assert_int_equal(json_integer_value(at(o, "checks")), 12);
	assert_text(at(o, "service"), "state", "serving");
	assert_text(at(o, "service"), "product", "VMware Authentication Daemon");
	assert_text(at(o, "service"), "since", "2026-11-25T14:05:06.790Z");
	assert_text(at(o, "trust"), "state", "trusted");
	assert_text(at(o, "trust"), "chain", "ok");
	assert_text(at(o, "certificate"), "subject", "CN=esx04.example.com");
	assert_absent(o, "icmp");
	assert_absent(o, "flapping");
	json_decref(o);
	watched_free(&w);
}

TEST(test_view_filtered_port_tells_who_refused_and_nothing_of_the_service)
{
	struct watched w = watched_new(site);
	struct endpoint *e = serving(&w);
	json_t *o;

	watched_declare(e, ASPECT_PORT, REASON_ADMIN_PROHIBITED, SINCE_MS);
	e->last = REASON_ADMIN_PROHIBITED;
	e->checked = now;
	e->icmp = (struct icmp){ .present = true, .type = 3, .code = 13 };
	assert_true(addr_parse("10.1.7.1", 0, &e->icmp.from));
	o = view_endpoint(e, now);
	assert_text(o, "state", "filtered");
	assert_text(o, "reason", "admin-prohibited");
	assert_text(at(o, "icmp"), "from", "10.1.7.1");
	assert_text(o, "mark", "bad");
	assert_absent(o, "service");
	assert_absent(o, "certificate");
	json_decref(o);
	watched_free(&w);
}

TEST(test_view_icmp_of_another_finding_is_not_told)
{
	struct watched w = watched_new(site);
	struct endpoint *e = serving(&w);
	json_t *o;

	watched_declare(e, ASPECT_PORT, REASON_NO_ANSWER, SINCE_MS);
	e->last = REASON_ADMIN_PROHIBITED;
	e->checked = now;
	e->icmp = (struct icmp){ .present = true, .type = 3, .code = 13 };
	o = view_endpoint(e, now);
	assert_absent(o, "icmp");
	json_decref(o);
	watched_free(&w);
}

TEST(test_view_undeclared_surprise_of_a_service_keeps_its_words_back)
{
	struct watched w = watched_new(site);
	struct endpoint *e = serving(&w);
	struct finding found;
	struct facts room;

	served_free(e->served);
	e->served = served(SERVICE_TLS_TIMEOUT);
	view_finding(e, &room, &found);
	assert_int_equal(found.verdict.service, SERVICE_SERVING);
	assert_string_equal(found.verdict.facts->detail, "");
	assert_int_equal(finding_mark(&found), MARK_GOOD);
	watched_free(&w);
}

TEST(test_view_same_certificate_as_on_443_is_noticed)
{
	struct watched w = watched_new(site);
	struct endpoint *e = serving(&w);
	struct endpoint *other = watched_endpoint(&w, "10.1.7.14:443");
	struct finding found;
	struct facts room;

	view_finding(e, &room, &found);
	assert_false(found.same_as_443);
	other->served = served(SERVICE_SERVING);
	view_finding(e, &room, &found);
	assert_true(found.same_as_443);
	watched_free(&w);
}

TEST(test_view_what_was_not_checked_yet_is_unobserved)
{
	struct watched w = watched_new(site);
	struct endpoint *e = watched_endpoint(&w, "10.1.7.14:902");
	json_t *o = view_endpoint(e, now);

	assert_text(o, "state", "unobserved");
	assert_text(o, "mark", "unknown");
	assert_absent(o, "reason");
	assert_absent(o, "since");
	assert_absent(o, "checked");
	assert_false(view_problem(e));
	json_decref(o);
	watched_free(&w);
}

TEST(test_view_name_without_address_is_told_without_one)
{
	struct watched w = watched_new(site);
	struct target *t = NULL;
	json_t *o;

	while (!list_empty(&(t = registry_next_target(w.registry, t))->endpoints))
		;
	o = view_nameless(t, now);
	assert_text(o, "state", "unobserved");
	json_decref(o);
	t->host->state.declared = REASON_DNS_NXDOMAIN;
	t->host->state.since = (struct wall){ .ms = SINCE_MS };
	o = view_nameless(t, now);
	assert_text(o, "name", "nowhere");
	assert_text(o, "state", "unresolved");
	assert_text(o, "reason", "dns-nxdomain");
	assert_text(o, "mark", "bad");
	assert_absent(o, "id");
	assert_absent(o, "address");
	json_decref(o);
	watched_free(&w);
}

TEST(test_view_problem_is_what_a_person_should_see)
{
	struct watched w = watched_new(site);
	struct endpoint *e = serving(&w);

	assert_false(view_problem(e));
	watched_declare(e, ASPECT_TRUST, TRUST_EXPIRING, 0);
	assert_true(view_problem(e));
	watched_declare(e, ASPECT_TRUST, TRUST_TRUSTED, 0);
	watched_declare(e, ASPECT_SERVICE, SERVICE_TLS_TIMEOUT, 0);
	assert_true(view_problem(e));
	watched_declare(e, ASPECT_SERVICE, SERVICE_SERVING, 0);
	watched_declare(e, ASPECT_PORT, REASON_REFUSED, 0);
	assert_true(view_problem(e));
	watched_free(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_view_open_port_tells_service_trust_and_certificate),
	cmocka_unit_test(test_view_filtered_port_tells_who_refused_and_nothing_of_the_service),
	cmocka_unit_test(test_view_icmp_of_another_finding_is_not_told),
	cmocka_unit_test(test_view_undeclared_surprise_of_a_service_keeps_its_words_back),
	cmocka_unit_test(test_view_same_certificate_as_on_443_is_noticed),
	cmocka_unit_test(test_view_what_was_not_checked_yet_is_unobserved),
	cmocka_unit_test(test_view_name_without_address_is_told_without_one),
	cmocka_unit_test(test_view_problem_is_what_a_person_should_see),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
