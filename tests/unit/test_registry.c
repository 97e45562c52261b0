/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/registry.h"

#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "tests/unit/unit.h"

/* What the keeper is told. */
struct told {
	unsigned hosts_began, hosts_ended;
	unsigned began, changed, ended;
};

static void host_began(void *owner, struct host *h)
{
	assert_non_null(h->name);
	((struct told *)owner)->hosts_began++;
}

static void host_ended(void *owner, struct host *h)
{
	assert_true(list_empty(&h->targets));
	((struct told *)owner)->hosts_ended++;
}

static void endpoint_began(void *owner, struct endpoint *e)
{
	assert_true(e->id > 0);
	((struct told *)owner)->began++;
}

static void endpoint_changed(void *owner, struct endpoint *e)
{
	assert_true(e->id > 0);
	((struct told *)owner)->changed++;
}

static void endpoint_ended(void *owner, struct endpoint *e)
{
	assert_true(e->id > 0);
	((struct told *)owner)->ended++;
}

static struct registry *registry_made(struct told *told, const struct store_pasts *pasts)
{
	struct keeper keeper = { .owner = told,
				 .host_began = host_began,
				 .host_ended = host_ended,
				 .endpoint_began = endpoint_began,
				 .endpoint_changed = endpoint_changed,
				 .endpoint_ended = endpoint_ended };

	*told = (struct told){ 0 };
	return registry_new(&keeper, pasts);
}

static struct conf_target target(const char *name, const char *host, uint16_t port,
				 enum dialect dialect)
{
	return (struct conf_target){ .provider = "vc",
				     .name = name,
				     .host = host,
				     .port = port,
				     .dialect = dialect,
				     .interval = span_of_ms(10000) };
}

static void reconcile(struct registry *r, struct conf_target *targets, size_t count)
{
	struct conf conf = { .targets = targets, .target_count = count };

	registry_reconcile(r, &conf);
}

/* h is answered with these addresses, both families. */
static bool answer(struct registry *r, struct host *h, const char *first, const char *second)
{
	const char *texts[] = { first, second };
	struct addr addrs[2];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(texts) && texts[i] != NULL; i++)
		assert_true(addr_parse(texts[i], 0, &addrs[count++]));
	return registry_addresses(r, h, addrs, count, true, true);
}

static struct endpoint *at(const struct registry *r, const char *name, const char *address)
{
	for (struct endpoint *e = NULL; (e = registry_next_endpoint(r, e)) != NULL;) {
		char text[ADDR_TEXT_SIZE];

		addr_format(&e->addr, text);
		if (strcmp(e->target->conf->name, name) == 0 && strcmp(text, address) == 0)
			return e;
	}
	return NULL;
}

TEST(test_registry_numeric_host_has_its_endpoint_at_once)
{
	struct conf_target list[] = { target("a", "10.0.0.1", 443, DIALECT_HTTPS) };
	struct told told;
	struct registry *r = registry_made(&told, NULL);
	struct endpoint *e;

	reconcile(r, list, 1);
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
	struct conf_target list[] = { target("a", "esx04", 443, DIALECT_ESXI),
				      target("b", "esx04", 902, DIALECT_AUTHD) };
	struct told told;
	struct registry *r = registry_made(&told, NULL);
	struct host *h;

	reconcile(r, list, 2);
	assert_int_equal(told.hosts_began, 1);
	assert_int_equal(registry_endpoint_count(r), 0);
	assert_null(registry_next_endpoint(r, NULL));
	h = registry_next_host(r, NULL);
	assert_null(registry_next_host(r, h));
	assert_true(answer(r, h, "10.0.0.1", "fd00::1"));
	assert_int_equal(registry_endpoint_count(r), 4);
	assert_false(answer(r, h, "10.0.0.1", "fd00::1"));
	assert_int_equal(told.began, 4);
	assert_ptr_equal(registry_find_host(r, h->id), h);
	registry_free(r);
}

TEST(test_registry_address_is_forgotten_after_three_answers_without_it)
{
	struct conf_target list[] = { target("a", "esx04", 443, DIALECT_ESXI) };
	struct told told;
	struct registry *r = registry_made(&told, NULL);
	struct host *h;

	reconcile(r, list, 1);
	h = registry_next_host(r, NULL);
	assert_true(answer(r, h, "10.0.0.1", "10.0.0.2"));
	assert_false(answer(r, h, "10.0.0.1", NULL));
	assert_false(answer(r, h, "10.0.0.1", NULL));
	assert_false(answer(r, h, "10.0.0.2", "10.0.0.1"));
	for (int i = 1; i < ANSWERS_TO_FORGET; i++)
		assert_false(answer(r, h, "10.0.0.2", NULL));
	assert_true(answer(r, h, "10.0.0.2", NULL));
	assert_null(at(r, "a", "10.0.0.1"));
	assert_int_equal(registry_endpoint_count(r), 1);
	registry_free(r);
}

TEST(test_registry_family_that_was_not_answered_forgets_nothing)
{
	struct conf_target list[] = { target("a", "esx04", 443, DIALECT_ESXI) };
	struct told told;
	struct registry *r = registry_made(&told, NULL);
	struct host *h;
	struct addr addr;

	reconcile(r, list, 1);
	h = registry_next_host(r, NULL);
	assert_true(answer(r, h, "10.0.0.1", "fd00::1"));
	assert_true(addr_parse("10.0.0.1", 0, &addr));
	for (int i = 0; i < 10; i++)
		assert_false(registry_addresses(r, h, &addr, 1, true, false));
	assert_int_equal(registry_endpoint_count(r), 2);
	registry_free(r);
}

TEST(test_registry_more_addresses_than_fit_are_left_out)
{
	struct conf_target list[] = { target("a", "esx04", 443, DIALECT_ESXI) };
	struct told told;
	struct registry *r = registry_made(&told, NULL);
	struct host *h;

	reconcile(r, list, 1);
	h = registry_next_host(r, NULL);
	for (size_t i = 0; i < ARRAY_LEN(h->addrs); i++) {
		struct addr addr;
		char text[32];

		(void)snprintf(text, sizeof text, "10.0.1.%zu", i);
		assert_true(addr_parse(text, 0, &addr));
		assert_true(registry_addresses(r, h, &addr, 1, false, false));
	}
	/* That is no news either. */
	assert_false(answer(r, h, "10.0.2.1", NULL));
	assert_int_equal(h->addr_count, ARRAY_LEN(h->addrs));
	registry_free(r);
}

TEST(test_registry_reconcile_keeps_what_stays)
{
	struct conf_target old[] = { target("a", "10.0.0.1", 443, DIALECT_HTTPS),
				     target("b", "10.0.0.2", 443, DIALECT_HTTPS) };
	struct conf_target fresh[] = { target("c", "10.0.0.3", 443, DIALECT_HTTPS),
				       target("a", "10.0.0.1", 443, DIALECT_HTTPS) };
	struct told told;
	struct registry *r = registry_made(&told, NULL);
	struct endpoint *a;

	reconcile(r, old, 2);
	a = at(r, "a", "10.0.0.1");
	reconcile(r, fresh, 2);
	assert_ptr_equal(at(r, "a", "10.0.0.1"), a);
	assert_ptr_equal(a->target->conf, &fresh[1]);
	assert_null(at(r, "b", "10.0.0.2"));
	assert_int_equal(at(r, "c", "10.0.0.3")->id, 3);
	assert_int_equal(told.began, 3);
	assert_int_equal(told.ended, 1);
	assert_int_equal(told.changed, 0);
	assert_int_equal(told.hosts_ended, 1);
	registry_free(r);
}

TEST(test_registry_reconcile_tells_of_another_manner)
{
	struct conf_target list[] = { target("a", "10.0.0.1", 443, DIALECT_HTTPS) };
	struct conf_target fresh[2];
	struct told told;
	struct registry *r = registry_made(&told, NULL);
	struct endpoint *a;

	reconcile(r, list, 1);
	a = at(r, "a", "10.0.0.1");
	fresh[0] = list[0];
	fresh[0].interval = span_of_ms(20000);
	reconcile(r, fresh, 1);
	assert_int_equal(told.changed, 1);
	fresh[1] = fresh[0];
	fresh[1].role = ROLE_ESXI;
	reconcile(r, &fresh[1], 1);
	assert_int_equal(told.changed, 2);
	assert_ptr_equal(at(r, "a", "10.0.0.1"), a);
	registry_free(r);
}

TEST(test_registry_reconcile_other_way_is_another_endpoint_that_keeps_its_place)
{
	struct conf_target old[] = { target("a", "10.0.0.1", 443, DIALECT_HTTPS) };
	struct conf_target fresh[] = { target("a", "10.0.0.1", 443, DIALECT_TLS) };
	struct told told;
	struct registry *r = registry_made(&told, NULL);
	struct endpoint *a;

	reconcile(r, old, 1);
	a = at(r, "a", "10.0.0.1");
	state_restore(&a->states[ASPECT_PORT], ASPECT_PORT, REASON_OK, (struct wall){ 5 });
	reconcile(r, fresh, 1);
	assert_int_equal(told.ended, 1);
	assert_int_equal(told.began, 2);
	a = at(r, "a", "10.0.0.1");
	assert_int_equal(a->id, 1);
	assert_int_equal(a->states[ASPECT_PORT].declared, REASON_OK);
	assert_int_equal(a->states[ASPECT_PORT].since.ms, 5);
	registry_free(r);
}

/* The name may be in trouble just now. */
TEST(test_registry_reconcile_host_whose_targets_are_exchanged_keeps_its_addresses)
{
	struct conf_target old[] = { target("a", "esx04", 443, DIALECT_ESXI) };
	struct conf_target fresh[] = { target("b", "esx04", 902, DIALECT_AUTHD) };
	struct told told;
	struct registry *r = registry_made(&told, NULL);

	reconcile(r, old, 1);
	assert_true(answer(r, registry_next_host(r, NULL), "10.0.0.1", NULL));
	reconcile(r, fresh, 1);
	assert_int_equal(told.hosts_ended, 0);
	assert_non_null(at(r, "b", "10.0.0.1"));
	assert_null(at(r, "a", "10.0.0.1"));
	reconcile(r, NULL, 0);
	assert_int_equal(told.hosts_ended, 1);
	registry_free(r);
}

TEST(test_registry_what_comes_back_is_what_it_was)
{
	struct conf_target list[] = { target("a", "esx04", 443, DIALECT_ESXI) };
	struct told told;
	struct registry *r = registry_made(&told, NULL);
	struct host *h;
	int64_t id;

	reconcile(r, list, 1);
	assert_true(answer(r, registry_next_host(r, NULL), "10.0.0.1", NULL));
	id = at(r, "a", "10.0.0.1")->id;
	reconcile(r, NULL, 0);
	assert_null(registry_next_target(r, NULL));
	reconcile(r, list, 1);
	h = registry_next_host(r, NULL);
	assert_int_equal(h->id, 1);
	assert_true(answer(r, h, "10.0.0.1", NULL));
	assert_int_equal(at(r, "a", "10.0.0.1")->id, id);
	registry_free(r);
}

static struct store_past past(int64_t id, const char *name, const char *address)
{
	struct store_past p = { .endpoint = { .id = id,
					      .provider = "",
					      .role = "",
					      .name = name,
					      .host = "esx04",
					      .address = address,
					      .check = "" } };

	for (int a = 0; a < ASPECT_N; a++)
		p.value[a] = STATE_NOTHING;
	return p;
}

TEST(test_registry_past_gives_ids_states_and_addresses_back)
{
	struct conf_target list[] = { target("a", "esx04", 443, DIALECT_ESXI),
				      target("new", "10.9.9.9", 443, DIALECT_ESXI) };
	struct store_past pasts[] = { past(41, "esx04", ""), past(42, "a", "10.0.0.1"),
				      past(43, "a", "fd00::1") };
	struct told told;
	struct registry *r;

	pasts[0].value[ASPECT_NAME] = REASON_DNS_SERVFAIL;
	pasts[1].value[ASPECT_PORT] = REASON_NO_ANSWER;
	pasts[1].since[ASPECT_PORT].ms = 77;
	r = registry_made(&told, &(struct store_pasts){ .list = pasts, .count = 3, .max_id = 43 });
	reconcile(r, list, 2);
	assert_int_equal(registry_endpoint_count(r), 3);
	assert_int_equal(registry_find_host(r, 41)->state.declared, REASON_DNS_SERVFAIL);
	assert_int_equal(registry_find(r, 42)->states[ASPECT_PORT].declared, REASON_NO_ANSWER);
	assert_int_equal(registry_find(r, 42)->states[ASPECT_PORT].since.ms, 77);
	assert_int_equal(addr_port(&registry_find(r, 43)->addr), 443);
	assert_int_equal(at(r, "new", "10.9.9.9")->id, 44);
	assert_null(registry_find(r, 41));
	assert_null(registry_find_host(r, 42));
	registry_free(r);
}

TEST(test_registry_sibling_is_of_the_same_host_and_address)
{
	struct conf_target list[] = { target("a", "esx04", 443, DIALECT_ESXI),
				      target("b", "esx04", 902, DIALECT_AUTHD),
				      target("c", "esx05", 443, DIALECT_ESXI) };
	struct told told;
	struct registry *r = registry_made(&told, NULL);
	struct endpoint *e;

	reconcile(r, list, 3);
	for (struct host *h = NULL; (h = registry_next_host(r, h)) != NULL;)
		assert_true(answer(r, h, "10.0.0.1", "10.0.0.2"));
	e = registry_sibling(at(r, "b", "10.0.0.2"), DIALECT_ESXI);
	assert_ptr_equal(e, at(r, "a", "10.0.0.2"));
	assert_ptr_equal(registry_sibling(e, DIALECT_AUTHD), at(r, "b", "10.0.0.2"));
	assert_null(registry_sibling(e, DIALECT_IMAGEIO));
	assert_null(registry_sibling(at(r, "c", "10.0.0.1"), DIALECT_AUTHD));
	registry_free(r);
}

TEST(test_registry_endpoints_of_one_address_share_its_place)
{
	struct conf_target list[] = { target("a", "esx04", 443, DIALECT_ESXI),
				      target("b", "10.0.0.1", 902, DIALECT_AUTHD),
				      target("c", "10.0.0.2", 443, DIALECT_ESXI) };
	struct told told;
	struct registry *r = registry_made(&told, NULL);

	reconcile(r, list, 3);
	for (struct host *h = NULL; (h = registry_next_host(r, h)) != NULL;)
		if (!h->numeric)
			assert_true(answer(r, h, "10.0.0.1", NULL));
	assert_ptr_equal(at(r, "a", "10.0.0.1")->place, at(r, "b", "10.0.0.1")->place);
	assert_ptr_not_equal(at(r, "a", "10.0.0.1")->place, at(r, "c", "10.0.0.2")->place);
	registry_free(r);
}

TEST(test_registry_identity_says_what_the_history_stores)
{
	struct conf_target list[] = { target("esx04:902", "esx04", 902, DIALECT_AUTHD) };
	struct told told;
	struct registry *r = registry_made(&told, NULL);
	char address[ADDR_TEXT_SIZE];
	struct store_endpoint i;

	list[0].role = ROLE_ESXI;
	reconcile(r, list, 1);
	assert_true(answer(r, registry_next_host(r, NULL), "fd00::1", NULL));
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
	struct registry *r = registry_made(&told, NULL);
	size_t seen = 0;

	for (int i = 0; i < MANY; i++) {
		(void)snprintf(hosts[i], sizeof hosts[i], "10.%d.%d.1", i / 256, i % 256);
		list[i] = target(hosts[i], hosts[i], 443, DIALECT_ESXI);
	}
	reconcile(r, list, MANY);
	reconcile(r, list + MANY / 2, MANY / 2);
	assert_int_equal(told.ended, MANY / 2);
	for (struct endpoint *e = NULL; (e = registry_next_endpoint(r, e)) != NULL;)
		seen++;
	assert_int_equal(seen, MANY / 2);
	assert_int_equal(registry_endpoint_count(r), MANY / 2);
	registry_free(r);
	assert_int_equal(told.ended, MANY);
	assert_int_equal(told.hosts_ended, MANY);
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
	cmocka_unit_test(test_registry_what_comes_back_is_what_it_was),
	cmocka_unit_test(test_registry_past_gives_ids_states_and_addresses_back),
	cmocka_unit_test(test_registry_sibling_is_of_the_same_host_and_address),
	cmocka_unit_test(test_registry_endpoints_of_one_address_share_its_place),
	cmocka_unit_test(test_registry_identity_says_what_the_history_stores),
	cmocka_unit_test(test_registry_thousands_come_and_go),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
