/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/db.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/dbfile.h"
#include "daemon/known.h"
#include "daemon/migrate.h"
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

static struct db *opened(bool *ret_new)
{
	struct err e;
	struct db *d = db_open(k.path, DB_WRITE, NULL, ret_new, &e);

	if (d == NULL)
		fail_msg("%s", e.text);
	return d;
}

static enum db_fault fault_of_open(char *ret_text, size_t size)
{
	struct err e;
	bool is_new;
	struct db *d = db_open(k.path, DB_WRITE, NULL, &is_new, &e);

	assert_null(d);
	(void)snprintf(ret_text, size, "%s", e.text);
	return db_fault(&e);
}

TEST(test_db_new_file_is_ours_and_only_once_new)
{
	bool is_new;

	db_close(opened(&is_new));
	assert_true(is_new);
	db_close(opened(&is_new));
	assert_false(is_new);
	kept_expect(&k, "PRAGMA user_version", "5");
	kept_expect(&k, "PRAGMA application_id", "1112427347");
	kept_expect(&k, "PRAGMA journal_mode", "wal");
	kept_expect(&k, "PRAGMA auto_vacuum", "2");
	kept_expect(&k, "PRAGMA integrity_check", "ok");
	assert_int_equal(migrate_version(), 5);
}

TEST(test_db_newer_version_is_refused_and_left_alone)
{
	bool is_new;
	char text[400];

	db_close(opened(&is_new));
	free(kept_sql(k.path, "PRAGMA user_version = 99"));
	assert_int_equal(fault_of_open(text, sizeof text), DB_FAULT_NEWER);
	assert_non_null(strstr(text, "version 99"));
	kept_expect(&k, "PRAGMA user_version", "99");
}

TEST(test_db_of_another_program_is_refused)
{
	char text[400];

	free(kept_sql(k.path, "CREATE TABLE t (a)"));
	assert_int_equal(fault_of_open(text, sizeof text), DB_FAULT_FOREIGN);
	kept_expect(&k, "SELECT count(*) FROM sqlite_schema", "1");
}

TEST(test_db_rubbish_behind_the_header_is_corrupt)
{
	char rubbish[4096];
	bool is_new;
	char text[400];

	db_close(opened(&is_new));
	memset(rubbish, 'x', sizeof rubbish);
	kept_scribble(k.path, 100, rubbish, sizeof rubbish);
	assert_int_equal(fault_of_open(text, sizeof text), DB_FAULT_CORRUPT);
}

/* A file that was made in a crash, and never filled. */
TEST(test_db_zeros_are_corrupt)
{
	static const char zeros[20000];
	char text[400];

	kept_scribble(k.path, 0, zeros, sizeof zeros);
	assert_int_equal(fault_of_open(text, sizeof text), DB_FAULT_CORRUPT);
}

TEST(test_db_text_is_foreign)
{
	static const char zeros[20000];
	char text[400];

	kept_scribble(k.path, 0, "# hosts\n", 8);
	assert_int_equal(fault_of_open(text, sizeof text), DB_FAULT_FOREIGN);
	assert_non_null(strstr(text, "no database"));
	kept_scribble(k.path, 0, zeros, sizeof zeros); /* a disk's image, say */
	kept_scribble(k.path, sizeof zeros, "x", 1);
	assert_int_equal(fault_of_open(text, sizeof text), DB_FAULT_FOREIGN);
}

/* Who has a WAL is a database, or was one. */
TEST(test_db_rubbish_beside_a_wal_is_corrupt)
{
	AUTO(text) char *wal = xasprintf("%s-wal", k.path);
	char text[400];

	kept_scribble(k.path, 0, "# hosts\n", 8);
	kept_scribble(wal, 0, "x", 1);
	assert_int_equal(fault_of_open(text, sizeof text), DB_FAULT_CORRUPT);
}

TEST(test_db_damaged_one_of_another_program_is_foreign)
{
	char rubbish[4096];
	char text[400];

	free(kept_sql(k.path, "PRAGMA application_id = 7"));
	memset(rubbish, 'x', sizeof rubbish);
	kept_scribble(k.path, 100, rubbish, sizeof rubbish);
	assert_int_equal(fault_of_open(text, sizeof text), DB_FAULT_FOREIGN);
	assert_non_null(strstr(text, "another program"));
}

/* The id is in the file before there is a WAL: here, when all else is still in that. */
TEST(test_db_bears_its_id_from_the_first_page_on)
{
	AUTO(text) char *copy = xasprintf("%s/copy", k.folder);
	struct err e;
	bool is_new;
	struct db *d = opened(&is_new);
	char block[2048];
	FILE *f = fopen(k.path, "re");

	MUST(f != NULL && fread(block, sizeof block, 1, f) == 1);
	(void)fclose(f);
	db_close(d);
	kept_scribble(copy, 0, block, sizeof block);
	kept_scribble(copy, 100, "rubbish", 7);
	assert_false(dbfile_is_foreign(copy, MIGRATE_APPLICATION_ID, &e));
	assert_true(dbfile_is_foreign(copy, 1, &e));
}

TEST(test_db_missing_table_is_corrupt)
{
	bool is_new;
	char text[400];

	db_close(opened(&is_new));
	free(kept_sql(k.path, "DROP TABLE trace"));
	assert_int_equal(fault_of_open(text, sizeof text), DB_FAULT_CORRUPT);
	assert_non_null(strstr(text, "trace"));
}

TEST(test_db_folder_without_a_file_is_other)
{
	char text[400];

	(void)snprintf(k.path, sizeof k.path, "%s/none/history.db", k.folder);
	assert_int_equal(fault_of_open(text, sizeof text), DB_FAULT_OTHER);
}

static void enrol(struct db *d, const char *name)
{
	db_start(d, STMT_ENDPOINT_PUT);
	db_bind_int(d, ":id", 1);
	db_bind_filled(d, ":provider", "");
	db_bind_text(d, ":role", "esxi");
	db_bind_text(d, ":name", name);
	db_bind_text(d, ":host", "h");
	db_bind_text(d, ":address", "");
	db_bind_int(d, ":port", 0);
	db_bind_text(d, ":dialect", "tcp");
	db_bind_int(d, ":at", 0);
	assert_true(db_one(d));
}

TEST(test_db_rollback_takes_back_and_commit_keeps)
{
	bool is_new;
	struct db *d = opened(&is_new);

	assert_true(db_begin(d, true));
	enrol(d, "a");
	db_rollback(d);
	db_rollback(d);
	assert_true(db_begin(d, false));
	enrol(d, "b");
	assert_true(db_commit(d));
	kept_expect(&k, "SELECT group_concat(name || (provider IS NULL)) FROM endpoint", "b1");
	assert_true(db_wal_pages(d) > 0);
	assert_true(db_checkpoint(d));
	assert_int_equal(db_wal_pages(d), 0);
	db_close(d);
}

TEST(test_db_failure_names_the_statement)
{
	bool is_new;
	struct db *d = opened(&is_new);

	db_start(d, STMT_SPAN_END);
	db_bind_int(d, ":endpoint", 1);
	db_bind_text(d, ":aspect", "port");
	db_bind_int(d, ":at", 1);
	assert_true(db_run(d));
	assert_int_equal(db_changes(d), 0);
	db_start(d, STMT_SPAN_BEGIN);
	db_bind_int(d, ":endpoint", 1);
	db_bind_text(d, ":aspect", "rubbish");
	db_bind_text(d, ":state", "open");
	db_bind_text(d, ":reason", "ok");
	db_bind_int(d, ":began", 1);
	db_bind_int(d, ":since", 1);
	assert_false(db_run(d));
	assert_int_equal(db_fault(db_error(d)), DB_FAULT_REFUSED);
	assert_memory_equal(db_error(d)->text, "span_begin: ", 12);
	assert_non_null(strstr(db_error(d)->text, "275"));
	db_close(d);
}

TEST(test_db_second_writer_is_busy)
{
	bool is_new;
	struct db *a = opened(&is_new);
	struct db *b = opened(&is_new);

	assert_true(db_begin(a, false));
	assert_false(db_begin(b, false));
	assert_int_equal(db_fault(db_error(b)), DB_FAULT_BUSY);
	db_rollback(a);
	assert_true(db_begin(b, false));
	db_rollback(b);
	db_close(a);
	db_close(b);
}

TEST(test_db_reader_cannot_write)
{
	bool is_new;
	struct err e;
	struct db *w = opened(&is_new);
	struct db *r = db_open(k.path, DB_READ, NULL, &is_new, &e);

	assert_non_null(r);
	db_start(r, STMT_RUN_STOP);
	db_bind_int(r, ":at", 1);
	db_bind_int(r, ":run", 1);
	assert_false(db_run(r));
	db_close(r);
	db_close(w);
}

TEST(test_db_deadline_ends_a_long_statement)
{
	bool is_new;
	struct db *d = opened(&is_new);

	free(kept_sql(k.path, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
			      " WHERE i < 5000) INSERT INTO event (at_ms, kind)"
			      " SELECT i, 'x' FROM n"));
	db_set_deadline(d, (struct mono){ 1 });
	db_start(d, STMT_QUESTION_EVENTS_UP);
	db_bind_int(d, ":after", 0);
	db_bind_int(d, ":from", 4999);
	db_bind_int(d, ":to", 9999);
	db_bind_int(d, ":limit", 1000);
	assert_int_equal(db_next(d), DB_FAILED);
	assert_int_equal(db_fault(db_error(d)), DB_FAULT_TIME);
	db_close(d);
}

TEST(test_db_functions_say_what_sql_lacks)
{
	static const struct {
		const char *sql;
		const char *result;
	} cases[] = {
		{ "SELECT rfc3339(1795388054123)", "2026-11-22T22:54:14.123Z" },
		{ "SELECT rfc3339(-1)", "1969-12-31T23:59:59.999Z" },
		{ "SELECT rfc3339(NULL) IS NULL", "1" },
		{ "SELECT rfc3339('x') IS NULL", "1" },
		{ "SELECT rfc3339(9223372036854775807) IS NULL", "1" },
		{ "SELECT fingerprint(x'01abff')", "01:AB:FF" },
		{ "SELECT fingerprint(x'') IS NULL", "1" },
		{ "SELECT fingerprint(zeroblob(33)) IS NULL", "1" },
		{ "SELECT endpoint_id(5)", "5" },
		{ "SELECT endpoint_id(NULL) IS NULL", "1" },
		{ "SELECT rtt_stats('[10,null,30,-1,20]', 0, 10, 0, 100)",
		  "{\"count\":4,\"lost\":1,\"not_run\":1,\"min\":10,\"mean\":20,\"p50\":20,"
		  "\"p95\":30,\"max\":30,\"jitter\":null}" },
		{ "SELECT rtt_stats('[10,20,40,null]', 0, 10, 10, 30) ->> 'jitter'", "20" },
		{ "SELECT rtt_stats('[10,20,40,null]', 0, 10, 10, 30) ->> 'count'", "2" },
		{ "SELECT rtt_stats(column1, column2, 10, 0, 99) ->> 'jitter' FROM"
		  " (VALUES ('[1,3]', 0), ('[7,null]', 20), ('[9]', 40))",
		  "3" },
		{ "SELECT rtt_stats('[10,20', 0, 10, 0, 99) ->> 'count'", "2" },
		{ "SELECT rtt_stats('rubbish', 0, 10, 0, 99) ->> 'count'", "0" },
		{ "SELECT rtt_stats('[99999999999999999999]', 0, 10, 0, 99) ->> 'max'",
		  "1000000000" },
		{ "SELECT rtt_stats('[1,2]', 9223372036854775807, 10, 0, 99) ->> 'count'", "0" },
		{ "SELECT rtt_stats('[1,2]', 0, 0, 0, 99) ->> 'count'", "0" },
		{ "SELECT rtt_stats(NULL, 0, 1, 0, 99) ->> 'count'", "0" },
		{ "SELECT rtt_stats(1, 0, 1, 0, 99) ->> 'count' FROM (SELECT 1 WHERE 0)", "0" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		kept_expect(&k, cases[i].sql, cases[i].result);
}

TEST(test_db_known_numbers_translate_both_ways)
{
	struct known *n = known_new();
	struct known_endpoint *e;

	known_begin(n);
	assert_int_equal(known_id(n, 5), 5);
	assert_int_equal(known_row(n, 5), 5);
	e = known_put(n, 1, NULL);
	known_set_row(n, e, 7);
	known_set_row(n, known_put(n, 2, NULL), 2);
	assert_int_equal(known_row(n, 1), 7);
	assert_int_equal(known_id(n, 7), 1);
	assert_int_equal(known_id(n, 2), 2);
	assert_int_equal(known_id(n, 1), -1); /* row 1 is somebody else's */
	assert_int_equal(known_row(n, -1), 1);
	known_commit(n);
	known_set_row(n, e, 9);
	known_change(n, e)->touch[ASPECT_PORT].count = 3;
	known_rollback(n);
	assert_int_equal(known_row(n, 1), 7);
	assert_int_equal(e->now.touch[ASPECT_PORT].count, 0);
	assert_int_equal(known_id(n, 9), 9);
	for (int64_t i = 1; i <= 5000; i++)
		known_set_row(n, known_put(n, i, NULL), 10000 - i);
	for (int64_t i = 1; i <= 5000; i++)
		assert_int_equal(known_id(n, known_row(n, i)), i);
	known_forget(n);
	assert_int_equal(known_row(n, 1), 1);
	known_free(n);
}

#define WITH_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	WITH_FOLDER(test_db_new_file_is_ours_and_only_once_new),
	WITH_FOLDER(test_db_newer_version_is_refused_and_left_alone),
	WITH_FOLDER(test_db_of_another_program_is_refused),
	WITH_FOLDER(test_db_rubbish_behind_the_header_is_corrupt),
	WITH_FOLDER(test_db_zeros_are_corrupt),
	WITH_FOLDER(test_db_text_is_foreign),
	WITH_FOLDER(test_db_rubbish_beside_a_wal_is_corrupt),
	WITH_FOLDER(test_db_damaged_one_of_another_program_is_foreign),
	WITH_FOLDER(test_db_bears_its_id_from_the_first_page_on),
	WITH_FOLDER(test_db_missing_table_is_corrupt),
	WITH_FOLDER(test_db_folder_without_a_file_is_other),
	WITH_FOLDER(test_db_rollback_takes_back_and_commit_keeps),
	WITH_FOLDER(test_db_failure_names_the_statement),
	WITH_FOLDER(test_db_second_writer_is_busy),
	WITH_FOLDER(test_db_reader_cannot_write),
	WITH_FOLDER(test_db_deadline_ends_a_long_statement),
	WITH_FOLDER(test_db_functions_say_what_sql_lacks),
	WITH_FOLDER(test_db_known_numbers_translate_both_ways),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
