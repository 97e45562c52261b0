/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/inventory.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/pears.h"
#include "tests/unit/unit.h"

static const struct inventory_ask all = { .warm = -1 };
static struct pears p;

static const char too_small[] = PEARS_RULE(
	"pear.small",
	"blocker") "SELECT CASE WHEN cpus IS NULL THEN 'unknown' ELSE 'fail' END, 'vm', ref, name, "
		   "NULL,\n"
		   "	CASE WHEN cpus IS NULL THEN 'no export tells' ELSE cpus || ' CPUs' END\n"
		   "FROM subject WHERE cpus IS NULL OR cpus < 2\n" PEARS_RULE(
			   "pear.info",
			   "info") "SELECT 'fail', 'vm', ref, name, NULL, 'here' FROM subject\n";

static const char machines[] = "{\"pears\": [{\"ref\": \"vm-1\", \"name\": \"one\", \"cpus\": 1},"
			       "{\"ref\": \"vm-2\", \"name\": \"two\", \"cpus\": 2},"
			       "{\"ref\": \"vm-3\", \"name\": \"three\"}]}";

TEST(test_inventory_format_and_rule_from_a_folder)
{
	struct inventory_summary s;

	pears_init(&p, too_small);
	pears_open(&p);
	pears_read(&p, "a.json", machines);
	assert_string_equal(pears_judge(&p, &all, "pear."),
			    "pear.small fail vm vm-1 one -: 1 CPUs\n"
			    "pear.small unknown vm vm-3 three -: no export tells\n"
			    "pear.info fail vm vm-1 one -: here\n"
			    "pear.info fail vm vm-3 three -: here\n"
			    "pear.info fail vm vm-2 two -: here\n");
	s = inventory_summary(p.inv);
	assert_int_equal(s.machines, 3);
	assert_true(s.blocked >= 1);
	assert_int_equal(s.machines, s.ready + s.blocked + s.undetermined);
	assert_true(s.failed[RULE_INFO] >= 3);
	assert_string_equal(buf_text(&p.notices), "");
	assert_string_equal(pears_rows(&p, "SELECT vm.name || ' ' || count(*) FROM finding JOIN vm"
					   " ON vm.id = finding.vm WHERE rule GLOB 'pear.*'"
					   " GROUP BY vm.id"),
			    "one 2\ntwo 1\nthree 2\n");
	pears_done(&p);
}

/* Those of one id and name share what is found; the finding names none of them. */
TEST(test_inventory_machines_that_cannot_be_told_apart_share_findings)
{
	pears_init(&p, PEARS_RULE("pear.one", "blocker") "SELECT 'fail', 'vm', ref, name, NULL, "
							 "'x' FROM subject WHERE cpus = 1\n");
	pears_open(&p);
	pears_read(
		&p, "a.json",
		"{\"pears\": [{\"ref\": \"vm-1\", \"name\": \"x\", \"site\": \"a\", \"cpus\": 1},"
		"{\"ref\": \"vm-1\", \"name\": \"x\", \"site\": \"b\", \"cpus\": 2}]}");
	(void)pears_judge(&p, &all, "pear.");
	assert_int_equal(inventory_summary(p.inv).machines, 2);
	assert_int_equal(inventory_summary(p.inv).blocked, 2);
	assert_string_equal(pears_rows(&p, "SELECT vm FROM finding WHERE rule = 'pear.one'"),
			    "NULL\n");
	pears_done(&p);
}

TEST(test_inventory_baseline_is_beside)
{
	pears_init(&p, PEARS_RULE("pear.changed",
				  "warning") "SELECT 'fail', 'vm', vm.ref, vm.name, "
					     "NULL, old.cpus || ' to ' || vm.cpus\n"
					     "FROM subject AS vm JOIN base.vm AS old USING (ref)\n"
					     "WHERE vm.cpus <> old.cpus\n");
	pears_open(&p);
	pears_read(&p, "a.json", machines);
	drawer_put(&p.files, "before.json",
		   "{\"pears\": [{\"ref\": \"vm-1\", \"cpus\": 8}, {\"ref\": \"vm-2\", \"cpus\": "
		   "2}]}");
	assert_true(inventory_read_baseline(p.inv, drawer_path(&p.files, "before.json"), &p.err));
	assert_string_equal(pears_judge(&p, &all, "pear."),
			    "pear.changed fail vm vm-1 one -: 8 to 1\n");
	assert_int_equal(inventory_summary(p.inv).machines, 3);
	pears_done(&p);
}

TEST(test_inventory_folder_is_read_file_by_file)
{
	pears_init(&p, NULL);
	pears_open(&p);
	drawer_put(&p.files, "a.json", machines);
	drawer_put(&p.files, "b.json", "{\"pearhosts\": [{\"ref\": \"host-1\", \"name\": \"h\"}]}");
	drawer_put(&p.files, ".c", "\1\2\3");
	assert_true(inventory_read(p.inv, p.files.path, &p.err));
	assert_string_equal(pears_rows(&p, "SELECT count(*) FROM vm"), "3\n");
	assert_string_equal(pears_rows(&p, "SELECT name FROM host"), "h\n");
	pears_done(&p);
}

TEST(test_inventory_what_nobody_knows_is_told)
{
	pears_init(&p, NULL);
	pears_open(&p);
	pears_read(&p, "empty.json", "");
	pears_read(&p, "odd.json", "[1, 2]");
	pears_read(&p, "half.json", "{\"pears\": [{\"ref\": \"vm-1\"}]} {\"else\": 1} [2]");
	assert_string_equal(pears_rows(&p, "SELECT ref FROM vm"), "vm-1\n");
	assert_string_equal(
		buf_text(&p.notices),
		"empty.json: holds nothing\n"
		"odd.json: no import script knows what it holds\n"
		"half.json: no import script knows 2 of its 3 records; the first is $\n");
	pears_done(&p);
}

TEST(test_inventory_error_names_file_and_place_and_leaves_nothing)
{
	pears_init(&p, NULL);
	pears_open(&p);
	drawer_put(&p.files, "bad.json", "{\"pears\": [{\"ref\": \"vm-1\"},\n{]}");
	assert_false(inventory_read(p.inv, drawer_path(&p.files, "bad.json"), &p.err));
	assert_non_null(
		strstr(p.err.text, "/bad.json: line 2, byte 30, in $.pears[1]: ']' closes"));
	assert_false(inventory_read(p.inv, drawer_path(&p.files, "none.json"), &p.err));
	assert_non_null(strstr(p.err.text, "/none.json: No such file or directory"));
	pears_done(&p);
}

/* Valid JSON, yet nothing that any format has; none of it may stop an import or a rule. */
static const char odd[] =
	"[] 1 \"x\" null true {} [[], {}, null, 1, \"/x\", [[1]], {\"kind\": 1}, {\"kind\": []},"
	"{\"kind\": \"VirtualMachine\"}, {\"kind\": \"Plan\", \"apiVersion\": "
	"\"forklift.konveyor.io/v1beta1\","
	"\"metadata\": 7, \"spec\": []}, {\"kind\": \"Plan\", \"apiVersion\": "
	"\"forklift.konveyor.io/v1beta1\"},"
	"{\"id\": {}, \"name\": [], \"selfLink\": 3}, {\"VM\": {}}, {\"self\": {\"type\": 1}},"
	"{\"Self\": {\"Type\": \"VirtualMachine\", \"Value\": []}}]"
	"{\"items\": [1, null, {\"kind\": \"Provider\", \"spec\": 1}, {\"metadata\": []}]}"
	"{\"virtualMachines\": [1, {\"self\": {\"value\": \"vm-1\"}, \"config\": [], \"guest\": "
	"1}]}"
	"{\"VirtualMachines\": [[], {\"Self\": {\"Value\": 1}, \"Config\": 7}]}"
	"{\"vm\": [1, {\"id\": 7, \"disk_attachments\": 1}]} {\"host\": [{\"id\": []}]}";

TEST(test_inventory_odd_records_stop_nothing)
{
	pears_init(&p, NULL);
	pears_open(&p);
	pears_read(&p, "odd.json", odd);
	(void)pears_judge(&p, &all, "");
	pears_done(&p);
}

/* The first opens a comment that the second closes: what stands between them is gone. */
TEST(test_inventory_match_that_is_more_than_an_expression_is_refused)
{
	pears_init(&p, "-- FORMAT fig\n-- title: T\n-- KIND a\n-- match: 1) /*\nSELECT 1;\n"
		       "-- KIND b\n-- match: '*/ THEN 99999999 END FROM the_record --'\n"
		       "SELECT 1;\n");
	pears_open(&p);
	drawer_put(&p.files, "a.json", "[1]");
	assert_false(inventory_read(p.inv, drawer_path(&p.files, "a.json"), &p.err));
	assert_non_null(strstr(p.err.text, "a.json: line 1, byte 3, in $[0]: a match in a script "
					   "is more than an expression"));
	pears_done(&p);
}

/* Besides SQLite's cache, which is of 32 MiB. */
TEST(test_inventory_memory_does_not_grow_with_what_is_read)
{
	enum { RECORDS = 160, RECORD_BYTES = 1 << 18 };
	struct buf text;
	sqlite3_int64 before;

	buf_init(&text, (size_t)2 * RECORDS * RECORD_BYTES);
	buf_puts(&text, "{\"pears\": [");
	for (int i = 0; i < RECORDS; i++)
		buf_printf(&text, "%s{\"ref\": \"vm-%d\", \"name\": \"n\", \"note\": \"%0*d\"}",
			   i > 0 ? "," : "", i, RECORD_BYTES, 0);
	buf_puts(&text, "]}");
	pears_init(&p, NULL);
	pears_open(&p);
	before = sqlite3_memory_used();
	(void)sqlite3_memory_highwater(1);
	pears_read(&p, "a.json", buf_text(&text));
	buf_done(&text);
	(void)pears_judge(&p, &all, "pear.");
	assert_int_equal(inventory_summary(p.inv).machines, RECORDS);
	assert_in_range(sqlite3_memory_highwater(0) - before, 0, 56 << 20);
	pears_done(&p);
}

TEST(test_inventory_leaves_no_file)
{
	struct drawer d;
	struct dirent *entry;
	unsigned count = 0;
	DIR *dir;

	drawer_init(&d);
	assert_int_equal(setenv("TMPDIR", d.path, 1), 0);
	pears_init(&p, NULL);
	pears_open(&p);
	pears_read(&p, "a.json", machines);
	(void)pears_judge(&p, &all, "");
	dir = opendir(d.path);
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		count++;
	(void)closedir(dir);
	assert_int_equal(count, 2); /* "." and ".." */
	pears_done(&p);
	assert_int_equal(setenv("TMPDIR", "/nonexistent", 1), 0);
	pears_init(&p, NULL);
	assert_false(pears_try(&p));
	assert_non_null(strstr(p.err.text, "cannot make a temporary folder in /nonexistent: "));
	assert_int_equal(unsetenv("TMPDIR"), 0);
	pears_done(&p);
	drawer_done(&d);
}

struct progress {
	uint64_t last, total;
	unsigned calls;
};

static void on_progress(void *owner, const char *file, uint64_t done, uint64_t total)
{
	struct progress *seen = owner;

	assert_non_null(strstr(file, "a.json"));
	assert_true(done >= seen->last);
	*seen = (struct progress){ done, total, seen->calls + 1 };
}

TEST(test_inventory_progress_ends_with_the_size)
{
	struct progress seen = { 0 };

	pears_init(&p, NULL);
	pears_open(&p);
	inventory_on_progress(p.inv, on_progress, &seen);
	pears_read(&p, "a.json", machines);
	assert_true(seen.calls > 0);
	assert_int_equal(seen.last, strlen(machines));
	assert_int_equal(seen.total, strlen(machines));
	pears_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inventory_format_and_rule_from_a_folder),
		cmocka_unit_test(test_inventory_machines_that_cannot_be_told_apart_share_findings),
		cmocka_unit_test(test_inventory_baseline_is_beside),
		cmocka_unit_test(test_inventory_folder_is_read_file_by_file),
		cmocka_unit_test(test_inventory_what_nobody_knows_is_told),
		cmocka_unit_test(test_inventory_error_names_file_and_place_and_leaves_nothing),
		cmocka_unit_test(test_inventory_odd_records_stop_nothing),
		cmocka_unit_test(test_inventory_match_that_is_more_than_an_expression_is_refused),
		cmocka_unit_test(test_inventory_memory_does_not_grow_with_what_is_read),
		cmocka_unit_test(test_inventory_leaves_no_file),
		cmocka_unit_test(test_inventory_progress_ends_with_the_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
