/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/ledger.h"

#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "daemon/mutes.h"
#include "daemon/store.h"
#include "tests/unit/unit.h"

/* In place of daemon/store.c and daemon/mutes.c. */
static struct store_alert last; /* the last that was put; its texts are not kept */
static char last_identity[200];
static char last_annotations[400];
static unsigned put_count;
static struct store_delivery delivered;
static unsigned deliveries;
static bool muted;
static unsigned changes;
static char anything;
static struct store *const store = (struct store *)(void *)&anything;
static struct ledger *l;
static struct mutes *const mutes = (struct mutes *)(void *)&anything;

uint64_t __wrap_store_put_alert(struct store *s, const struct store_alert *a);
void __wrap_store_put_delivery(struct store *s, const struct store_delivery *d);
bool __wrap_mutes_match_labels(const struct mutes *m, enum alert_kind kind, const json_t *labels,
			       struct wall now);

uint64_t __wrap_store_put_alert(struct store *s, const struct store_alert *a)
{
	assert_ptr_equal(s, store);
	last = *a;
	(void)snprintf(last_identity, sizeof last_identity, "%s", a->identity);
	(void)snprintf(last_annotations, sizeof last_annotations, "%s", a->annotations);
	return ++put_count;
}

void __wrap_store_put_delivery(struct store *s, const struct store_delivery *d)
{
	assert_ptr_equal(s, store);
	delivered = *d;
	deliveries++;
}

bool __wrap_mutes_match_labels(__attribute__((unused)) const struct mutes *m,
			       __attribute__((unused)) enum alert_kind kind,
			       __attribute__((unused)) const json_t *labels,
			       __attribute__((unused)) struct wall now)
{
	return muted;
}

static void changed(void *owner)
{
	assert_ptr_equal(owner, &changes);
	changes++;
}

static int begin(__attribute__((unused)) void **state)
{
	put_count = deliveries = changes = 0;
	muted = false;
	l = ledger_new(&(struct ledger_parts){
		.store = store, .mutes = mutes, .owner = &changes, .changed = changed });
	ledger_use_slots(l, 1);
	return 0;
}

static int end(__attribute__((unused)) void **state)
{
	ledger_free(l);
	return 0;
}

static struct alert *raise_it(const char *subject, const char *summary, int64_t starts_ms)
{
	struct alert_draft d = { .kind = ALERT_PORT_CLOSED,
				 .severity = SEVERITY_CRITICAL,
				 .subject = subject,
				 .endpoint = 7,
				 .starts = { starts_ms },
				 .labels = json_pack("{s:s}", "alertname", "PortClosed"),
				 .annotations = json_pack("{s:s}", "summary", summary) };

	return ledger_raise(l, &d);
}

static void tell(struct alert *a)
{
	a->told[0].revision = a->revision;
	ledger_told(l, a, 0, "am");
}

TEST(test_ledger_raise_puts_and_says_so)
{
	struct alert *a = raise_it("esx04:902 10.1.7.14", "closed", 1000);

	assert_int_equal(a->revision, 1);
	assert_int_equal(put_count, 1);
	assert_int_equal(changes, 1);
	assert_string_equal(last_identity, "PortClosed esx04:902 10.1.7.14");
	assert_int_equal(a->ticket, 1);
	assert_int_equal(last.starts.ms, 1000);
	assert_false(last.settled);
	assert_ptr_equal(ledger_active(l, ALERT_PORT_CLOSED, "esx04:902 10.1.7.14"), a);
	assert_null(ledger_find(l, ALERT_FLAPPING, "esx04:902 10.1.7.14"));
	assert_int_equal(ledger_active_count(l, SEVERITY_CRITICAL), 1);
	assert_int_equal(ledger_active_count(l, SEVERITY_INFO), 0);
}

TEST(test_ledger_same_raised_again_is_no_news)
{
	struct alert *a = raise_it("x", "closed", 1000);

	assert_ptr_equal(raise_it("x", "closed", 2000), a);
	assert_int_equal(a->revision, 1);
	assert_int_equal(put_count, 1);
	assert_int_equal(a->starts.ms, 1000);
}

TEST(test_ledger_other_words_are_a_revision)
{
	struct alert *a = raise_it("x", "refused", 1000);

	assert_ptr_equal(raise_it("x", "dropped", 2000), a);
	assert_int_equal(a->revision, 2);
	assert_int_equal(a->starts.ms, 1000);
	assert_string_equal(alert_annotation(a, "summary"), "dropped");
}

TEST(test_ledger_annotations_are_one_revision_together)
{
	static const char *const pairs[] = {
		"trace", "silent beyond 10.1.7.1", "hop", "10.1.7.1", "remedy", "", NULL
	};
	struct alert *a = raise_it("x", "refused", 1000);

	ledger_annotate(l, a, pairs);
	assert_int_equal(a->revision, 2);
	assert_string_equal(alert_annotation(a, "hop"), "10.1.7.1");
	ledger_annotate(l, a, pairs);
	assert_int_equal(a->revision, 2);
}

TEST(test_ledger_other_words_ask_who_is_silenced)
{
	struct alert *a = raise_it("x", "refused", 1000);

	muted = true;
	(void)raise_it("x", "dropped", 2000);
	assert_true(a->silenced);
}

TEST(test_ledger_end_is_told_once)
{
	struct alert *a = raise_it("x", "closed", 1000);

	ledger_end(l, a, (struct wall){ 5000 }, "open");
	ledger_end(l, a, (struct wall){ 6000 }, "open");
	assert_int_equal(a->revision, 2);
	assert_int_equal(a->ends.ms, 5000);
	assert_non_null(strstr(last_annotations, "\"resolution\":\"open\""));
	assert_null(ledger_active(l, ALERT_PORT_CLOSED, "x"));
	assert_ptr_equal(ledger_find(l, ALERT_PORT_CLOSED, "x"), a);
	ledger_settle(l, a);
	assert_true(last.settled);
	assert_int_equal(ledger_count(l), 0);
}

TEST(test_ledger_end_before_the_beginning_is_after_it)
{
	struct alert *a = raise_it("x", "closed", 1000);

	ledger_end(l, a, (struct wall){ 400 }, "the clock was set back");
	assert_int_equal(a->ends.ms, 1001);
}

TEST(test_ledger_raised_again_takes_the_place_of_the_ended_one)
{
	struct alert *a = raise_it("x", "closed", 1000);
	uint64_t serial = a->serial;
	struct alert *b;

	tell(a);
	ledger_end(l, a, (struct wall){ 5000 }, "open");
	b = raise_it("x", "closed", 9000);
	assert_true(b->serial != serial);
	assert_int_equal(b->revision, 1);
	assert_int_equal(b->coalesced, 1); /* nobody was told of the end */
	assert_int_equal(ledger_count(l), 1);
}

TEST(test_ledger_nothing_is_missed_when_all_was_told)
{
	struct alert *a = raise_it("x", "closed", 1000);

	ledger_end(l, a, (struct wall){ 5000 }, "open");
	tell(a);
	assert_int_equal(raise_it("x", "closed", 9000)->coalesced, 0);
}

TEST(test_ledger_one_identity_never_begins_twice_at_once)
{
	struct alert *a = raise_it("x", "closed", 1000);

	ledger_end(l, a, (struct wall){ 5000 }, "open");
	assert_int_equal(raise_it("x", "closed", 1000)->starts.ms, 1001);
}

TEST(test_ledger_muted_alert_is_told_when_the_mute_ends)
{
	struct alert *a;

	muted = true;
	a = raise_it("x", "closed", 1000);
	assert_true(a->silenced);
	changes = 0;
	ledger_mute_again(l, (struct wall){ 2000 });
	assert_int_equal(changes, 0);
	muted = false;
	ledger_mute_again(l, (struct wall){ 3000 });
	assert_false(a->silenced);
	assert_int_equal(changes, 1);
	assert_int_equal(a->revision, 1);
	assert_false(last.silenced);
}

TEST(test_ledger_what_ended_in_silence_stays_silent)
{
	struct alert *a;

	muted = true;
	a = raise_it("x", "closed", 1000);
	ledger_end(l, a, (struct wall){ 2000 }, "open");
	muted = false;
	ledger_mute_again(l, (struct wall){ 3000 });
	assert_true(a->silenced);
	/* Its end was to be told to nobody: nothing was missed. */
	assert_int_equal(raise_it("x", "closed", 9000)->coalesced, 0);
}

static int slot_of(void *owner, const char *sink)
{
	assert_ptr_equal(owner, &changes);
	return strcmp(sink, "am") == 0 ? 0 : -1;
}

static struct store_past_alert past(const char *subject, const char *labels)
{
	return (struct store_past_alert){
		.alert = { .identity = "PortClosed x",
			   .name = "PortClosed",
			   .subject = subject,
			   .severity = "warning",
			   .endpoint = 3,
			   .starts = { 1000 },
			   .revision = 4,
			   .coalesced = 2,
			   .labels = labels,
			   .annotations = "{\"summary\":\"closed\"}" },
	};
}

TEST(test_ledger_restored_alert_goes_on)
{
	struct store_delivery told[2] = { { .sink = "am", .revision = 3, .at = { 1500 } },
					  { .sink = "gone", .revision = 4 } };
	struct store_past_alert list[1] = { past("x", "{\"node\":\"n1\"}") };
	struct store_pasts pasts = { .alerts = list, .alert_count = 1 };
	struct alert *a;

	list[0].deliveries = told;
	list[0].delivery_count = 2;
	ledger_restore(l, &pasts, slot_of, &changes);
	a = ledger_active(l, ALERT_PORT_CLOSED, "x");
	assert_non_null(a);
	assert_int_equal(a->revision, 4);
	assert_int_equal(a->told[0].revision, 3);
	assert_int_equal(a->told[0].at.ms, 1500);
	assert_int_equal(a->told[1].revision, 0);
	assert_int_equal(put_count, 0); /* the history has it */
	ledger_put_all(l);
	assert_int_equal(put_count, 1);
	assert_int_equal(last.coalesced, 2);
}

TEST(test_ledger_restores_nothing_from_rubbish)
{
	static const char *const rubbish[] = { "", "[]", "{\"a\":1}", "{\"a\":\"b\"", "null" };

	for (size_t i = 0; i < ARRAY_LEN(rubbish); i++) {
		struct store_past_alert list[1] = { past("x", rubbish[i]) };

		ledger_restore(l, &(struct store_pasts){ .alerts = list, .alert_count = 1 },
			       slot_of, &changes);
		assert_int_equal(ledger_count(l), 0);
	}
}

TEST(test_ledger_freed_slot_forgets)
{
	struct alert *a = raise_it("x", "closed", 1000);

	tell(a);
	assert_int_equal(deliveries, 1);
	assert_string_equal(delivered.sink, "am");
	assert_int_equal(delivered.revision, 1);
	ledger_use_slots(l, 2);
	assert_int_equal(a->told[0].revision, 0);
}

TEST(test_ledger_many_are_found)
{
	char subject[32];
	size_t n = 0;

	for (int i = 0; i < 5000; i++) {
		(void)snprintf(subject, sizeof subject, "h%d:902 10.0.0.1", i);
		(void)raise_it(subject, "closed", 1000);
	}
	assert_int_equal(ledger_count(l), 5000);
	assert_string_equal(ledger_active(l, ALERT_PORT_CLOSED, "h4321:902 10.0.0.1")->subject,
			    "h4321:902 10.0.0.1");
	for (struct alert *a = NULL; (a = ledger_next(l, a)) != NULL;)
		n++;
	assert_int_equal(n, 5000);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, begin, end)

static const struct CMUnitTest tests[] = {
	CASE(test_ledger_raise_puts_and_says_so),
	CASE(test_ledger_same_raised_again_is_no_news),
	CASE(test_ledger_other_words_are_a_revision),
	CASE(test_ledger_annotations_are_one_revision_together),
	CASE(test_ledger_other_words_ask_who_is_silenced),
	CASE(test_ledger_end_is_told_once),
	CASE(test_ledger_end_before_the_beginning_is_after_it),
	CASE(test_ledger_raised_again_takes_the_place_of_the_ended_one),
	CASE(test_ledger_nothing_is_missed_when_all_was_told),
	CASE(test_ledger_one_identity_never_begins_twice_at_once),
	CASE(test_ledger_muted_alert_is_told_when_the_mute_ends),
	CASE(test_ledger_what_ended_in_silence_stays_silent),
	CASE(test_ledger_restored_alert_goes_on),
	CASE(test_ledger_restores_nothing_from_rubbish),
	CASE(test_ledger_freed_slot_forgets),
	CASE(test_ledger_many_are_found),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
