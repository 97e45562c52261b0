/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/kubecut.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

struct got {
	struct buf text; /* "{…}|{…}|" */
	unsigned count;
	unsigned most; /* no more after so many */
};

static bool on_object(void *owner, const char *text, size_t len)
{
	struct got *g = owner;

	assert_int_equal(strlen(text), len);
	buf_printf(&g->text, "%s|", text);
	return ++g->count < g->most;
}

static void begin(struct got *g)
{
	*g = (struct got){ .most = 1000 };
	buf_init(&g->text, 1 << 20);
}

/* In pieces of every length: the same comes out. */
static void assert_cut(enum kubecut_form form, const char *text, const char *want,
		       const char *want_rest)
{
	size_t len = strlen(text);

	for (size_t piece = 1; piece <= len; piece++) {
		struct got g;
		struct kubecut *c = kubecut_new(on_object, &g);

		begin(&g);
		kubecut_begin(c, form);
		for (size_t at = 0; at < len; at += piece)
			assert_true(
				kubecut_feed(c, text + at, len - at < piece ? len - at : piece));
		assert_string_equal(buf_text(&g.text), want);
		assert_string_equal(kubecut_rest(c), want_rest);
		assert_true(kubecut_complete(c));
		kubecut_free(c);
		buf_done(&g.text);
	}
}

TEST(test_kubecut_watch_gives_each_object)
{
	assert_cut(KUBECUT_WATCH, "{\"a\":1}\n{\"b\":[{\"c\":\"}\\\"]\"}]}\n {} \n",
		   "{\"a\":1}|{\"b\":[{\"c\":\"}\\\"]\"}]}|{}|", "");
}

TEST(test_kubecut_list_gives_the_items_and_keeps_the_rest)
{
	assert_cut(KUBECUT_LIST,
		   "{\"kind\":\"List\",\"items\":[{\"a\":{\"items\":[{}]}},\n {\"b\":2}],"
		   "\"metadata\":{\"items\":[1],\"x\":\"items\"},\"y\":[{\"z\":1}]}",
		   "{\"a\":{\"items\":[{}]}}|{\"b\":2}|",
		   "{\"kind\":\"List\",\"items\":[],\"metadata\":{\"items\":[1],\"x\":\"items\"},"
		   "\"y\":[{\"z\":1}]}");
	assert_cut(KUBECUT_LIST, "{\"items\":null,\"metadata\":{}}", "",
		   "{\"items\":null,\"metadata\":{}}");
	assert_cut(KUBECUT_LIST, "{\"xitems\":[{}],\"item\":[{}],\"itemss\":[{}]}", "",
		   "{\"xitems\":[{}],\"item\":[{}],\"itemss\":[{}]}");
}

TEST(test_kubecut_list_may_be_an_array)
{
	assert_cut(KUBECUT_LIST, "[{\"id\":\"a\"}, null, 3, [{\"no\":1}], {\"id\":\"b\"}]",
		   "{\"id\":\"a\"}|{\"id\":\"b\"}|", "[]");
}

TEST(test_kubecut_what_is_no_such_answer_is_refused)
{
	static const char *const texts[] = { "<html>", "{}]", "null", "\"{}\"", "]", "{}x" };

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct got g;
		struct kubecut *c = kubecut_new(on_object, &g);

		begin(&g);
		if (kubecut_feed(c, texts[i], strlen(texts[i])))
			fail_msg("taken: %s", texts[i]);
		kubecut_free(c);
		buf_done(&g.text);
	}
}

TEST(test_kubecut_an_answer_that_breaks_off_is_not_complete)
{
	struct got g;
	struct kubecut *c = kubecut_new(on_object, &g);

	begin(&g);
	kubecut_begin(c, KUBECUT_LIST);
	assert_true(kubecut_feed(c, "{\"items\":[{}]", 13));
	assert_false(kubecut_complete(c));
	assert_int_equal(g.count, 1);
	kubecut_free(c);
	buf_done(&g.text);
}

TEST(test_kubecut_no_more_is_given_than_wanted)
{
	struct got g;
	struct kubecut *c = kubecut_new(on_object, &g);

	begin(&g);
	g.most = 2;
	assert_false(kubecut_feed(c, "{}{}{}", 6));
	assert_int_equal(g.count, 2);
	kubecut_free(c);
	buf_done(&g.text);
}

TEST(test_kubecut_too_long_an_object_is_left_out)
{
	struct got g;
	struct kubecut *c = kubecut_new(on_object, &g);
	char part[1024];

	begin(&g);
	memset(part, ' ', sizeof part);
	assert_true(kubecut_feed(c, "{", 1));
	for (size_t i = 0; i <= KUBECUT_OBJECT_BYTES / sizeof part; i++)
		assert_true(kubecut_feed(c, part, sizeof part));
	assert_true(kubecut_feed(c, "}{\"b\":1}", 8));
	assert_int_equal(kubecut_left_out(c), 1);
	assert_string_equal(buf_text(&g.text), "{\"b\":1}|");
	kubecut_free(c);
	buf_done(&g.text);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_kubecut_watch_gives_each_object),
	cmocka_unit_test(test_kubecut_list_gives_the_items_and_keeps_the_rest),
	cmocka_unit_test(test_kubecut_list_may_be_an_array),
	cmocka_unit_test(test_kubecut_what_is_no_such_answer_is_refused),
	cmocka_unit_test(test_kubecut_an_answer_that_breaks_off_is_not_complete),
	cmocka_unit_test(test_kubecut_no_more_is_given_than_wanted),
	cmocka_unit_test(test_kubecut_too_long_an_object_is_left_out),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
