/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/response.h"

#include <string.h>

#include "base/err.h"
#include "report/exit.h"
#include "tests/unit/unit.h"

static void assert_read(long http, const char *text, int status, const char *why)
{
	json_t *o = NULL;
	struct err err = { 0 };

	assert_int_equal(response_read(http, text, strlen(text), &o, &err), status);
	assert_int_equal(o != NULL, status == STATUS_CLEAR);
	assert_string_equal(err.text, why);
	json_decref(o);
}

TEST(test_response_object_is_taken)
{
	assert_read(200, "{}", STATUS_CLEAR, "");
	assert_read(200, " {\"a\":[1]}\n", STATUS_CLEAR, "");
}

TEST(test_response_refusals_have_their_status)
{
	static const char text[] = "{\"error\":{\"code\":\"x\",\"message\":\"so it is\"}}";

	assert_read(404, text, STATUS_NOT_CLEAR, "so it is");
	assert_read(422, text, STATUS_NOT_CLEAR, "so it is");
	assert_read(400, text, STATUS_USAGE, "so it is");
	assert_read(403, text, STATUS_LOCAL,
		    "the daemon does not let this user: so it is; be root or the daemon's user");
	assert_read(503, text, STATUS_LOCAL, "the daemon answers 503: so it is");
	assert_read(500, text, STATUS_LOCAL, "the daemon answers 500: so it is");
}

TEST(test_response_of_something_else_is_told)
{
	static const char no_json[] =
		"what answers is not banksmand, or broken: HTTP status 200 and no JSON object";

	assert_read(200, "", STATUS_LOCAL, no_json);
	assert_read(200, "[]", STATUS_LOCAL, no_json);
	assert_read(200, "{\"a\":", STATUS_LOCAL, no_json);
	assert_read(404, "{}", STATUS_LOCAL,
		    "what answers is not banksmand, or broken: HTTP status 404 and an object "
		    "without a reason");
	assert_read(404, "{\"error\":\"no\"}", STATUS_LOCAL,
		    "what answers is not banksmand, or broken: HTTP status 404 and an object "
		    "without a reason");
}

TEST(test_response_deep_nesting_is_refused)
{
	char text[8192];

	memset(text, '[', sizeof text);
	memcpy(text, "{\"a\":", 5);
	text[sizeof text - 1] = '\0';
	assert_read(200, text, STATUS_LOCAL,
		    "what answers is not banksmand, or broken: HTTP status 200 and no JSON object");
}

struct seen {
	size_t count;
	size_t enough; /* 0: never */
};

static bool on_object(void *owner, json_t *o)
{
	struct seen *s = owner;

	assert_true(json_is_object(o));
	json_decref(o);
	return ++s->count != s->enough;
}

/* Feeds text in pieces of n bytes; returns how many objects came. */
static size_t fed(const char *text, size_t n, bool want_ok)
{
	struct seen seen = { 0 };
	struct response_lines l;
	struct err err = { 0 };
	bool ok = true;

	response_lines_init(&l, on_object, &seen);
	for (size_t len = strlen(text); ok && len > 0;) {
		size_t piece = n < len ? n : len;

		ok = response_lines_put(&l, text, piece, &err);
		text += piece;
		len -= piece;
	}
	response_lines_done(&l);
	assert_int_equal(ok, want_ok);
	assert_int_equal(err.text[0] == '\0', want_ok);
	return seen.count;
}

TEST(test_response_lines_come_in_any_pieces)
{
	for (size_t n = 1; n < 20; n++) {
		assert_int_equal(fed("{\"a\":1}\n\n{}\r\n  \n{\"b\":2}\n", n, true), 3);
		assert_int_equal(fed("{}\n{\"begun\":", n, true), 1);
		assert_int_equal(fed("{}\n[]\n{}\n", n, false), 1);
		assert_int_equal(fed("{}\nrubbish\n", n, false), 1);
	}
}

TEST(test_response_lines_end_when_enough)
{
	struct seen seen = { .enough = 2 };
	struct response_lines l;
	struct err err;

	response_lines_init(&l, on_object, &seen);
	assert_false(response_lines_put(&l, "{}\n{}\n{}\n", 9, &err));
	assert_string_equal(err.text, "");
	assert_int_equal(seen.count, 2);
	response_lines_done(&l);
}

TEST(test_response_line_without_end_is_refused)
{
	struct seen seen = { 0 };
	struct response_lines l;
	char piece[4096];
	struct err err = { 0 };
	size_t pieces = 0;

	memset(piece, ' ', sizeof piece);
	response_lines_init(&l, on_object, &seen);
	while (response_lines_put(&l, piece, sizeof piece, &err))
		assert_true(++pieces <= RESPONSE_LINE_BYTES / sizeof piece);
	assert_string_equal(err.text, "a line of the reply is longer than 256 KiB");
	response_lines_done(&l);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_response_object_is_taken),
	cmocka_unit_test(test_response_refusals_have_their_status),
	cmocka_unit_test(test_response_of_something_else_is_told),
	cmocka_unit_test(test_response_deep_nesting_is_refused),
	cmocka_unit_test(test_response_lines_come_in_any_pieces),
	cmocka_unit_test(test_response_lines_end_when_enough),
	cmocka_unit_test(test_response_line_without_end_is_refused),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
