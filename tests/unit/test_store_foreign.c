/* SPDX-License-Identifier: Apache-2.0 */
/* A path that leads to somebody else's file: it is never touched. */
#include "daemon/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
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

static bool well(struct kept *kept)
{
	return kept_stats(kept).writable && kept_stats(kept).queued == 0;
}

static bool tried_again(struct kept *kept)
{
	return kept_stats(kept).failures >= 4;
}

/* Copies other with its suffix to where the history is to be; its bytes. */
static uint64_t copy_of(const char *other, const char *suffix)
{
	AUTO(text) char *from = xasprintf("%s%s", other, suffix);
	AUTO(text) char *to = xasprintf("%s%s", k.path, suffix);
	char block[1 << 16];
	FILE *f = fopen(from, "re");
	size_t n;

	MUST(f != NULL);
	n = fread(block, 1, sizeof block, f);
	MUST(n < sizeof block);
	(void)fclose(f);
	kept_scribble(to, 0, block, n);
	return n;
}

/* It would wait for the file to go, as long as it may. */
static void stop(void)
{
	store_free(k.store, span_of_ms(0));
	k.store = NULL;
}

/* A typo in the path names somebody's file. */
TEST(test_foreign_file_that_is_no_database_is_left_alone_and_waited_for)
{
	static const char text[] = "192.0.2.1 esx04.example.com\n";
	char now[sizeof text + 1] = "";
	FILE *f;

	kept_scribble(k.path, 0, text, sizeof text - 1);
	kept_open(&k);
	kept_start(&k);
	kept_enrol(&k, 1);
	kept_change(&k, 1, STATE_NOTHING, REASON_OK, 1000);
	assert_non_null(strstr(kept_stats(&k).trouble, "no database"));
	kept_wait(&k, tried_again);
	assert_false(kept_stats(&k).writable);
	assert_int_equal(kept_stats(&k).set_aside, 0);
	assert_int_equal(kept_files(&k, "history.db"), 2); /* with the lock */
	f = fopen(k.path, "re");
	MUST(f != NULL && fread(now, 1, sizeof now, f) == sizeof text - 1);
	(void)fclose(f);
	assert_string_equal(now, text);
	MUST(unlink(k.path) == 0);
	kept_wait(&k, well);
	kept_expect(&k, "SELECT count(*) FROM event", "1");
}

/* Of a program that was killed: what it left in its WAL is for it to tidy up. */
TEST(test_foreign_database_of_another_program_is_left_alone_with_its_wal)
{
	static const char *const suffixes[] = { "", "-wal" };
	AUTO(text) char *other = xasprintf("%s/other.db", k.folder);
	uint64_t sizes[ARRAY_LEN(suffixes)];
	sqlite3 *raw;

	MUST(sqlite3_open(other, &raw) == SQLITE_OK);
	MUST(sqlite3_exec(raw, "PRAGMA journal_mode = WAL; CREATE TABLE t (a)", NULL, NULL, NULL) ==
	     SQLITE_OK);
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		sizes[i] = copy_of(other, suffixes[i]);
	MUST(sqlite3_close(raw) == SQLITE_OK);
	assert_true(sizes[1] > 0);
	kept_open(&k);
	kept_start(&k);
	assert_non_null(strstr(kept_stats(&k).trouble, "another program"));
	kept_wait(&k, tried_again);
	assert_int_equal(kept_stats(&k).set_aside, 0);
	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		AUTO(text) char *name = xasprintf("%s%s", k.path, suffixes[i]);
		struct stat st;

		MUST(stat(name, &st) == 0);
		assert_int_equal(st.st_size, sizes[i]);
	}
	stop();
	kept_expect(&k, "SELECT group_concat(name) FROM sqlite_schema", "t");
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	WITH_FOLDER(test_foreign_file_that_is_no_database_is_left_alone_and_waited_for),
	WITH_FOLDER(test_foreign_database_of_another_program_is_left_alone_with_its_wal),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
