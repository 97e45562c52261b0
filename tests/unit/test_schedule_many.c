/* SPDX-License-Identifier: Apache-2.0 */
/* Many jobs, long times, and any order of calls. */
#include "daemon/schedule.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/must.h"
#include "tests/unit/chance.h"
#include "tests/unit/unit.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)

static struct mono at_ms(int64_t ms)
{
	return mono_add((struct mono){ 0 }, span_of_ms(ms));
}

/* What is taken from all jobs of a schedule, each at its time. */
struct watch {
	struct schedule *schedule; /* owned */
	struct job *jobs;          /* owned */
	int64_t *slots;            /* owned; the last one of each job; -1: none */
	size_t count;
	uint64_t taken;
	uint64_t skipped;
};

/* Numbers behind the endpoint's name; endpoint NULL: behind the node's, all watch one endpoint. */
static void watch_init(struct watch *w, size_t count, const char *node, const char *endpoint,
		       struct span interval)
{
	*w = (struct watch){
		.schedule = schedule_new(),
		.jobs = xcalloc(count, sizeof(struct job)),
		.slots = xcalloc(count, sizeof(int64_t)),
		.count = count,
	};
	for (size_t i = 0; i < count; i++) {
		AUTO(text)
		char *numbered = xasprintf("%s%zu", endpoint != NULL ? endpoint : node, i);
		uint64_t seed = endpoint != NULL
					? schedule_seed(node, numbered)
					: schedule_seed(numbered, "vcenter.example.com:443");

		w->slots[i] = -1;
		schedule_add(w->schedule, &w->jobs[i], interval, seed, at_ms(0));
	}
}

static void watch_done(struct watch *w)
{
	schedule_free(w->schedule);
	free(w->jobs);
	free(w->slots);
}

/* No slot comes twice, none goes back, and what is missing was counted as skipped. */
static void watch_take(struct watch *w, struct mono now)
{
	struct due due;
	size_t i;

	assert_true(schedule_take(w->schedule, now, &due));
	i = (size_t)(due.job - w->jobs);
	assert_true(due.regular);
	assert_false(mono_before(now, due.at));
	assert_true(mono_before(now, mono_add(due.at, due.job->interval)));
	assert_true(mono_before(now, due.job->grid));
	if (w->slots[i] >= 0)
		assert_int_equal(due.slot, w->slots[i] + 1 + (int64_t)due.skipped);
	w->slots[i] = due.slot;
	w->taken++;
	w->skipped += due.skipped;
}

/* Every job at its very time. */
static void watch_until(struct watch *w, struct mono until)
{
	for (struct mono next; schedule_next(w->schedule, &next) && mono_before(next, until);)
		watch_take(w, next);
}

static void assert_even(struct watch *w)
{
	enum { BUCKET_MS = 100, BUCKETS = MINUTE_MS / BUCKET_MS };
	uint64_t before = 0;

	for (int i = 1; i <= BUCKETS; i++) {
		watch_until(w, at_ms((int64_t)i * BUCKET_MS));
		assert_in_range(w->taken - before, 1, 3 * w->count / BUCKETS);
		before = w->taken;
	}
	assert_int_equal(w->taken, w->count);
}

TEST(test_schedule_many_endpoints_of_a_node_are_spread_evenly)
{
	struct watch w;

	watch_init(&w, 20000, "n7", "10.1.0.0:", span_of_ms(MINUTE_MS));
	assert_int_equal(schedule_count(w.schedule), 20000);
	assert_even(&w);
	watch_done(&w);
}

TEST(test_schedule_many_nodes_come_to_an_endpoint_evenly)
{
	struct watch w;

	watch_init(&w, 20000, "worker-", NULL, span_of_ms(MINUTE_MS));
	assert_even(&w);
	watch_done(&w);
}

/* Stopped for an hour and continued: each job is late once, and no job runs to catch up. */
TEST(test_schedule_many_after_an_hour_of_suspense_run_once_each)
{
	struct watch w;
	struct mono back = at_ms(10 * MINUTE_MS + HOUR_MS);

	watch_init(&w, 2000, "n7", "esx", span_of_ms(10000));
	watch_until(&w, at_ms(10 * MINUTE_MS));
	assert_int_equal(w.taken, 2000 * 60);
	assert_int_equal(w.skipped, 0);

	for (int i = 0; i < 2000; i++)
		watch_take(&w, back);
	assert_int_equal(w.taken, 2000 * 61);
	assert_int_equal(w.skipped, 2000 * 359);
	assert_false(schedule_take(w.schedule, back, &(struct due){ 0 }));

	watch_until(&w, mono_add(back, span_of_ms(10 * MINUTE_MS)));
	assert_int_equal(w.taken, 2000 * 121);
	assert_int_equal(w.skipped, 2000 * 359);
	watch_done(&w);
}

TEST(test_schedule_many_times_in_a_month_come_in_order)
{
	struct watch w;

	watch_init(&w, 5, "n7", "esx", span_of_ms(10000));
	watch_until(&w, at_ms(30 * DAY_MS));
	assert_int_equal(w.taken, 5 * 30 * 24 * 360);
	assert_int_equal(w.skipped, 0);
	watch_done(&w);
}

/* What schedule.h promises, as plainly as it can be said. */
struct model {
	int64_t interval; /* 0: on no grid */
	int64_t grid;     /* INT64_MAX: none */
	int64_t soon;     /* INT64_MAX: none */
};

enum { MODELS = 30 };

struct trial {
	struct chance chance;
	struct schedule *schedule; /* owned */
	struct job jobs[MODELS];
	struct model models[MODELS];
	int64_t now;
};

static int64_t model_due(const struct model *m)
{
	return m->grid < m->soon ? m->grid : m->soon;
}

static int64_t trial_due(const struct trial *t)
{
	int64_t due = INT64_MAX;

	for (size_t i = 0; i < MODELS; i++)
		if (model_due(&t->models[i]) < due)
			due = model_due(&t->models[i]);
	return due;
}

static void trial_add(struct trial *t, size_t i)
{
	struct model *m = &t->models[i];
	int64_t interval = INT64_C(50) * chance_below(&t->chance, 4);
	uint64_t seed = UINT64_C(1000) * chance_below(&t->chance, 3) + 40 * (i % 2);

	schedule_add(t->schedule, &t->jobs[i], (struct span){ interval }, seed,
		     (struct mono){ t->now });
	if (interval > 0 && m->interval == interval && m->grid != INT64_MAX &&
	    m->grid % interval == (int64_t)seed % interval)
		return;
	m->interval = interval;
	m->grid = INT64_MAX;
	if (interval == 0)
		return;
	m->grid = (int64_t)seed % interval;
	while (m->grid <= t->now)
		m->grid += interval;
}

static void trial_want(struct trial *t, size_t i)
{
	int64_t when = t->now + chance_below(&t->chance, 200) - 20;

	schedule_want(t->schedule, &t->jobs[i], (struct mono){ when });
	if (when < t->models[i].soon)
		t->models[i].soon = when;
}

static void trial_remove(struct trial *t, size_t i)
{
	schedule_remove(t->schedule, &t->jobs[i]);
	t->models[i] = (struct model){ .grid = INT64_MAX, .soon = INT64_MAX };
}

static void trial_check_due(struct trial *t, const struct due *due)
{
	struct model *m = &t->models[due->job - t->jobs];
	uint64_t skipped = 0;

	assert_int_equal(model_due(m), trial_due(t));
	assert_int_equal(due->regular, m->grid <= t->now);
	if (due->regular) {
		for (; m->grid + m->interval <= t->now; m->grid += m->interval)
			skipped++;
		assert_int_equal(due->at.ns, m->grid);
		assert_int_equal(due->slot, m->grid / m->interval);
		m->grid += m->interval;
	} else {
		assert_int_equal(due->at.ns, m->soon);
	}
	assert_int_equal(due->skipped, skipped);
	if (m->soon <= t->now)
		m->soon = INT64_MAX;
}

static void trial_take(struct trial *t)
{
	struct due due;

	t->now += chance_below(&t->chance, chance_below(&t->chance, 50) == 0 ? 600 : 30);
	while (schedule_take(t->schedule, (struct mono){ t->now }, &due))
		trial_check_due(t, &due);
	assert_true(trial_due(t) > t->now);
}

static void trial_compare(const struct trial *t)
{
	struct mono next = { INT64_MAX };
	size_t planned = 0;

	for (size_t i = 0; i < MODELS; i++) {
		bool is_planned = model_due(&t->models[i]) != INT64_MAX;

		assert_int_equal(t->jobs[i].place != 0, is_planned);
		planned += is_planned;
	}
	assert_int_equal(schedule_count(t->schedule), planned);
	assert_int_equal(schedule_next(t->schedule, &next), planned > 0);
	assert_int_equal(next.ns, trial_due(t));
}

TEST(test_schedule_many_calls_in_any_order_keep_to_the_model)
{
	for (unsigned run = 0; run < 100; run++) {
		struct trial t = { .chance = { run }, .schedule = schedule_new() };

		for (size_t i = 0; i < MODELS; i++)
			trial_remove(&t, i);
		for (int step = 0; step < 2000; step++) {
			size_t i = chance_below(&t.chance, MODELS);
			unsigned what = chance_below(&t.chance, 10);

			if (what < 3)
				trial_add(&t, i);
			else if (what < 6)
				trial_want(&t, i);
			else if (what < 7)
				trial_remove(&t, i);
			else
				trial_take(&t);
			trial_compare(&t);
		}
		schedule_free(t.schedule);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_schedule_many_endpoints_of_a_node_are_spread_evenly),
	cmocka_unit_test(test_schedule_many_nodes_come_to_an_endpoint_evenly),
	cmocka_unit_test(test_schedule_many_after_an_hour_of_suspense_run_once_each),
	cmocka_unit_test(test_schedule_many_times_in_a_month_come_in_order),
	cmocka_unit_test(test_schedule_many_calls_in_any_order_keep_to_the_model),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
