/* SPDX-License-Identifier: Apache-2.0 */
#include "../../daemon/confwatch.c"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>

#include "base/must.h"
#include "tests/unit/unit.h"

enum { SETTLE_MS = 50, BUSY_MS = 5, GIVE_UP_MS = 20 * 1000 };

static char folder[64];
static char path[80];
static struct event_base *base;
static struct confwatch *watch;
static unsigned told;

/* What goes on meanwhile, every few milliseconds. */
static struct event busy;
static void (*busy_with)(unsigned turn);
static unsigned turns;

static void on_change(void *owner)
{
	(void)owner;
	told++;
}

static void put(const char *name, unsigned len)
{
	char full[160];
	int fd;

	(void)snprintf(full, sizeof full, "%s/%s", folder, name);
	fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	MUST(fd >= 0 && ftruncate(fd, len) == 0 && close(fd) == 0);
}

static void on_busy(evutil_socket_t fd, short what, void *data)
{
	(void)fd;
	(void)what;
	(void)data;
	busy_with(++turns);
}

static void keep_busy(void (*with)(unsigned turn))
{
	struct timeval every = span_timeval(span_of_ms(BUSY_MS));

	busy_with = with;
	MUST(event_add(&busy, &every) == 0);
}

static void start(struct confwatch_mark read)
{
	struct err err;

	watch = confwatch_new(&(struct confwatch_parts){ .base = base,
							 .path = path,
							 .read = read,
							 .settle = span_of_ms(SETTLE_MS),
							 .changed = on_change },
			      &err);
	MUST(watch != NULL);
}

static int set_up(__attribute__((unused)) void **state)
{
	(void)snprintf(folder, sizeof folder, "/tmp/confwatch-XXXXXX");
	MUST(mkdtemp(folder) != NULL);
	(void)snprintf(path, sizeof path, "%s/site.yaml", folder);
	base = event_base_new();
	MUST(base != NULL &&
	     event_assign(&busy, base, -1, EV_PERSIST | EV_TIMEOUT, on_busy, NULL) == 0);
	told = turns = 0;
	put("site.yaml", 1);
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
	confwatch_free(watch);
	(void)event_del(&busy);
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

/* Events that are there are read, and what they began has come to its end. */
static void until_settled(void)
{
	do
		MUST(event_base_loop(base, EVLOOP_ONCE) == 0);
	while (event_pending(&watch->settled, EV_TIMEOUT, NULL) != 0);
}

TEST(test_confwatch_change_is_told_once)
{
	start(confwatch_look(path));
	put("site.yaml", 2);
	until_told(1);
	put("other", 1);
	until_settled();
	assert_int_equal(told, 1);
	put("site.yaml", 3);
	until_told(2);
}

TEST(test_confwatch_change_before_the_start_is_told)
{
	struct confwatch_mark read = confwatch_look(path);

	put("site.yaml", 2);
	start(read);
	until_told(1);
}

TEST(test_confwatch_noted_change_is_not_told)
{
	start(confwatch_look(path));
	put("site.yaml", 2);
	confwatch_note(watch); /* and it is read */
	until_settled();
	assert_int_equal(told, 0);
	confwatch_note(watch);
	put("site.yaml", 3); /* after the look, while it is read */
	until_told(1);
}

static void touch_others(unsigned turn)
{
	put(turn % 2 == 0 ? "even" : "odd", turn);
}

TEST(test_confwatch_busy_folder_keeps_no_change_from_being_told)
{
	start(confwatch_look(path));
	keep_busy(touch_others);
	put("site.yaml", 2);
	until_told(1);
}

static void touch_it(unsigned turn)
{
	put("site.yaml", turn + 1);
}

TEST(test_confwatch_file_that_never_settles_is_told_all_the_same)
{
	struct mono begin;

	start(confwatch_look(path));
	keep_busy(touch_it);
	begin = mono_now();
	until_told(1);
	assert_true(span_ms(mono_sub(mono_now(), begin)) >= SETTLE_MS);
	until_told(2);
}

TEST(test_confwatch_swapped_link_is_told_in_a_busy_folder)
{
	char one[96], two[96], data[96], fresh[96];

	(void)snprintf(one, sizeof one, "%s/..1", folder);
	(void)snprintf(two, sizeof two, "%s/..2", folder);
	(void)snprintf(data, sizeof data, "%s/..data", folder);
	(void)snprintf(fresh, sizeof fresh, "%s/..fresh", folder);
	MUST(mkdir(one, 0700) == 0 && mkdir(two, 0700) == 0);
	put("..1/site.yaml", 5);
	put("..2/site.yaml", 6);
	MUST(symlink("..1", data) == 0 && unlink(path) == 0 &&
	     symlink("..data/site.yaml", path) == 0);
	start(confwatch_look(path));
	keep_busy(touch_others);
	MUST(symlink("..2", fresh) == 0 && rename(fresh, data) == 0);
	until_told(1);
	put("..2/site.yaml", 7); /* where it is now is watched */
	until_told(2);
}

TEST(test_confwatch_folder_that_was_gone_is_watched_again)
{
	start(confwatch_look(path));
	MUST(unlink(path) == 0 && rmdir(folder) == 0);
	for (int i = 0; i < 5; i++)
		MUST(event_base_loop(base, EVLOOP_ONCE) == 0);
	assert_int_equal(told, 0);
	MUST(mkdir(folder, 0700) == 0);
	put("site.yaml", 2);
	until_told(1);
	put("site.yaml", 3);
	until_told(2);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_confwatch_change_is_told_once, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_confwatch_change_before_the_start_is_told, set_up,
					tear_down),
	cmocka_unit_test_setup_teardown(test_confwatch_noted_change_is_not_told, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_confwatch_busy_folder_keeps_no_change_from_being_told,
					set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_confwatch_file_that_never_settles_is_told_all_the_same,
					set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_confwatch_folder_that_was_gone_is_watched_again,
					set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_confwatch_swapped_link_is_told_in_a_busy_folder,
					set_up, tear_down),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
