/* SPDX-License-Identifier: Apache-2.0 */
/* The example of the manual and the help: both have every key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "daemon/conf.h"
#include "tests/unit/confs.h"
#include "tests/unit/unit.h"

#define EXAMPLE "docs/banksman.yaml"

static char *text_of_example(void)
{
	char *text = xcalloc(1, 64 * 1024);
	FILE *f = fopen(EXAMPLE, "re");

	assert_non_null(f);
	assert_true(fread(text, 1, 64 * 1024 - 1, f) > 0);
	(void)fclose(f);
	return text;
}

TEST(test_conf_example_is_loaded_and_shows_the_defaults)
{
	struct conf *defaults = confs_taken("providers: []\n");
	struct err e;
	struct conf *c = conf_load(EXAMPLE, &e);

	if (c == NULL)
		fail_msg("%s", e.text);
	assert_true(c->target_count > 0);
	confs_same_settings(c, defaults);
	assert_int_equal(c->sink_count, 1);
	assert_string_equal(c->sinks[0].name, "journal");
	assert_int_equal(c->window_count, 0);
	conf_free(c);
	conf_free(defaults);
}

/* "#key: value" and "#- key: value" are commented out; "# text" is prose. */
TEST(test_conf_example_with_all_keys_says_the_same)
{
	AUTO(text) char *text = text_of_example();
	struct conf *plain = confs_taken(text);
	struct conf *c;
	size_t len = 0;
	bool fresh = true; /* only blanks since the line began */

	for (const char *p = text; *p != '\0'; p++) {
		if (*p != '#' || !fresh || (p[1] != '-' && (p[1] < 'a' || p[1] > 'z')))
			text[len++] = *p;
		fresh = *p == '\n' || (fresh && *p == ' ');
	}
	text[len] = '\0';
	(void)setenv("NODE_NAME", "node7", 1);
	c = confs_taken(text);
	assert_string_equal(c->node, "node7");
	confs_same_settings(c, plain);
	assert_int_equal(c->target_count, plain->target_count);
	assert_int_equal(c->alerts.label_count, 2);
	assert_int_equal(c->sink_count, 5);
	assert_int_equal(c->window_count, 2);
	conf_free(plain);
	conf_free(c);
}

TEST(test_conf_help_has_every_key_once_and_fits_a_terminal)
{
	struct buf out;
	size_t keys = 0;

	buf_init(&out, 64 * 1024);
	conf_help(&out);
	assert_false(buf_overflowed(&out));
	for (const char *at = buf_text(&out); *at != '\0'; at = strchr(at, '\n') + 1) {
		size_t len = strcspn(at, "\n");
		AUTO(text) char *key = xasprintf("\n%.*s", (int)strcspn(at, ":") + 1, at);

		assert_true(len > 0 && len <= 80 && at[len - 1] != ' ');
		if (at[0] == ' ')
			continue;
		keys++;
		assert_null(strstr(at + 1, key));
		assert_non_null(strstr(at, ": "));
	}
	assert_true(keys > 40);
	assert_non_null(
		strstr(buf_text(&out), "\nprobe.interval: time from 1s to 1d, default 10s\n"));
	assert_non_null(strstr(buf_text(&out), "\nproviders[].name: name, required\n"));
	assert_non_null(
		strstr(buf_text(&out), "\nmetrics.listen: ADDRESS:PORT or \"\", default \"\"\n"));
	assert_non_null(strstr(buf_text(&out), ", default [250ms, 500ms, 1s]\n"));
	buf_done(&out);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_conf_example_is_loaded_and_shows_the_defaults),
	cmocka_unit_test(test_conf_example_with_all_keys_says_the_same),
	cmocka_unit_test(test_conf_help_has_every_key_once_and_fits_a_terminal),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
