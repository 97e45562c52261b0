/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
#include "tests/unit/unit.h"

enum { CAUGHT_BYTES = 256 * 1024, TIME_BYTES = sizeof "2026-11-22T22:14:14Z" - 1 };

/* Standard error of a test, in a file without a name. */
struct caught {
	int kept; /* the real one */
	FILE *file;
	char text[CAUGHT_BYTES];
};

static void catch_begin(struct caught *c)
{
	c->kept = dup(STDERR_FILENO);
	c->file = tmpfile();
	assert_non_null(c->file);
	assert_true(c->kept >= 0 && dup2(fileno(c->file), STDERR_FILENO) == STDERR_FILENO);
	log_set_level(LOG_LEVEL_NOTICE);
	(void)unsetenv("JOURNAL_STREAM");
}

static const char *catch_end(struct caught *c)
{
	size_t len;

	(void)dup2(c->kept, STDERR_FILENO);
	(void)close(c->kept);
	rewind(c->file);
	len = fread(c->text, 1, sizeof c->text - 1, c->file);
	c->text[len] = '\0';
	(void)fclose(c->file);
	return c->text;
}

/* JOURNAL_STREAM as systemd sets it when standard error is what the test made of it. */
static void pretend_journal(unsigned long off_by)
{
	char stream[64];
	struct stat st;

	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	(void)snprintf(stream, sizeof stream, "%ju:%ju", (uintmax_t)st.st_dev,
		       (uintmax_t)st.st_ino + off_by);
	(void)setenv("JOURNAL_STREAM", stream, 1);
}

static struct caught caught;

TEST(test_log_line_begins_with_time_and_level)
{
	const char *line;

	catch_begin(&caught);
	log_warn("disk is full, continuing path=%s errno=%d", "/x", 28);
	line = catch_end(&caught);
	assert_memory_equal(line, "20", 2);
	assert_int_equal(line[10], 'T');
	assert_int_equal(line[TIME_BYTES - 1], 'Z');
	assert_string_equal(line + TIME_BYTES,
			    " warn: disk is full, continuing path=/x errno=28\n");
}

TEST(test_log_each_level_says_its_name)
{
	char *at;

	catch_begin(&caught);
	log_set_level(LOG_LEVEL_DEBUG);
	log_error("a");
	log_warn("b");
	log_notice("c");
	log_info("d");
	log_debug("e");
	at = (char *)(uintptr_t)catch_end(&caught);
	for (const char *want = "error: a\0warn: b\0notice: c\0info: d\0debug: e\0"; *want != '\0';
	     want += strlen(want) + 1) {
		char *end = strchr(at, '\n');

		assert_non_null(end);
		*end = '\0';
		assert_string_equal(at + TIME_BYTES + 1, want);
		at = end + 1;
	}
	assert_string_equal(at, "");
}

TEST(test_log_with_a_journal_line_begins_with_priority)
{
	const char *text;

	catch_begin(&caught);
	pretend_journal(0);
	log_set_level(LOG_LEVEL_DEBUG);
	log_error("a");
	log_warn("b");
	log_notice("c");
	log_info("d");
	log_debug("e");
	text = catch_end(&caught);
	assert_string_equal(text, "<3>a\n<4>b\n<5>c\n<6>d\n<7>e\n");
}

TEST(test_log_journal_of_another_stream_does_not_count)
{
	const char *line;

	catch_begin(&caught);
	pretend_journal(1);
	log_error("a");
	line = catch_end(&caught);
	assert_string_equal(line + TIME_BYTES, " error: a\n");
}

TEST(test_log_level_drops_what_is_above)
{
	const char *text;

	catch_begin(&caught);
	pretend_journal(0);
	log_info("not written");
	log_set_level(LOG_LEVEL_ERROR);
	log_warn("not written");
	log_error("written");
	assert_true(log_enabled(LOG_LEVEL_ERROR));
	assert_false(log_enabled(LOG_LEVEL_WARN));
	text = catch_end(&caught);
	assert_string_equal(text, "<3>written\n");
}

TEST(test_log_control_characters_become_question_marks)
{
	const char *text;

	catch_begin(&caught);
	pretend_journal(0);
	log_error("name=%s", "a\n<1>b\x1b[31m\xff z\xc3\xbc\x7f");
	text = catch_end(&caught);
	assert_string_equal(text, "<3>name=a?<1>b?[31m? z\xc3\xbc?\n");
}

TEST(test_log_long_line_is_cut_and_ends)
{
	AUTO(text) char *text = xcalloc(1, 10001);
	const char *line;

	memset(text, 'x', 10000);
	catch_begin(&caught);
	pretend_journal(0);
	log_error("%s", text);
	line = catch_end(&caught);
	assert_int_equal(strlen(line), 2047);
	assert_int_equal(strspn(line + 3, "x"), 2047 - 3 - 1);
	assert_int_equal(line[2046], '\n');
}

TEST(test_log_errno_is_kept)
{
	catch_begin(&caught);
	errno = ENOSPC;
	log_error("%s", "a");
	assert_int_equal(errno, ENOSPC);
	errno = EMFILE;
	(void)close(STDERR_FILENO);
	log_error("nowhere");
	assert_int_equal(errno, EMFILE);
	(void)catch_end(&caught);
}

TEST(test_log_level_names_are_found_again)
{
	for (int i = 0; i < LOG_LEVEL_N; i++)
		assert_int_equal(log_level_find(log_level_name((enum log_level)i)), i);
	assert_int_equal(log_level_find("warning"), LOG_LEVEL_N);
	assert_int_equal(log_level_find(""), LOG_LEVEL_N);
}

enum { THREADS = 4, LINES = 500 };

static void *write_lines(void *owner)
{
	const char *letters = owner;

	for (int i = 0; i < LINES; i++)
		log_notice("%s", letters);
	return NULL;
}

TEST(test_log_lines_of_threads_stay_whole)
{
	static const char *const letters[THREADS] = { "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb",
						      "cccccccccccccccc", "dddddddddddddddd" };
	pthread_t threads[THREADS];
	size_t count = 0;

	catch_begin(&caught);
	pretend_journal(0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_lines,
						(void *)(uintptr_t)letters[i]),
				 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (const char *at = catch_end(&caught); *at != '\0'; at += 20, count++) {
		char first = at[3];

		assert_memory_equal(at, "<5>", 3);
		for (int i = 3; i < 19; i++)
			assert_int_equal(at[i], first);
		assert_int_equal(at[19], '\n');
	}
	assert_int_equal(count, THREADS * LINES);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_log_line_begins_with_time_and_level),
	cmocka_unit_test(test_log_each_level_says_its_name),
	cmocka_unit_test(test_log_with_a_journal_line_begins_with_priority),
	cmocka_unit_test(test_log_journal_of_another_stream_does_not_count),
	cmocka_unit_test(test_log_level_drops_what_is_above),
	cmocka_unit_test(test_log_control_characters_become_question_marks),
	cmocka_unit_test(test_log_long_line_is_cut_and_ends),
	cmocka_unit_test(test_log_errno_is_kept),
	cmocka_unit_test(test_log_level_names_are_found_again),
	cmocka_unit_test(test_log_lines_of_threads_stay_whole),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
