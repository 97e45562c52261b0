/* SPDX-License-Identifier: Apache-2.0 */
/* The store under clocks that the test moves: what takes minutes is shown in moments. */
#include "daemon/store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/must.h"
#include "probes/reason.h"
#include "tests/unit/kept.h"
#include "tests/unit/unit.h"

#define HOUR INT64_C(3600000)

static struct kept k;
static atomic_llong mono_ahead_ms;
static atomic_llong wall_ahead_ms;

struct mono __real_mono_now(void);
struct wall __real_wall_now(void);
struct mono __wrap_mono_now(void);
struct wall __wrap_wall_now(void);
int __real_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *lock,
				  const struct timespec *until);
int __wrap_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *lock,
				  const struct timespec *until);

struct mono __wrap_mono_now(void)
{
	return mono_add(__real_mono_now(), span_of_ms(atomic_load(&mono_ahead_ms)));
}

struct wall __wrap_wall_now(void)
{
	return (struct wall){ __real_wall_now().ms + atomic_load(&wall_ahead_ms) };
}

/* The kernel's clock does not move with ours. */
int __wrap_pthread_cond_timedwait(pthread_cond_t *cond, pthread_mutex_t *lock,
				  const struct timespec *until)
{
	struct timespec real = *until;

	real.tv_sec -= atomic_load(&mono_ahead_ms) / 1000;
	return __real_pthread_cond_timedwait(cond, lock, &real);
}

/* Both clocks, as time does: whole seconds. */
static void pass_time(int64_t ms)
{
	atomic_fetch_add(&mono_ahead_ms, ms);
	atomic_fetch_add(&wall_ahead_ms, ms);
}

static int set_up(__attribute__((unused)) void **state)
{
	kept_init(&k, NULL);
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	kept_done(&k);
	return 0;
}

/* A minute of samples, one a second. */
static void put_chunk(int64_t start_ms)
{
	struct store_samples s = { .endpoint = 1,
				   .start = { start_ms },
				   .interval = span_of_ms(1000),
				   .count = STORE_CHUNK };

	store_put_samples(k.store, &s);
}

/* Somebody who asks the next question with the answer in hand. */
struct asker {
	struct question q;
	bool stop;
	unsigned answers;
};

static void on_answer(void *owner, const struct answer *a)
{
	struct asker *who = owner;

	(void)a; /* the one under way when the clock jumps has taken too long */
	who->answers++;
	if (!who->stop)
		MUST(store_ask(k.store, &who->q, on_answer, who) != NULL);
}

/* So many that there is a question at any time. */
static struct asker askers[32];

static bool all_answered_thrice(__attribute__((unused)) struct kept *kept)
{
	for (size_t i = 0; i < ARRAY_LEN(askers); i++)
		if (askers[i].answers < 3)
			return false;
	return true;
}

static bool rolled_up(struct kept *kept)
{
	AUTO(text) char *count = kept_sql(kept->path, "SELECT count(*) FROM rollup");

	return strcmp(count, "0") != 0;
}

TEST(test_clock_questions_without_a_pause_do_not_stop_retention)
{
	kept_open(&k);
	kept_start(&k);
	kept_enrol(&k, 1);
	for (int i = 0; i < 100; i++)
		put_chunk(wall_now().ms - 5 * HOUR + i * INT64_C(60000));
	kept_settle(&k);
	for (size_t i = 0; i < ARRAY_LEN(askers); i++) {
		askers[i] = (struct asker){ .q = kept_question(QUESTION_SAMPLES, 1) };
		MUST(store_ask(k.store, &askers[i].q, on_answer, &askers[i]) != NULL);
	}
	kept_wait(&k, all_answered_thrice);
	assert_false(rolled_up(&k));
	pass_time(60000); /* its first pass is due by now */
	kept_wait(&k, rolled_up);
	for (size_t i = 0; i < ARRAY_LEN(askers); i++)
		askers[i].stop = true;
}

static void put_stray_certificate(void)
{
	free(kept_sql(k.path, "INSERT INTO certificate (sha256, sha1, spki_sha256, der, subject,"
			      " issuer, not_before_ms, not_after_ms, self_signed)"
			      " VALUES (x'01', x'01', x'01', x'01', 's', 'i', 0, 0, 0)"));
}

/* Certificates that nobody shows go near the end of a pass, behind what is old. */
static bool passed_through(struct kept *kept)
{
	AUTO(text) char *count = kept_sql(kept->path, "SELECT count(*) FROM certificate");

	return strcmp(count, "0") == 0;
}

static void pass_once(void)
{
	put_stray_certificate();
	pass_time(60000);
	kept_wait(&k, passed_through);
}

TEST(test_clock_step_of_a_century_forgets_nothing)
{
	int64_t now = wall_now().ms;

	kept_open(&k);
	kept_start(&k);
	kept_enrol(&k, 1);
	kept_change(&k, 1, STATE_NOTHING, REASON_OK, now - 48 * HOUR);
	kept_change(&k, 1, REASON_OK, REASON_REFUSED, now - 24 * HOUR);
	put_chunk(now - 48 * HOUR);
	kept_settle(&k);
	atomic_fetch_add(&wall_ahead_ms, INT64_C(100) * 365 * 24 * HOUR);
	pass_once();
	kept_close(&k); /* it starts with this clock, too */
	kept_open(&k);
	kept_start(&k);
	pass_once();
	kept_expect(&k, "SELECT count(*) FROM sample", "1");
	kept_expect(&k, "SELECT count(*) FROM event", "2");
	kept_expect(&k, "SELECT count(*) FROM span", "2");
	kept_expect(&k,
		    "SELECT count(*) FROM run WHERE alive_ms - believed_ms > 99 * 365 * 86400000",
		    "2");
	atomic_store(&wall_ahead_ms, 0);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	WITH_FOLDER(test_clock_questions_without_a_pause_do_not_stop_retention),
	WITH_FOLDER(test_clock_step_of_a_century_forgets_nothing),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
