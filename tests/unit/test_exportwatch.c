/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a folder as a set, and what tells that it has become another one. */
#include "daemon/exportwatch.h"

#include <event2/event.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/must.h"
#include "tests/unit/unit.h"

enum { SETTLE_MS = 40, PATIENCE_MS = 600, GIVE_UP_MS = 20 * 1000, NEVER_MS = 3600 * 1000 };

static char folder[64];
static char rules[80];
static struct event_base *base;
static struct exportwatch *watch;
static unsigned told;
static unsigned writes;

static void in_folder(char ret_path[160], const char *name)
{
	(void)snprintf(ret_path, 160, "%s/%s", folder, name);
}

static void put(const char *name, unsigned len)
{
	char full[160];
	int fd;

	in_folder(full, name);
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	MUST(fd >= 0 && ftruncate(fd, len) == 0 && close(fd) == 0);
}

static void delete (const char *name)
{
	char full[160];

	in_folder(full, name);
	MUST(unlink(full) == 0);
}

static void on_change(void *owner)
{
	MUST(owner == &told);
	told++;
}

static void start(int64_t rescan_ms)
{
	struct err err;

	watch = exportwatch_new(&(struct exportwatch_parts){ .base = base,
							     .folders = { folder, rules },
							     .settle = span_of_ms(SETTLE_MS),
							     .rescan = span_of_ms(rescan_ms),
							     .patience = span_of_ms(PATIENCE_MS),
							     .owner = &told,
							     .changed = on_change },
				&err);
	assert_string_equal(err.text, "");
}

static int set_up(__attribute__((unused)) void **state)
{
	(void)snprintf(folder, sizeof folder, "/tmp/exportwatch-XXXXXX");
	MUST(mkdtemp(folder) != NULL);
	(void)snprintf(rules, sizeof rules, "%s/rules", folder);
	MUST(mkdir(rules, 0700) == 0);
	base = event_base_new();
	MUST(base != NULL);
	told = writes = 0;
	put("vms.json", 1);
	return 0;
}

static int remove_one(const char *name, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(name);
}

static int tear_down(__attribute__((unused)) void **state)
{
	exportwatch_free(watch);
	watch = NULL;
	event_base_free(base);
	return nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void until_told(unsigned times)
{
	struct mono end = mono_add(mono_now(), span_of_ms(GIVE_UP_MS));

	while (told < times) {
		MUST(event_base_loop(base, EVLOOP_ONCE) == 0);
		if (mono_before(end, mono_now()))
			fail_msg("told %u times, not %u", told, times);
	}
}

static void on_time(evutil_socket_t fd, short what, void *data)
{
	(void)fd;
	(void)what;
	(void)data;
	(void)event_base_loopbreak(base);
}

/* Long enough for what would be told to be told. */
static void a_while(void)
{
	struct timeval tv = span_timeval(span_of_ms(SETTLE_MS * 6));

	MUST(event_base_once(base, -1, EV_TIMEOUT, on_time, NULL, &tv) == 0);
	MUST(event_base_dispatch(base) == 0);
}

static size_t count(void)
{
	return exportwatch_told(watch, 0)->count;
}

TEST(test_exports_are_files_that_are_not_hidden)
{
	struct exports e;
	char path[160];

	put(".hidden", 1);
	put("b.csv", 3);
	in_folder(path, "link.json");
	MUST(symlink("b.csv", path) == 0);
	in_folder(path, "broken.json");
	MUST(symlink("nowhere", path) == 0);
	exports_look(folder, &e);
	assert_int_equal(e.count, 3);
	assert_string_equal(e.list[0].name, "b.csv");
	assert_string_equal(e.list[1].name, "link.json");
	assert_int_equal(e.list[1].size, 3);
	assert_string_equal(e.list[2].name, "vms.json");
	exports_done(&e);
}

TEST(test_exports_that_cannot_be_read_say_why)
{
	struct exports none, some;

	exports_look("/nowhere/at/all", &none);
	assert_string_equal(none.trouble.text, "/nowhere/at/all: No such file or directory");
	exports_look(folder, &some);
	assert_false(exports_same(&none, &some));
	assert_true(exports_same(&none, &none));
	exports_done(&none);
	exports_done(&some);
}

TEST(test_exportwatch_tells_what_is_there_at_the_start)
{
	start(NEVER_MS);
	assert_int_equal(told, 0);
	until_told(1);
	assert_int_equal(count(), 1);
	assert_int_equal(exportwatch_told(watch, 1)->count, 0);
	a_while();
	assert_int_equal(told, 1);
}

TEST(test_exportwatch_tells_of_each_change_once)
{
	char path[160];

	start(NEVER_MS);
	until_told(1);
	put("hosts.json", 1);
	put("clusters.json", 1);
	until_told(2);
	assert_int_equal(count(), 3);
	delete ("hosts.json");
	until_told(3);
	assert_int_equal(count(), 2);
	put("vms.json", 5);
	until_told(4);
	put(".hidden", 5);
	in_folder(path, "below");
	MUST(mkdir(path, 0700) == 0);
	a_while();
	assert_int_equal(told, 4);
}

TEST(test_exportwatch_rules_count_too)
{
	start(NEVER_MS);
	until_told(1);
	put("rules/mine.sql", 1);
	until_told(2);
	assert_int_equal(exportwatch_told(watch, 1)->count, 1);
}

/* As Kubernetes does with a ConfigMap: the link of a folder is replaced, no file is. */
TEST(test_exportwatch_sees_a_swap_under_a_link)
{
	char a[160], b[160], data[160], fresh[160], link[160];

	in_folder(a, "..1");
	in_folder(b, "..2");
	in_folder(data, "..data");
	in_folder(fresh, "..data_tmp");
	in_folder(link, "hosts.json");
	MUST(mkdir(a, 0700) == 0 && mkdir(b, 0700) == 0);
	put("..1/hosts.json", 10);
	put("..2/hosts.json", 10);
	MUST(symlink("..1", data) == 0 && symlink("..data/hosts.json", link) == 0);
	start(NEVER_MS);
	until_told(1);
	assert_int_equal(count(), 2);
	MUST(symlink("..2", fresh) == 0 && rename(fresh, data) == 0);
	until_told(2);
}

static void on_write(evutil_socket_t fd, short what, void *data)
{
	(void)fd;
	(void)what;
	(void)data;
	put("vms.json", 10 + ++writes);
}

/* What is written all the time is told now and then, and at its end. */
TEST(test_exportwatch_waits_for_the_writer_but_not_for_ever)
{
	struct timeval every = span_timeval(span_of_ms(SETTLE_MS / 4));
	struct event *writer = event_new(base, -1, EV_PERSIST | EV_TIMEOUT, on_write, NULL);
	struct mono began;
	off_t last;

	start(NEVER_MS);
	until_told(1);
	began = mono_now();
	MUST(writer != NULL && event_add(writer, &every) == 0);
	until_told(2);
	assert_true(span_ms(mono_sub(mono_now(), began)) >= PATIENCE_MS / 2);
	(void)event_del(writer);
	event_free(writer);
	last = 10 + (off_t)writes;
	a_while();
	a_while();
	assert_int_equal(exportwatch_told(watch, 0)->list[0].size, last);
}

TEST(test_exportwatch_folder_that_comes_late_is_found)
{
	char late[160];

	MUST(rmdir(rules) == 0);
	start(SETTLE_MS);
	until_told(1);
	assert_string_not_equal(exportwatch_told(watch, 1)->trouble.text, "");
	MUST(mkdir(rules, 0700) == 0);
	until_told(2);
	assert_string_equal(exportwatch_told(watch, 1)->trouble.text, "");
	in_folder(late, "rules/x.sql");
	put("rules/x.sql", 1);
	until_told(3);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	EACH(test_exports_are_files_that_are_not_hidden),
	EACH(test_exports_that_cannot_be_read_say_why),
	EACH(test_exportwatch_tells_what_is_there_at_the_start),
	EACH(test_exportwatch_tells_of_each_change_once),
	EACH(test_exportwatch_rules_count_too),
	EACH(test_exportwatch_sees_a_swap_under_a_link),
	EACH(test_exportwatch_waits_for_the_writer_but_not_for_ever),
	EACH(test_exportwatch_folder_that_comes_late_is_found),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
