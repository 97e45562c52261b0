/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/mutes.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/store.h"
#include "tests/unit/unit.h"

/* In place of daemon/store.c: how often it was told, and what last. */
static unsigned puts_seen;
static int64_t put_id;
static char put_pattern[PATTERN_BYTES];
static char put_name[64];
static char put_why[SILENCE_WHY_BYTES];
static char put_by[SILENCE_BY_BYTES];
static struct wall put_from;
static struct wall put_until;
static char anything;
static struct store *const store = (struct store *)(void *)&anything;

void __wrap_store_put_silence(struct store *s, const struct store_silence *silence);

void __wrap_store_put_silence(struct store *s, const struct store_silence *silence)
{
	assert_ptr_equal(s, store);
	puts_seen++;
	put_id = silence->id;
	put_from = silence->from;
	put_until = silence->until;
	(void)snprintf(put_pattern, sizeof put_pattern, "%s", silence->pattern);
	(void)snprintf(put_name, sizeof put_name, "%s", silence->name);
	(void)snprintf(put_why, sizeof put_why, "%s", silence->why);
	(void)snprintf(put_by, sizeof put_by, "%s", silence->by);
}

static int reset(__attribute__((unused)) void **state)
{
	puts_seen = 0;
	return 0;
}

static struct wall ms(int64_t value)
{
	return (struct wall){ .ms = value };
}

static struct silence silence(const char *pattern, int64_t from, int64_t until)
{
	struct silence s = { .any_kind = true,
			     .from = ms(from),
			     .until = ms(until),
			     .why = "new memory",
			     .by = "uid 1000" };

	MUST(pattern_parse(pattern, &s.pattern));
	return s;
}

static int64_t add(struct mutes *m, const char *pattern, int64_t from, int64_t until)
{
	struct silence s = silence(pattern, from, until);
	const struct silence *mine = mutes_add(m, &s);

	assert_non_null(mine);
	return mine->id;
}

static struct match_subject subject(const char *name, const char *host, const char *address,
				    uint16_t port)
{
	struct match_subject s = { .name = name, .host = host, .provider = "dc1", .port = port };

	if (address != NULL)
		MUST(addr_parse(address, port, &s.address));
	return s;
}

static bool muted(const struct mutes *m, int64_t now)
{
	struct match_subject s =
		subject("esx1.example.com:902", "esx1.example.com", "10.1.7.1", 902);

	return mutes_match(m, ALERT_PORT_CLOSED, &s, ms(now));
}

/* Does the pattern, silenced, silence that endpoint? */
static bool pattern_mutes(const char *pattern, const struct match_subject *s)
{
	struct mutes *m = mutes_new(NULL);
	bool result;

	(void)add(m, pattern, 0, 1000);
	result = mutes_match(m, ALERT_FLAPPING, s, ms(1));
	mutes_free(m);
	return result;
}

/* ---- silences */

TEST(test_mutes_silence_lasts_from_its_beginning_to_before_its_end)
{
	struct mutes *m = mutes_new(NULL);

	(void)add(m, "esx1", 1000, 2000);
	assert_false(muted(m, 999));
	assert_true(muted(m, 1000));
	assert_true(muted(m, 1999));
	assert_false(muted(m, 2000));
	mutes_free(m);
}

TEST(test_mutes_silence_of_a_kind_is_of_that_alone)
{
	struct mutes *m = mutes_new(store);
	struct match_subject who = subject("esx1:902", "esx1", NULL, 902);
	struct silence s = silence("esx1", 0, 1000);

	s.any_kind = false;
	s.kind = ALERT_CERTIFICATE_CHANGED;
	assert_non_null(mutes_add(m, &s));
	assert_string_equal(put_name, "CertificateChanged");
	assert_true(mutes_match(m, ALERT_CERTIFICATE_CHANGED, &who, ms(1)));
	assert_false(mutes_match(m, ALERT_PORT_CLOSED, &who, ms(1)));
	mutes_free(m);
}

TEST(test_mutes_added_silence_is_copied_numbered_and_kept)
{
	struct mutes *m = mutes_new(store);
	struct silence s = silence("ESX1:902", 1000, 2000);
	const struct silence *mine = mutes_add(m, &s);

	assert_non_null(mine);
	assert_ptr_not_equal(mine, &s);
	assert_int_equal(mine->id, 1);
	assert_int_equal(puts_seen, 1);
	assert_int_equal(put_id, 1);
	assert_string_equal(put_pattern, "ESX1:902");
	assert_string_equal(put_name, "");
	assert_string_equal(put_why, "new memory");
	assert_string_equal(put_by, "uid 1000");
	assert_int_equal(put_from.ms, 1000);
	assert_int_equal(put_until.ms, 2000);
	assert_int_equal(add(m, "esx2", 0, 1), 2);
	assert_ptr_equal(mutes_next(m, NULL), mine);
	assert_int_equal(mutes_next(m, mine)->id, 2);
	assert_null(mutes_next(m, mutes_next(m, mine)));
	mutes_free(m);
}

TEST(test_mutes_without_a_store_silences_work_all_the_same)
{
	struct mutes *m = mutes_new(NULL);

	(void)add(m, "*", 0, 1000);
	assert_true(mutes_end(m, 1, ms(10)));
	assert_int_equal(puts_seen, 0);
	mutes_free(m);
}

TEST(test_mutes_ended_silence_mutes_no_more_and_is_kept_so)
{
	struct mutes *m = mutes_new(store);

	(void)add(m, "esx1", 0, 1000);
	(void)add(m, "esx1", 0, 2000);
	assert_true(mutes_end(m, 2, ms(500)));
	assert_int_equal(puts_seen, 3);
	assert_int_equal(put_id, 2);
	assert_int_equal(put_until.ms, 500);
	assert_true(muted(m, 600)); /* by the first */
	assert_true(mutes_end(m, 1, ms(600)));
	assert_false(muted(m, 600));
	mutes_free(m);
}

TEST(test_mutes_only_what_lasts_can_be_ended)
{
	struct mutes *m = mutes_new(store);

	(void)add(m, "esx1", 1000, 2000);
	assert_false(mutes_end(m, 7, ms(1)));
	assert_false(mutes_end(m, 0, ms(1)));
	assert_false(mutes_end(m, 1, ms(2000)));
	assert_int_equal(puts_seen, 1);
	assert_true(mutes_end(m, 1, ms(1)));  /* before it began */
	assert_false(mutes_end(m, 1, ms(1))); /* twice */
	assert_false(muted(m, 1500));
	assert_int_equal(puts_seen, 2);
	mutes_free(m);
}

TEST(test_mutes_tidy_forgets_what_has_ended)
{
	struct mutes *m = mutes_new(store);

	(void)add(m, "a", 0, 1000);
	(void)add(m, "b", 0, 3000);
	(void)add(m, "c", 2500, 2600);
	(void)add(m, "d", 0, 2000);
	mutes_tidy(m, ms(999));
	assert_int_equal(mutes_next(m, NULL)->id, 1);
	mutes_tidy(m, ms(2000));
	assert_int_equal(mutes_next(m, NULL)->id, 2);
	assert_int_equal(mutes_next(m, mutes_next(m, NULL))->id, 3);
	assert_null(mutes_next(m, mutes_next(m, mutes_next(m, NULL))));
	mutes_tidy(m, ms(9000));
	assert_null(mutes_next(m, NULL));
	assert_int_equal(puts_seen, 4);
	assert_int_equal(add(m, "e", 0, 1), 5); /* numbers are never used again */
	mutes_free(m);
}

TEST(test_mutes_silences_are_bounded)
{
	struct mutes *m = mutes_new(store);
	struct silence s = silence("x", 0, 1000);

	for (int i = 0; i < SILENCES_MAX; i++)
		assert_non_null(mutes_add(m, &s));
	assert_null(mutes_add(m, &s));
	assert_int_equal(puts_seen, SILENCES_MAX);
	mutes_tidy(m, ms(1000));
	assert_int_equal(mutes_add(m, &s)->id, SILENCES_MAX + 1);
	mutes_free(m);
}

/* ---- after a restart */

static struct store_past_silence past(int64_t id, const char *pattern, const char *name,
				      int64_t until)
{
	return (struct store_past_silence){ .silence = { .id = id,
							 .pattern = pattern,
							 .name = name,
							 .from = { 100 },
							 .until = { until },
							 .why = "w",
							 .by = "root" } };
}

TEST(test_mutes_restored_silences_go_on)
{
	struct mutes *m = mutes_new(store);
	struct store_past_silence list[] = { past(9, "esx1", "", 5000),
					     past(8, "esx1", "Flapping", 1000),
					     past(3, "esx2", "Flapping", 5000) };
	struct store_pasts pasts = { .silences = list, .silence_count = 3, .max_silence = 12 };
	const struct silence *s;

	mutes_restore(m, &pasts, ms(1000));
	s = mutes_next(m, NULL);
	assert_int_equal(s->id, 3);
	assert_false(s->any_kind);
	assert_int_equal(s->kind, ALERT_FLAPPING);
	assert_string_equal(s->why, "w");
	assert_string_equal(s->by, "root");
	assert_int_equal(s->from.ms, 100);
	s = mutes_next(m, s);
	assert_int_equal(s->id, 9); /* the one between has ended */
	assert_true(s->any_kind);
	assert_null(mutes_next(m, s));
	assert_true(muted(m, 4999));
	assert_int_equal(puts_seen, 0);
	assert_true(mutes_end(m, 9, ms(2000)));
	assert_int_equal(put_id, 9);
	mutes_free(m);
}

TEST(test_mutes_numbers_go_on_behind_all_that_ever_were)
{
	struct mutes *m = mutes_new(store);
	struct store_past_silence list[] = { past(9, "esx1", "", 500) };
	struct store_pasts pasts = { .silences = list, .silence_count = 1, .max_silence = 12 };

	mutes_restore(m, &pasts, ms(1000));
	assert_null(mutes_next(m, NULL));
	assert_int_equal(add(m, "x", 0, 1), 13);
	mutes_free(m);
	m = mutes_new(store);
	pasts.max_silence = 0; /* what is there counts, too */
	mutes_restore(m, &pasts, ms(1000));
	assert_int_equal(add(m, "x", 0, 1), 10);
	mutes_free(m);
	m = mutes_new(store);
	mutes_restore(m, &(struct store_pasts){ .silence_count = 0 }, ms(1000));
	assert_int_equal(add(m, "x", 0, 1), 1);
	mutes_free(m);
}

TEST(test_mutes_kept_silences_that_make_no_sense_are_left_out)
{
	struct mutes *m = mutes_new(store);
	struct store_past_silence list[] = { past(1, "", "", 5000),
					     past(2, "esx1", "OfALaterVersion", 5000),
					     past(4, "esx1", "", 5000) };
	struct store_pasts pasts = { .silences = list, .silence_count = 3, .max_silence = 4 };

	list[2].silence.why = "a\nb";
	mutes_restore(m, &pasts, ms(1000));
	assert_int_equal(mutes_next(m, NULL)->id, 4);
	assert_string_equal(mutes_next(m, NULL)->why, "a?b");
	mutes_free(m);
}

TEST(test_mutes_restored_silences_are_bounded)
{
	struct mutes *m = mutes_new(store);
	struct store_past_silence *list = xcalloc(SILENCES_MAX + 1, sizeof *list);
	struct store_pasts pasts = { .silences = list, .silence_count = SILENCES_MAX + 1 };
	struct silence s = silence("x", 0, 1000);
	unsigned count = 0;

	for (int i = 0; i <= SILENCES_MAX; i++)
		list[i] = past(i + 1, "x", "", 5000);
	mutes_restore(m, &pasts, ms(1000));
	for (const struct silence *q = mutes_next(m, NULL); q != NULL; q = mutes_next(m, q))
		count++;
	assert_int_equal(count, SILENCES_MAX);
	assert_null(mutes_add(m, &s));
	mutes_tidy(m, ms(5000));
	assert_int_equal(mutes_add(m, &s)->id, SILENCES_MAX + 2);
	mutes_free(m);
	free(list);
}

/* ---- whom a pattern means */

TEST(test_mutes_host_does_not_mean_hosts_that_begin_so)
{
	struct match_subject esx1 =
		subject("esx1.example.com:902", "esx1.example.com", "10.1.7.1", 902);
	struct match_subject esx10 =
		subject("esx10.example.com:902", "esx10.example.com", "10.1.7.10", 902);

	assert_true(pattern_mutes("esx1", &esx1));
	assert_false(pattern_mutes("esx1", &esx10));
	assert_true(pattern_mutes("esx1*", &esx1));
	assert_true(pattern_mutes("esx1*", &esx10));
	assert_false(pattern_mutes("esx", &esx1));
	assert_true(pattern_mutes("ESX1:902", &esx1));
	assert_false(pattern_mutes("esx1:443", &esx1));
	assert_true(pattern_mutes("10.1.7.1", &esx1));
	assert_false(pattern_mutes("10.1.7.1", &esx10));
	assert_true(pattern_mutes(":902", &esx10));
	assert_true(pattern_mutes("dc1", &esx10));
	assert_true(pattern_mutes("*", &esx10));
}

TEST(test_mutes_provider_and_node_have_no_name)
{
	struct match_subject provider = { .name = "", .host = "", .provider = "dc1" };
	struct match_subject node = { .name = "", .host = "", .provider = "" };

	assert_true(pattern_mutes("dc1", &provider));
	assert_true(pattern_mutes("*", &provider));
	assert_true(pattern_mutes("dc*", &provider));
	assert_false(pattern_mutes("dc", &provider));
	assert_false(pattern_mutes("esx1", &provider));
	assert_false(pattern_mutes(":902", &provider));
	assert_true(pattern_mutes("*", &node));
	assert_false(pattern_mutes("dc1", &node));
	assert_false(pattern_mutes("esx*", &node));
	assert_false(pattern_mutes("902", &node));
}

static bool labels_muted(const char *pattern, const char *labels)
{
	struct mutes *m = mutes_new(NULL);
	json_t *object = json_loads(labels, 0, NULL);
	bool result;

	assert_non_null(object);
	(void)add(m, pattern, 0, 1000);
	result = mutes_match_labels(m, ALERT_PORT_CLOSED, object, ms(1)) &&
		 !mutes_match_labels(m, ALERT_PORT_CLOSED, object, ms(1000));
	json_decref(object);
	mutes_free(m);
	return result;
}

TEST(test_mutes_labels_say_who_it_is)
{
	static const char esx[] = "{\"target\":\"esx1.example.com:902\",\"provider\":\"dc1\","
				  "\"host\":\"esx1.example.com\",\"address\":\"fd00::1\","
				  "\"port\":\"19902\",\"alertname\":\"PortClosed\"}";
	static const char named[] = "{\"target\":\"minio:1\",\"host\":\"h\",\"port\":\"9000\"}";

	assert_true(labels_muted("esx1", esx));
	assert_true(labels_muted("esx1.example.com:902", esx));
	assert_true(labels_muted("esx1:902", esx));   /* the documented port… */
	assert_true(labels_muted("esx1:19902", esx)); /* …and the one it is reached on */
	assert_false(labels_muted("esx1:443", esx));
	assert_true(labels_muted("fd00::1", esx));
	assert_true(labels_muted("[fd00::1]:902", esx));
	assert_false(labels_muted("fd00::2", esx));
	assert_true(labels_muted("dc1", esx));
	assert_true(labels_muted("minio:1", named));
	assert_true(labels_muted("h:9000", named));
	assert_false(labels_muted("h:1", named));
}

TEST(test_mutes_labels_may_be_missing_or_none)
{
	static const char odd[] = "{\"target\":1,\"host\":null,\"port\":\"x\",\"address\":\"y\"}";

	assert_true(labels_muted("*", "{}"));
	assert_false(labels_muted("esx1", "{}"));
	assert_false(labels_muted("902", "{}"));
	assert_true(labels_muted("dc1", "{\"provider\":\"dc1\"}"));
	assert_true(labels_muted("*", odd));
	assert_false(labels_muted("x", odd));
}

/* ---- the next turn */

TEST(test_mutes_turn_of_nothing_is_never)
{
	struct mutes *m = mutes_new(NULL);

	assert_int_equal(mutes_turn(m, ms(0)).ms, INT64_MAX);
	mutes_free(m);
}

TEST(test_mutes_turn_is_the_next_end_of_any_silence)
{
	struct mutes *m = mutes_new(NULL);

	(void)add(m, "a", 1000, 5000);
	(void)add(m, "b", 2000, 3000);
	(void)add(m, "c", 9000, 9000); /* never lasts */
	assert_int_equal(mutes_turn(m, ms(0)).ms, 1000);
	assert_int_equal(mutes_turn(m, ms(999)).ms, 1000);
	assert_int_equal(mutes_turn(m, ms(1000)).ms, 2000);
	assert_int_equal(mutes_turn(m, ms(2000)).ms, 3000);
	assert_int_equal(mutes_turn(m, ms(3000)).ms, 5000);
	assert_true(mutes_end(m, 1, ms(3500)));
	mutes_tidy(m, ms(3500));
	assert_int_equal(mutes_turn(m, ms(9000)).ms, INT64_MAX);
	mutes_free(m);
}

TEST(test_mutes_turn_forgets_a_silence_that_ended_before_it_began)
{
	struct mutes *m = mutes_new(NULL);

	(void)add(m, "a", 5000, 6000);
	assert_true(mutes_end(m, 1, ms(1000)));
	assert_int_equal(mutes_turn(m, ms(1000)).ms, INT64_MAX);
	mutes_free(m);
}

TEST(test_mutes_free_takes_null)
{
	mutes_free(NULL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup(test_mutes_silence_lasts_from_its_beginning_to_before_its_end,
			       reset),
	cmocka_unit_test_setup(test_mutes_silence_of_a_kind_is_of_that_alone, reset),
	cmocka_unit_test_setup(test_mutes_added_silence_is_copied_numbered_and_kept, reset),
	cmocka_unit_test_setup(test_mutes_without_a_store_silences_work_all_the_same, reset),
	cmocka_unit_test_setup(test_mutes_ended_silence_mutes_no_more_and_is_kept_so, reset),
	cmocka_unit_test_setup(test_mutes_only_what_lasts_can_be_ended, reset),
	cmocka_unit_test_setup(test_mutes_tidy_forgets_what_has_ended, reset),
	cmocka_unit_test_setup(test_mutes_silences_are_bounded, reset),
	cmocka_unit_test_setup(test_mutes_restored_silences_go_on, reset),
	cmocka_unit_test_setup(test_mutes_numbers_go_on_behind_all_that_ever_were, reset),
	cmocka_unit_test_setup(test_mutes_kept_silences_that_make_no_sense_are_left_out, reset),
	cmocka_unit_test_setup(test_mutes_restored_silences_are_bounded, reset),
	cmocka_unit_test_setup(test_mutes_host_does_not_mean_hosts_that_begin_so, reset),
	cmocka_unit_test_setup(test_mutes_provider_and_node_have_no_name, reset),
	cmocka_unit_test_setup(test_mutes_labels_say_who_it_is, reset),
	cmocka_unit_test_setup(test_mutes_labels_may_be_missing_or_none, reset),
	cmocka_unit_test_setup(test_mutes_turn_of_nothing_is_never, reset),
	cmocka_unit_test_setup(test_mutes_turn_is_the_next_end_of_any_silence, reset),
	cmocka_unit_test_setup(test_mutes_turn_forgets_a_silence_that_ended_before_it_began, reset),
	cmocka_unit_test_setup(test_mutes_free_takes_null, reset),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
