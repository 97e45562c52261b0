/* SPDX-License-Identifier: Apache-2.0 */
/* From every older version to this one, with what was in it. */
#include "daemon/migrate.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/db.h"
#include "tests/unit/kept.h"
#include "tests/unit/unit.h"

#pragma GCC diagnostic ignored "-Woverlength-strings"
#define MIGRATION(number, name, sql) sql,
static const char *const migrations[] = {
#include "history_migrations.inc"
};
#undef MIGRATION

/* Everything of the schema that SQLite was told. */
#define SCHEMA                                                                                     \
	"SELECT group_concat(sql, '; ') FROM (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL" \
	" ORDER BY type, name)"

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

/* A database as the program of that version made it, with an endpoint in it. */
static void make(int version)
{
	AUTO(text)
	char *last = xasprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;"
			       "INSERT INTO endpoint VALUES (7, NULL, 'esxi', 'a:902', 'a',"
			       " '192.0.2.1', 902, 'authd', 1, NULL);"
			       "INSERT INTO event (at_ms, endpoint_id, kind) VALUES (5, 7, 'port')",
			       MIGRATE_APPLICATION_ID, version);
	sqlite3 *raw;

	MUST(version <= (int)ARRAY_LEN(migrations));
	MUST(sqlite3_open(k.path, &raw) == SQLITE_OK);
	for (int i = 0; i < version; i++)
		MUST(sqlite3_exec(raw, migrations[i], NULL, NULL, NULL) == SQLITE_OK);
	MUST(sqlite3_exec(raw, last, NULL, NULL, NULL) == SQLITE_OK);
	MUST(sqlite3_close(raw) == SQLITE_OK);
}

static struct db *open_it(struct err *ret_err)
{
	bool is_new = false;
	struct db *d = db_open(k.path, DB_WRITE, NULL, &is_new, ret_err);

	assert_false(is_new);
	return d;
}

TEST(test_migrate_from_every_older_version_to_the_same_schema)
{
	AUTO(text) char *want = NULL;

	make(migrate_version());
	want = kept_sql(k.path, SCHEMA);
	for (int version = 1; version < migrate_version(); version++) {
		struct err e;
		struct db *d;

		MUST(remove(k.path) == 0);
		make(version);
		d = open_it(&e);
		if (d == NULL)
			fail_msg("from version %d: %s", version, e.text);
		db_close(d);
		kept_expect(&k, SCHEMA, want);
		kept_expect(&k,
			    "SELECT name || ' ' || kind FROM event JOIN endpoint e"
			    " ON e.id = endpoint_id",
			    "a:902 port");
		kept_expect(&k, "PRAGMA integrity_check", "ok");
	}
}

/* Again and again it would fail, and never be set aside. */
TEST(test_migrate_with_a_foreign_table_in_the_way_is_corrupt)
{
	struct err e;

	make(1);
	free(kept_sql(k.path, "CREATE TABLE alert (a)"));
	assert_null(open_it(&e));
	assert_int_equal(db_fault(&e), DB_FAULT_CORRUPT);
	assert_non_null(strstr(e.text, "migration 3"));
	kept_expect(&k, "PRAGMA user_version", "2");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_migrate_from_every_older_version_to_the_same_schema,
					set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_migrate_with_a_foreign_table_in_the_way_is_corrupt,
					set_up, tear_down),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
