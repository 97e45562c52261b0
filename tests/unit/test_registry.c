/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/registry.h"

#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "daemon/provider.h"
#include "tests/unit/told.h"
#include "tests/unit/unit.h"

TEST(test_registry_numeric_host_has_its_endpoint_at_once)
{
	struct conf_target list[] = { told_target("a", "10.0.0.1", 443, DIALECT_HTTPS) };
	struct told told;
	struct registry *r = told_registry(&told, NULL);
	struct endpoint *e;

	told_reconcile(r, list, 1);
	assert_int_equal(registry_endpoint_count(r), 1);
	e = registry_next_endpoint(r, NULL);
	assert_int_equal(addr_port(&e->addr), 443);
	assert_int_equal(e->id, 1);
	assert_int_equal(e->states[ASPECT_PORT].declared, STATE_NOTHING);
	assert_true(e->target->host->numeric);
	assert_int_equal(e->target->host->id, 0);
	assert_null(registry_next_endpoint(r, e));
	registry_free(r);
	assert_int_equal(told.ended, 1);
	assert_int_equal(told.hosts_ended, 1);
}

TEST(test_registry_name_has_endpoints_once_it_is_answered)
{
	struct conf_target list[] = { told_target("a", "esx04", 443, DIALECT_ESXI),
				      told_target("b", "esx04", 902, DIALECT_AUTHD) };
	struct told told;
	struct registry *r = told_registry(&told, NULL);
	struct host *h;

	told_reconcile(r, list, 2);
	assert_int_equal(told.hosts_began, 1);
	assert_int_equal(registry_endpoint_count(r), 0);
	assert_null(registry_next_endpoint(r, NULL));
	h = registry_next_host(r, NULL);
	assert_null(registry_next_host(r, h));
	assert_true(told_answer(r, h, "10.0.0.1", "fd00::1"));
	assert_int_equal(registry_endpoint_count(r), 4);
	assert_false(told_answer(r, h, "10.0.0.1", "fd00::1"));
	assert_int_equal(told.began, 4);
	assert_ptr_equal(registry_find_host(r, h->id), h);
	registry_free(r);
}

TEST(test_registry_address_is_forgotten_after_three_answers_without_it)
{
	struct conf_target list[] = { told_target("a", "esx04", 443, DIALECT_ESXI) };
	struct told told;
	struct registry *r = told_registry(&told, NULL);
	struct host *h;

	told_reconcile(r, list, 1);
	h = registry_next_host(r, NULL);
	assert_true(told_answer(r, h, "10.0.0.1", "10.0.0.2"));
	assert_false(told_answer(r, h, "10.0.0.1", NULL));
	assert_false(told_answer(r, h, "10.0.0.1", NULL));
	assert_false(told_answer(r, h, "10.0.0.2", "10.0.0.1"));
	for (int i = 1; i < ANSWERS_TO_FORGET; i++)
		assert_false(told_answer(r, h, "10.0.0.2", NULL));
	assert_true(told_answer(r, h, "10.0.0.2", NULL));
	assert_null(told_at(r, "a", "10.0.0.1"));
	assert_int_equal(registry_endpoint_count(r), 1);
	registry_free(r);
}

TEST(test_registry_family_that_was_not_answered_forgets_nothing)
{
	struct conf_target list[] = { told_target("a", "esx04", 443, DIALECT_ESXI) };
	struct told told;
	struct registry *r = told_registry(&told, NULL);
	struct host *h;
	struct addr addr;

	told_reconcile(r, list, 1);
	h = registry_next_host(r, NULL);
	assert_true(told_answer(r, h, "10.0.0.1", "fd00::1"));
	assert_true(addr_parse("10.0.0.1", 0, &addr));
	for (int i = 0; i < 10; i++)
		assert_false(registry_addresses(r, h, &addr, 1, true, false));
	assert_int_equal(registry_endpoint_count(r), 2);
	registry_free(r);
}

TEST(test_registry_more_addresses_than_fit_are_left_out)
{
	struct conf_target list[] = { told_target("a", "esx04", 443, DIALECT_ESXI) };
	struct told told;
	struct registry *r = told_registry(&told, NULL);
	struct host *h;

	told_reconcile(r, list, 1);
	h = registry_next_host(r, NULL);
	for (size_t i = 0; i < HOST_ADDRS_MAX; i++) {
		struct addr addr;
		char text[32];

		(void)snprintf(text, sizeof text, "10.0.1.%zu", i);
		assert_true(addr_parse(text, 0, &addr));
		assert_true(registry_addresses(r, h, &addr, 1, false, false));
	}
	/* That is no news either. */
	assert_false(told_answer(r, h, "10.0.2.1", NULL));
	assert_int_equal(h->addr_count, HOST_ADDRS_MAX);
	registry_free(r);
}

TEST(test_registry_reconcile_keeps_what_stays)
{
	struct conf_target old[] = { told_target("a", "10.0.0.1", 443, DIALECT_HTTPS),
				     told_target("b", "10.0.0.2", 443, DIALECT_HTTPS) };
	struct conf_target fresh[] = { told_target("c", "10.0.0.3", 443, DIALECT_HTTPS),
				       told_target("a", "10.0.0.1", 443, DIALECT_HTTPS) };
	struct told told;
	struct registry *r = told_registry(&told, NULL);
	struct endpoint *a;

	told_reconcile(r, old, 2);
	a = told_at(r, "a", "10.0.0.1");
	told_reconcile(r, fresh, 2);
	assert_ptr_equal(told_at(r, "a", "10.0.0.1"), a);
	assert_ptr_equal(a->target->conf, &fresh[1]);
	assert_null(told_at(r, "b", "10.0.0.2"));
	assert_int_equal(told_at(r, "c", "10.0.0.3")->id, 3);
	assert_int_equal(told.began, 3);
	assert_int_equal(told.ended, 1);
	assert_int_equal(told.changed, 0);
	assert_int_equal(told.hosts_ended, 1);
	registry_free(r);
}

TEST(test_registry_reconcile_tells_of_another_manner)
{
	struct conf_target list[] = { told_target("a", "10.0.0.1", 443, DIALECT_HTTPS) };
	struct conf_target fresh[2];
	struct told told;
	struct registry *r = told_registry(&told, NULL);
	struct endpoint *a;

	told_reconcile(r, list, 1);
	a = told_at(r, "a", "10.0.0.1");
	fresh[0] = list[0];
	fresh[0].interval = span_of_ms(20000);
	told_reconcile(r, fresh, 1);
	assert_int_equal(told.changed, 1);
	fresh[1] = fresh[0];
	fresh[1].role = ROLE_ESXI;
	told_reconcile(r, &fresh[1], 1);
	assert_int_equal(told.changed, 2);
	fresh[0] = fresh[1];
	fresh[0].provider = "other";
	told_reconcile(r, fresh, 1);
	assert_int_equal(told.changed, 3);
	assert_string_equal(a->target->provider->name, "other");
	assert_ptr_equal(told_at(r, "a", "10.0.0.1"), a);
	registry_free(r);
}

TEST(test_registry_reconcile_other_way_is_another_endpoint_that_keeps_its_place)
{
	struct conf_target old[] = { told_target("a", "10.0.0.1", 443, DIALECT_HTTPS) };
	struct conf_target fresh[] = { told_target("a", "10.0.0.1", 443, DIALECT_TLS) };
	struct told told;
	struct registry *r = told_registry(&told, NULL);
	struct endpoint *a;

	told_reconcile(r, old, 1);
	a = told_at(r, "a", "10.0.0.1");
	state_restore(&a->states[ASPECT_PORT], ASPECT_PORT, REASON_OK, (struct wall){ 5 });
	told_reconcile(r, fresh, 1);
	assert_int_equal(told.ended, 1);
	assert_int_equal(told.began, 2);
	a = told_at(r, "a", "10.0.0.1");
	assert_int_equal(a->id, 1);
	assert_int_equal(a->states[ASPECT_PORT].declared, STATE_NOTHING);
	registry_free(r);
}

/* The name may be in trouble just now. */
TEST(test_registry_reconcile_host_whose_targets_are_exchanged_keeps_its_addresses)
{
	struct conf_target old[] = { told_target("a", "esx04", 443, DIALECT_ESXI) };
	struct conf_target fresh[] = { told_target("b", "esx04", 902, DIALECT_AUTHD) };
	struct told told;
	struct registry *r = told_registry(&told, NULL);

	told_reconcile(r, old, 1);
	assert_true(told_answer(r, registry_next_host(r, NULL), "10.0.0.1", NULL));
	told_reconcile(r, fresh, 1);
	assert_int_equal(told.hosts_ended, 0);
	assert_non_null(told_at(r, "b", "10.0.0.1"));
	assert_null(told_at(r, "a", "10.0.0.1"));
	told_reconcile(r, NULL, 0);
	assert_int_equal(told.hosts_ended, 1);
	registry_free(r);
}

/* Nobody looked in between: only the place in the history is the old one. */
TEST(test_registry_what_comes_back_has_its_id_and_no_state)
{
	struct conf_target list[] = { told_target("a", "esx04", 443, DIALECT_ESXI) };
	struct told told;
	struct registry *r = told_registry(&told, NULL);
	struct endpoint *a;
	struct host *h;
	int64_t id;

	told_reconcile(r, list, 1);
	h = registry_next_host(r, NULL);
	assert_true(told_answer(r, h, "10.0.0.1", NULL));
	a = told_at(r, "a", "10.0.0.1");
	id = a->id;
	state_restore(&h->state, ASPECT_NAME, REASON_OK, (struct wall){ 4 });
	state_restore(&a->states[ASPECT_PORT], ASPECT_PORT, REASON_OK, (struct wall){ 5 });
	told_reconcile(r, NULL, 0);
	assert_null(registry_next_target(r, NULL));
	told_reconcile(r, list, 1);
	h = registry_next_host(r, NULL);
	assert_int_equal(h->id, 1);
	assert_int_equal(h->state.declared, STATE_NOTHING);
	assert_true(told_answer(r, h, "10.0.0.1", NULL));
	assert_int_equal(told_at(r, "a", "10.0.0.1")->id, id);
	assert_int_equal(told_at(r, "a", "10.0.0.1")->states[ASPECT_PORT].declared, STATE_NOTHING);
	assert_int_equal(told.gone, 0);
	registry_free(r);
}

static struct store_past past(int64_t id, const char *name, const char *address)
{
	bool is_name = address[0] == '\0';
	struct store_past p = { .endpoint = { .id = id,
					      .provider = "",
					      .role = "",
					      .name = name,
					      .host = "esx04",
					      .address = address,
					      .port = is_name ? 0 : 443,
					      .check = is_name ? "name" : "esxi" } };

	for (int a = 0; a < ASPECT_N; a++)
		p.value[a] = STATE_NOTHING;
	return p;
}

TEST(test_registry_past_gives_ids_states_and_addresses_back)
{
	struct conf_target list[] = { told_target("a", "esx04", 443, DIALECT_ESXI),
				      told_target("new", "10.9.9.9", 443, DIALECT_ESXI) };
	struct store_past pasts[] = { past(41, "esx04", ""), past(42, "a", "10.0.0.1"),
				      past(43, "a", "fd00::1") };
	struct told told;
	struct registry *r;

	pasts[0].value[ASPECT_NAME] = REASON_DNS_SERVFAIL;
	pasts[1].value[ASPECT_PORT] = REASON_NO_ANSWER;
	pasts[1].since[ASPECT_PORT].ms = 77;
	pasts[1].open.ms = 76;
	r = told_registry(&told, &(struct store_pasts){ .list = pasts, .count = 3, .max_id = 43 });
	told_reconcile(r, list, 2);
	assert_int_equal(registry_endpoint_count(r), 3);
	assert_int_equal(registry_find_host(r, 41)->state.declared, REASON_DNS_SERVFAIL);
	assert_int_equal(registry_find(r, 42)->states[ASPECT_PORT].declared, REASON_NO_ANSWER);
	assert_int_equal(registry_find(r, 42)->states[ASPECT_PORT].since.ms, 77);
	assert_int_equal(registry_find(r, 42)->alarm.good.ms, 76);
	assert_int_equal(addr_port(&registry_find(r, 43)->addr), 443);
	assert_int_equal(told_at(r, "new", "10.9.9.9")->id, 44);
	assert_null(registry_find(r, 41));
	assert_null(registry_find_host(r, 42));
	assert_int_equal(told.gone, 0);
	registry_free(r);
}

TEST(test_registry_past_that_is_not_in_the_first_conf_is_gone)
{
	struct conf_target list[] = { told_target("a", "10.0.0.1", 443, DIALECT_ESXI) };
	struct conf_target fresh[] = { told_target("b", "10.0.0.1", 443, DIALECT_ESXI) };
	struct store_past pasts[] = { past(41, "a", "10.0.0.1"), past(42, "b", "10.0.0.1"),
				      past(43, "c", "10.0.0.1") };
	struct told told;
	struct registry *r;

	pasts[1].value[ASPECT_PORT] = REASON_NO_ANSWER;
	pasts[2].retired = true;
	r = told_registry(&told, &(struct store_pasts){ .list = pasts, .count = 3, .max_id = 43 });
	told_reconcile(r, list, 1);
	assert_int_equal(told.gone, 1);
	assert_int_equal(told.last_gone, 42);
	told_reconcile(r, fresh, 1);
	assert_int_equal(told.gone, 1);
	assert_int_equal(told_at(r, "b", "10.0.0.1")->id, 42);
	assert_int_equal(told_at(r, "b", "10.0.0.1")->states[ASPECT_PORT].declared, STATE_NOTHING);
	registry_free(r);
}

TEST(test_registry_sibling_is_of_the_same_host_and_address)
{
	struct conf_target list[] = { told_target("a", "esx04", 443, DIALECT_ESXI),
				      told_target("b", "esx04", 902, DIALECT_AUTHD),
				      told_target("c", "esx05", 443, DIALECT_ESXI) };
	struct told told;
	struct registry *r = told_registry(&told, NULL);
	struct endpoint *e;

	told_reconcile(r, list, 3);
	for (struct host *h = NULL; (h = registry_next_host(r, h)) != NULL;)
		assert_true(told_answer(r, h, "10.0.0.1", "10.0.0.2"));
	e = registry_sibling(told_at(r, "b", "10.0.0.2"), DIALECT_ESXI);
	assert_ptr_equal(e, told_at(r, "a", "10.0.0.2"));
	assert_ptr_equal(registry_sibling(e, DIALECT_AUTHD), told_at(r, "b", "10.0.0.2"));
	assert_null(registry_sibling(e, DIALECT_IMAGEIO));
	assert_null(registry_sibling(told_at(r, "c", "10.0.0.1"), DIALECT_AUTHD));
	registry_free(r);
}

TEST(test_registry_endpoints_of_one_address_share_its_place)
{
	struct conf_target list[] = { told_target("a", "esx04", 443, DIALECT_ESXI),
				      told_target("b", "10.0.0.1", 902, DIALECT_AUTHD),
				      told_target("c", "10.0.0.2", 443, DIALECT_ESXI) };
	struct told told;
	struct registry *r = told_registry(&told, NULL);

	told_reconcile(r, list, 3);
	for (struct host *h = NULL; (h = registry_next_host(r, h)) != NULL;)
		if (!h->numeric)
			assert_true(told_answer(r, h, "10.0.0.1", NULL));
	assert_ptr_equal(told_at(r, "a", "10.0.0.1")->place, told_at(r, "b", "10.0.0.1")->place);
	assert_ptr_not_equal(told_at(r, "a", "10.0.0.1")->place,
			     told_at(r, "c", "10.0.0.2")->place);
	registry_free(r);
}

TEST(test_registry_identity_says_what_the_history_stores)
{
	struct conf_target list[] = { told_target("esx04:902", "esx04", 902, DIALECT_AUTHD) };
	struct told told;
	struct registry *r = told_registry(&told, NULL);
	char address[ADDR_TEXT_SIZE];
	struct store_endpoint i;

	list[0].role = ROLE_ESXI;
	told_reconcile(r, list, 1);
	assert_true(told_answer(r, registry_next_host(r, NULL), "fd00::1", NULL));
	i = endpoint_identity(registry_next_endpoint(r, NULL), address);
	assert_string_equal(i.name, "esx04:902");
	assert_string_equal(i.host, "esx04");
	assert_string_equal(i.address, "fd00::1");
	assert_string_equal(i.role, "esxi");
	assert_string_equal(i.check, dialect_name(DIALECT_AUTHD));
	assert_int_equal(i.port, 902);
	i = host_identity(registry_next_host(r, NULL));
	assert_string_equal(i.name, "esx04");
	assert_string_equal(i.address, "");
	assert_int_equal(i.port, 0);
	registry_free(r);
}

TEST(test_registry_thousands_come_and_go)
{
	enum { MANY = 3000 };
	static struct conf_target list[MANY];
	static char hosts[MANY][32];
	struct told told;
	struct registry *r = told_registry(&told, NULL);
	size_t seen = 0;

	for (int i = 0; i < MANY; i++) {
		(void)snprintf(hosts[i], sizeof hosts[i], "10.%d.%d.1", i / 256, i % 256);
		list[i] = told_target(hosts[i], hosts[i], 443, DIALECT_ESXI);
	}
	told_reconcile(r, list, MANY);
	assert_int_equal(registry_endpoint_count(r), REGISTRY_STEP);
	told_reconcile(r, list + 1, MANY - 1); /* another one before all have begun */
	assert_int_equal(registry_endpoint_count(r), 2 * REGISTRY_STEP - 1);
	while (registry_go_on(r, REGISTRY_STEP))
		continue;
	assert_int_equal(registry_endpoint_count(r), MANY - 1);
	told_reconcile(r, list, MANY);
	assert_int_equal(told.ended, 1);
	told_reconcile(r, list + MANY / 2, MANY / 2);
	assert_int_equal(told.ended, MANY / 2 + 1);
	for (struct endpoint *e = NULL; (e = registry_next_endpoint(r, e)) != NULL;)
		seen++;
	assert_int_equal(seen, MANY / 2);
	assert_int_equal(registry_endpoint_count(r), MANY / 2);
	registry_free(r);
	assert_int_equal(told.ended, MANY + 1);
	assert_int_equal(told.hosts_ended, MANY + 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_registry_numeric_host_has_its_endpoint_at_once),
	cmocka_unit_test(test_registry_name_has_endpoints_once_it_is_answered),
	cmocka_unit_test(test_registry_address_is_forgotten_after_three_answers_without_it),
	cmocka_unit_test(test_registry_family_that_was_not_answered_forgets_nothing),
	cmocka_unit_test(test_registry_more_addresses_than_fit_are_left_out),
	cmocka_unit_test(test_registry_reconcile_keeps_what_stays),
	cmocka_unit_test(test_registry_reconcile_tells_of_another_manner),
	cmocka_unit_test(
		test_registry_reconcile_other_way_is_another_endpoint_that_keeps_its_place),
	cmocka_unit_test(
		test_registry_reconcile_host_whose_targets_are_exchanged_keeps_its_addresses),
	cmocka_unit_test(test_registry_what_comes_back_has_its_id_and_no_state),
	cmocka_unit_test(test_registry_past_gives_ids_states_and_addresses_back),
	cmocka_unit_test(test_registry_past_that_is_not_in_the_first_conf_is_gone),
	cmocka_unit_test(test_registry_sibling_is_of_the_same_host_and_address),
	cmocka_unit_test(test_registry_endpoints_of_one_address_share_its_place),
	cmocka_unit_test(test_registry_identity_says_what_the_history_stores),
	cmocka_unit_test(test_registry_thousands_come_and_go),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
