/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever happens to the database: nothing is lost, and it mends without a restart. */
#include "daemon/store.h"

#include <errno.h>
#include <event2/event.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/dbfile.h"
#include "probes/reason.h"
#include "tests/unit/kept.h"
#include "tests/unit/unit.h"

static struct kept k;

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

static void start(void)
{
	kept_open(&k);
	kept_start(&k);
	kept_enrol(&k, 1);
	kept_change(&k, 1, STATE_NOTHING, REASON_OK, 1000);
	kept_settle(&k);
}

static bool in_trouble(struct kept *kept)
{
	return kept_stats(kept).trouble[0] != '\0';
}

static bool well(struct kept *kept)
{
	return kept_stats(kept).writable && kept_stats(kept).queued == 0;
}

static bool renewed(struct kept *kept)
{
	return kept->fresh == 2;
}

/* Another process (here: another connection) holds the write lock. */
TEST(test_trouble_locked_database_is_waited_for)
{
	sqlite3 *raw;
	struct question q = kept_question(QUESTION_SPANS, 1);
	char *text;

	start();
	MUST(sqlite3_open(k.path, &raw) == SQLITE_OK);
	MUST(sqlite3_exec(raw, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK);
	kept_change(&k, 1, REASON_OK, REASON_REFUSED, 2000);
	kept_wait(&k, in_trouble);
	kept_change(&k, 1, REASON_REFUSED, REASON_OK, 3000);
	assert_int_equal(kept_stats(&k).queued, 2);
	assert_false(kept_stats(&k).writable);
	assert_non_null(strstr(kept_stats(&k).trouble, "locked"));
	text = kept_ask(&k, &q); /* reading goes on */
	assert_non_null(strstr(text, "\"open\""));
	free(text);
	MUST(sqlite3_exec(raw, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK);
	kept_wait(&k, well);
	MUST(sqlite3_close(raw) == SQLITE_OK);
	kept_expect(&k, "SELECT group_concat(since_ms) FROM span", "1000,2000,3000");
	kept_expect(&k, "SELECT count(*) FROM event", "3");
	assert_int_equal(kept_stats(&k).lost, 0);
}

/* Locked from the start, by somebody who lets nobody even read; earlier data are inside. */
TEST(test_trouble_locked_at_the_start_is_opened_later_and_ids_are_translated)
{
	sqlite3 *raw;
	struct store_pasts pasts;
	struct question q = kept_question(QUESTION_EVENTS, 0);
	char *text;

	start();
	kept_close(&k);
	MUST(sqlite3_open(k.path, &raw) == SQLITE_OK);
	MUST(sqlite3_exec(raw, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", NULL, NULL,
			  NULL) == SQLITE_OK);
	kept_open(&k);
	store_past(k.store, &pasts);
	assert_int_equal(pasts.count, 0);
	assert_true(in_trouble(&k));
	kept_start(&k);
	kept_enrol(&k, 5); /* the caller begins to count anew, its 1 is another one */
	store_put_endpoint(k.store, &(struct store_endpoint){ .id = 1,
							      .provider = "",
							      .role = "esxi",
							      .name = "other:443",
							      .host = "other",
							      .address = "192.0.2.77",
							      .port = 443,
							      .check = "tcp" });
	store_put_endpoint(k.store, &(struct store_endpoint){ .id = 2,
							      .provider = "",
							      .role = "esxi",
							      .name = "esx1:902",
							      .host = "esx",
							      .address = "192.0.2.1",
							      .port = 902,
							      .check = "tcp" });
	kept_change(&k, 1, STATE_NOTHING, REASON_NO_ANSWER, 5000);
	kept_change(&k, 2, REASON_OK, REASON_REFUSED, 6000);
	text = kept_ask(&k, &q);
	assert_memory_equal(text, "error: the history cannot be read now", 37);
	free(text);
	MUST(sqlite3_exec(raw, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK);
	MUST(sqlite3_close(raw) == SQLITE_OK);
	kept_wait(&k, well);
	kept_expect(&k,
		    "SELECT group_concat(name || ' ' || state, ', ') FROM (SELECT name, state FROM"
		    " span s JOIN endpoint e ON e.id = endpoint_id ORDER BY s.id)",
		    "esx1:902 open, other:443 filtered, esx1:902 closed");
	kept_expect(&k, "SELECT until_ms IS NOT NULL FROM span WHERE id = 1", "1");
	assert_int_equal(k.fresh, 1);
	q = kept_question(QUESTION_EVENTS, 2);
	text = kept_ask(&k, &q); /* its earlier life is found under its new number */
	assert_non_null(strstr(text, "\"after\":\"closed\""));
	assert_non_null(strstr(text, "\"after\":\"open\""));
	assert_non_null(strstr(text, "\"endpoint\":2"));
	assert_null(strstr(text, "\"endpoint\":1"));
	free(text);
}

/* Nothing in the file is what it was, from an offset on. */
static void spoil(long from)
{
	char rubbish[4096];

	memset(rubbish, 0x5a, sizeof rubbish);
	for (long at = 0; at < 40; at++)
		kept_scribble(k.path, from + at * (long)sizeof rubbish, rubbish, sizeof rubbish);
}

TEST(test_trouble_corrupt_at_the_start_is_set_aside_and_never_deleted)
{
	struct store_pasts pasts;

	start();
	kept_close(&k);
	spoil(100); /* the header says that it is ours */
	kept_open(&k);
	store_past(k.store, &pasts); /* the second try comes with the thread */
	assert_int_equal(pasts.count, 0);
	kept_start(&k);
	kept_wait(&k, renewed);
	kept_enrol(&k, 1);
	kept_span(&k, 1, REASON_OK, 1000);
	kept_wait(&k, well);
	assert_int_equal(kept_stats(&k).set_aside, 1);
	assert_true(kept_files(&k, "history.db.corrupt-20") >= 1); /* or its WAL too */
	kept_expect(&k, "SELECT count(*) FROM span", "1");
	kept_expect(&k, "PRAGMA integrity_check", "ok");
}

TEST(test_trouble_corrupt_while_running_is_set_aside_and_nothing_put_is_lost)
{
	struct question q = kept_question(QUESTION_SPANS, 1);
	char *text;

	start();
	kept_close(&k);
	kept_open(&k); /* now all is in the file, and nothing of it in memory */
	kept_start(&k);
	spoil(0);
	text = kept_ask(&k, &q);
	assert_memory_equal(text, "error: ", 7);
	free(text);
	kept_enrol(&k, 1);
	kept_wait(&k, renewed);
	kept_change(&k, 1, REASON_OK, REASON_REFUSED, 900000);
	kept_wait(&k, well);
	assert_int_equal(kept_stats(&k).set_aside, 1);
	assert_true(kept_files(&k, "history.db.corrupt-20") >= 1);
	kept_expect(&k, "SELECT count(*) FROM event WHERE at_ms = 900000", "1");
	kept_expect(&k, "SELECT count(*) FROM endpoint", "1"); /* enrolled again by itself */
	kept_expect(&k, "SELECT count(*) FROM span WHERE until_ms IS NULL", "1");
	kept_expect(&k, "PRAGMA integrity_check", "ok");
	assert_int_equal(kept_stats(&k).lost, 0);
}

TEST(test_trouble_deleted_file_is_made_anew)
{
	start();
	MUST(unlink(k.path) == 0);
	kept_wait(&k, renewed);
	kept_change(&k, 1, REASON_OK, REASON_REFUSED, 2000);
	kept_wait(&k, well);
	kept_expect(&k, "SELECT group_concat(state) FROM span", "closed");
	assert_int_equal(kept_stats(&k).set_aside, 0);
}

TEST(test_trouble_newer_version_is_not_touched_but_waited_for)
{
	start();
	kept_close(&k);
	free(kept_sql(k.path, "PRAGMA user_version = 7"));
	kept_open(&k);
	kept_start(&k);
	kept_enrol(&k, 2);
	assert_true(in_trouble(&k));
	assert_non_null(strstr(kept_stats(&k).trouble, "newer banksmand"));
	kept_expect(&k, "SELECT count(*) FROM endpoint", "1");
	assert_int_equal(kept_files(&k, "corrupt"), 0);
	free(kept_sql(k.path, "PRAGMA user_version = 5"));
	kept_wait(&k, well);
	kept_expect(&k, "SELECT count(*) FROM endpoint", "2");
	assert_int_equal(k.fresh, 1);
}

/* Of a version that went by the clock: its last sign of life is what there is to go by. */
TEST(test_trouble_older_version_is_migrated_with_what_it_has)
{
	start();
	kept_close(&k);
	free(kept_sql(k.path, "DROP TABLE delivery"));
	free(kept_sql(k.path, "DROP TABLE alert"));
	free(kept_sql(k.path, "DROP TABLE silence"));
	free(kept_sql(k.path, "DROP TABLE finding"));
	free(kept_sql(k.path, "DROP TABLE judgement"));
	free(kept_sql(k.path, "DROP TABLE discovered"));
	free(kept_sql(k.path, "ALTER TABLE run DROP COLUMN believed_ms"));
	free(kept_sql(k.path, "PRAGMA user_version = 1"));
	free(kept_sql(k.path, "UPDATE run SET alive_ms = 5000, stopped_ms = 5000"));
	kept_open(&k);
	kept_expect(&k, "SELECT count(*) FROM span", "1");
	kept_expect(&k, "SELECT believed_ms FROM run WHERE id = 2", "5000");
	kept_expect(&k, "PRAGMA user_version", "5");
}

TEST(test_trouble_life_that_ends_at_once_leaves_its_time)
{
	kept_open(&k);
	kept_close(&k);
	kept_expect(&k, "SELECT believed_ms BETWEEN started_ms AND alive_ms FROM run", "1");
}

TEST(test_trouble_second_daemon_is_told_and_waits)
{
	struct err e;
	int fd;

	fd = dbfile_lock(k.path, &e);
	MUST(fd >= 0);
	kept_open(&k);
	kept_start(&k);
	kept_enrol(&k, 1);
	assert_non_null(strstr(kept_stats(&k).trouble, "another banksmand"));
	assert_int_equal(kept_files(&k, "corrupt"), 0);
	(void)close(fd);
	kept_wait(&k, well);
	kept_expect(&k, "SELECT count(*) FROM endpoint", "1");
}

TEST(test_trouble_missing_folder_is_waited_for_and_then_fresh)
{
	AUTO(text) char *folder = xasprintf("%s/later", k.folder);
	AUTO(text) char *path = xasprintf("%s/history.db", folder);

	k.conf.path = path;
	kept_open(&k);
	kept_start(&k);
	kept_enrol(&k, 1);
	kept_change(&k, 1, STATE_NOTHING, REASON_OK, 1000);
	kept_wait(&k, in_trouble);
	assert_int_equal(k.fresh, 0);
	MUST(mkdir(folder, 0700) == 0);
	kept_wait(&k, well);
	kept_close(&k);
	(void)snprintf(k.path, sizeof k.path, "%s", path);
	kept_expect(&k, "SELECT count(*) FROM event", "1");
}

/* ---- a file system that is full, or read-only: a limit of the process stands in where mount()
 * may not be called. */

static bool mounted(void)
{
	return mount("none", k.folder, "tmpfs", MS_NOSUID, "size=1m") == 0;
}

static void fill_up(const char *path)
{
	char block[4096];
	FILE *f = fopen(path, "we");

	MUST(f != NULL);
	memset(block, 'f', sizeof block);
	while (fwrite(block, sizeof block, 1, f) == 1 && fflush(f) == 0) {
	}
	(void)fclose(f);
}

static void put_chunk(int64_t start)
{
	struct store_samples s = { .endpoint = 1,
				   .start = { start },
				   .interval = span_of_ms(1000),
				   .count = STORE_CHUNK };

	for (int i = 0; i < STORE_CHUNK; i++)
		s.rtt_us[i] = 123456 + i;
	store_put_samples(k.store, &s);
}

TEST(test_trouble_full_disk_is_waited_for)
{
	AUTO(text) char *ballast = xasprintf("%s/ballast", k.folder);
	int64_t n = 0;

	if (!mounted()) {
		struct rlimit few = { 200000, RLIM_INFINITY };

		print_message("no mount here: a limit on the size of files instead\n");
		MUST(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
		start();
		MUST(setrlimit(RLIMIT_FSIZE, &few) == 0);
	} else {
		start();
		fill_up(ballast);
	}
	while (!in_trouble(&k)) {
		put_chunk(1000000 + n++ * 60000);
		kept_change(&k, 1, n % 2 ? REASON_OK : REASON_REFUSED,
			    n % 2 ? REASON_REFUSED : REASON_OK, 2000 + n);
		(void)poll(NULL, 0, 1);
		MUST(n < 100000);
	}
	if (unlink(ballast) != 0)
		MUST(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ RLIM_INFINITY, RLIM_INFINITY }) ==
		     0);
	kept_wait(&k, well);
	assert_int_equal(kept_stats(&k).set_aside, 0);
	assert_int_equal(kept_stats(&k).dropped, 0);
	assert_int_equal(kept_stats(&k).lost, 0);
	{
		AUTO(text) char *want = xasprintf("%lld %lld", (long long)n, (long long)n + 1);

		kept_expect(&k, "SELECT count(*) || ' ' || (SELECT count(*) FROM span) FROM sample",
			    want);
	}
	kept_expect(&k, "PRAGMA integrity_check", "ok");
	kept_close(&k);
	(void)umount2(k.folder, MNT_DETACH);
}

TEST(test_trouble_read_only_file_system_is_waited_for)
{
	if (!mounted()) {
		/* The same from the store's point of view: the lock cannot be made. */
		if (geteuid() == 0)
			print_message("no mount here: a folder in the way of the lock instead\n");
		AUTO(text) char *lock = xasprintf("%s.lock", k.path);

		MUST(mkdir(lock, 0700) == 0);
		kept_open(&k);
		kept_start(&k);
		kept_enrol(&k, 1);
		assert_true(in_trouble(&k));
		MUST(rmdir(lock) == 0);
		kept_wait(&k, well);
		return;
	}
	start();
	kept_close(&k);
	MUST(mount(NULL, k.folder, NULL, MS_REMOUNT | MS_RDONLY, "size=1m") == 0);
	kept_open(&k);
	kept_start(&k);
	kept_enrol(&k, 2);
	assert_non_null(strstr(kept_stats(&k).trouble, "Read-only file system"));
	MUST(mount(NULL, k.folder, NULL, MS_REMOUNT, "size=1m") == 0);
	kept_wait(&k, well);
	kept_expect(&k, "SELECT count(*) FROM endpoint", "2");
	assert_int_equal(k.fresh, 1);
	kept_close(&k);
	(void)umount2(k.folder, MNT_DETACH);
}

TEST(test_trouble_that_lasts_does_not_keep_the_end)
{
	struct err e;
	int fd = dbfile_lock(k.path, &e);
	struct mono begin = mono_now();

	MUST(fd >= 0);
	kept_open(&k);
	kept_start(&k);
	kept_enrol(&k, 1);
	store_free(k.store, span_of_ms(100));
	k.store = NULL;
	assert_true(span_ms(mono_sub(mono_now(), begin)) < 5000);
	(void)close(fd);
}

TEST(test_trouble_files_are_set_aside_under_names_of_their_own)
{
	struct err e;
	char one[200], two[200];

	kept_scribble(k.path, 0, "a", 1);
	assert_true(dbfile_set_aside(k.path, (struct wall){ 0 }, one, sizeof one, &e));
	kept_scribble(k.path, 0, "b", 1);
	assert_true(dbfile_set_aside(k.path, (struct wall){ 0 }, two, sizeof two, &e));
	assert_non_null(strstr(one, "history.db.corrupt-19700101T000000Z"));
	assert_string_not_equal(one, two);
	assert_int_equal(access(one, F_OK), 0);
	assert_int_equal(access(two, F_OK), 0);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	WITH_FOLDER(test_trouble_locked_database_is_waited_for),
	WITH_FOLDER(test_trouble_locked_at_the_start_is_opened_later_and_ids_are_translated),
	WITH_FOLDER(test_trouble_corrupt_at_the_start_is_set_aside_and_never_deleted),
	WITH_FOLDER(test_trouble_corrupt_while_running_is_set_aside_and_nothing_put_is_lost),
	WITH_FOLDER(test_trouble_deleted_file_is_made_anew),
	WITH_FOLDER(test_trouble_newer_version_is_not_touched_but_waited_for),
	WITH_FOLDER(test_trouble_older_version_is_migrated_with_what_it_has),
	WITH_FOLDER(test_trouble_life_that_ends_at_once_leaves_its_time),
	WITH_FOLDER(test_trouble_second_daemon_is_told_and_waits),
	WITH_FOLDER(test_trouble_missing_folder_is_waited_for_and_then_fresh),
	WITH_FOLDER(test_trouble_full_disk_is_waited_for),
	WITH_FOLDER(test_trouble_read_only_file_system_is_waited_for),
	WITH_FOLDER(test_trouble_that_lasts_does_not_keep_the_end),
	WITH_FOLDER(test_trouble_files_are_set_aside_under_names_of_their_own),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
