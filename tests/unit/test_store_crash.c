/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that is killed at any moment, again and again on one history: what it was told to be
 * committed is there, and nothing that it never put.
 *
 * The child puts changes numbered by their time: change n at n ms.  It writes n to a pipe
 * before it puts it and -n once it is committed.
 */
#include "daemon/store.h"

#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
#include "probes/reason.h"
#include "tests/unit/chance.h"
#include "tests/unit/kept.h"
#include "tests/unit/unit.h"

enum { LIVES = 25, ENDPOINTS = 3 };

static void say(int fd, int64_t n)
{
	MUST(write(fd, &n, sizeof n) == sizeof n);
}

/* Change n with the alert that it leads to. */
static void put_change(struct kept *k, int64_t n)
{
	AUTO(text) char *identity = xasprintf("Test %lld", (long long)n);
	bool open = n / ENDPOINTS % 2 == 0;

	store_hold(k->store);
	kept_change(k, 1 + n % ENDPOINTS, open ? REASON_REFUSED : REASON_OK,
		    open ? REASON_OK : REASON_REFUSED, n);
	(void)store_put_alert(k->store, &(struct store_alert){ .identity = identity,
							       .name = "Test",
							       .subject = "",
							       .severity = "info",
							       .endpoint = 1 + n % ENDPOINTS,
							       .starts = { n },
							       .revision = 1,
							       .labels = "{}",
							       .annotations = "{}" });
	store_release(k->store);
}

/* Never returns: changes, samples and touches without an end. */
__attribute__((noreturn)) static void live(struct kept *k, int fd, int64_t n)
{
	struct store_pasts pasts;

	kept_open(k);
	store_past(k->store, &pasts);
	store_past_free(&pasts);
	kept_start(k);
	for (int64_t id = 1; id <= ENDPOINTS; id++) {
		kept_enrol(k, id);
		store_put_span(k->store, &(struct store_span){ .endpoint = id,
							       .aspect = ASPECT_SERVICE,
							       .value = SERVICE_SERVING,
							       .since = wall_now() });
	}
	for (;; n++) {
		int64_t id = 1 + n % ENDPOINTS;

		say(fd, n);
		put_change(k, n);
		store_touch(k->store, id, ASPECT_PORT, 1, (struct wall){ n });
		store_put_samples(k->store, &(struct store_samples){ .endpoint = id,
								     .start = { n },
								     .interval = span_of_ms(1),
								     .count = 1,
								     .rtt_us = { (int32_t)n } });
		if (n % 5 == 0) {
			while (kept_stats(k).queued > 0)
				(void)poll(NULL, 0, 0);
			say(fd, -n);
		}
	}
}

/* What the child said until its end. */
static void hear(int fd, int64_t *put, int64_t *committed)
{
	int64_t n;

	while (read(fd, &n, sizeof n) == sizeof n) {
		if (n > 0)
			*put = n;
		else
			*committed = -n;
	}
}

static void kill_one(struct kept *k, struct chance *c, int64_t *put, int64_t *committed)
{
	int fds[2];
	pid_t pid;
	int status;

	MUST(pipe(fds) == 0);
	pid = fork();
	MUST(pid >= 0);
	if (pid == 0) {
		(void)close(fds[0]);
		MUST(event_reinit(k->base) == 0);
		live(k, fds[1], *put + 1);
	}
	(void)close(fds[1]);
	(void)poll(NULL, 0, (int)chance_below(c, 120)); /* any moment is as good as another */
	MUST(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid);
	hear(fds[0], put, committed);
	(void)close(fds[0]);
}

/* Nothing may follow from a crash but that the last changes of a life are missing. */
static void verify(struct kept *k, int64_t put, int64_t committed)
{
	AUTO(text)
	char *last = xasprintf("SELECT ifnull(max(since_ms), 0) BETWEEN %lld AND %lld"
			       " FROM span WHERE aspect = 'port'",
			       (long long)committed, (long long)put);

	kept_expect(k, "PRAGMA integrity_check", "ok");
	kept_expect(k, "PRAGMA foreign_key_check", "");
	kept_expect(k, last, "1");
	kept_expect(k,
		    "SELECT count(*) FROM span WHERE aspect = 'port' AND reason <>"
		    " iif(since_ms / 3 % 2 = 0, 'ok', 'refused')",
		    "0");
	kept_expect(k,
		    "SELECT count(*) FROM span WHERE aspect = 'port' AND endpoint_id <>"
		    " 1 + since_ms % 3",
		    "0");
	kept_expect(k,
		    "SELECT count(*) FROM span WHERE aspect = 'port' GROUP BY since_ms"
		    " HAVING count(*) > 1",
		    "");
	kept_expect(k,
		    "SELECT (SELECT count(*) FROM span WHERE aspect = 'port') ="
		    " (SELECT count(*) FROM event WHERE kind = 'port')",
		    "1");
	kept_expect(k,
		    "SELECT count(*) FROM event v LEFT JOIN alert a ON a.starts_ms = v.at_ms"
		    " AND a.endpoint_id = v.endpoint_id WHERE v.kind = 'port' AND a.id IS NULL",
		    "0");
	kept_expect(k,
		    "SELECT (SELECT count(*) FROM alert) ="
		    " (SELECT count(*) FROM event WHERE kind = 'port')",
		    "1");
	kept_expect(k, "SELECT count(*) FROM span WHERE until_ms < since_ms", "0");
	kept_expect(k,
		    "SELECT count(*) FROM span WHERE aspect = 'service' AND until_ms >"
		    " (SELECT max(alive_ms) FROM run)",
		    "0");
}

TEST(test_store_killed_at_any_moment_loses_and_invents_nothing)
{
	struct kept k;
	struct chance c = { 4711 };
	int64_t put = 0;
	int64_t committed = 0;

	kept_init(&k, NULL);
	for (int i = 0; i < LIVES; i++) {
		kill_one(&k, &c, &put, &committed);
		if (access(k.path, F_OK) != 0)
			continue; /* killed before it had even begun */
		kept_open(&k);    /* ends what the child left lasting */
		kept_expect(&k, "SELECT count(*) FROM span WHERE until_ms IS NULL", "0");
		kept_close(&k);
		verify(&k, put, committed);
	}
	assert_true(committed > 0);
	kept_done(&k);
}

/* Every acknowledged change of every life is there, not only the last one. */
TEST(test_store_killed_keeps_every_change_in_between)
{
	struct kept k;
	struct chance c = { 42 };
	int64_t put = 0;

	kept_init(&k, NULL);
	for (int i = 0; i < 5; i++) {
		int64_t committed = 0;
		int64_t before = put;

		kill_one(&k, &c, &put, &committed);
		if (committed > 0) {
			AUTO(text)
			char *sql =
				xasprintf("SELECT count(*) FROM event WHERE kind = 'port' AND at_ms"
					  " BETWEEN %lld AND %lld",
					  (long long)before + 1, (long long)committed);
			AUTO(text) char *want = xasprintf("%lld", (long long)(committed - before));

			kept_expect(&k, sql, want);
		}
	}
	kept_done(&k);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_store_killed_at_any_moment_loses_and_invents_nothing),
	cmocka_unit_test(test_store_killed_keeps_every_change_in_between),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
