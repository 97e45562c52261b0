/* SPDX-License-Identifier: Apache-2.0 */
/* test_options_values.c: what the values of options may be; see options.h. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/must.h"
#include "cli/options.h"
#include "tests/unit/unit.h"
#include "tests/unit/words.h"

TEST(test_options_resolver_that_is_no_address_is_refused)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "dns.example.com", "dns.example.com" },
		{ "10.0.0.53:0", "10.0.0.53:0" },
		{ "10.0.0.53,", "" },
		{ ",10.0.0.53", "" },
		{ "10.0.0.53,,10.0.0.54", "" },
		{ "10.0.0.53, 10.0.0.54", " 10.0.0.54" },
		{ "10.0.0.53,x", "x" },
		{ "[fd00::53", "[fd00::53" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err text;
		struct err want;

		(void)err_set(&text, 0, "--resolver=%s", cases[i][0]);
		(void)err_set(&want, 0, "--resolver: '%s' is not an address[:port]", cases[i][1]);
		words_refused(VERB_PROBE, text.text, want.text);
	}
}

TEST(test_options_pin_of_another_length_is_refused)
{
	static const char *const bad[] = { "", "AB", "XY", "01:02:03" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err text;
		struct words l;

		(void)err_set(&text, 0, "--pin=%s", bad[i]);
		l = words_read(VERB_PROBE, text.text);
		assert_false(l.ok);
		assert_int_equal(strncmp(l.err.text, "--pin: ", 7), 0);
		words_done(&l);
	}
}

TEST(test_options_timeout_is_bounded)
{
	static const char *const bad[] = { "3", "", "s", "-3s", "0s", "0ms", "3 s", "1w", "3s " };
	struct words l = words_taken(VERB_PROBE, "--timeout|1ms");

	assert_int_equal(span_ms(l.options.timeout), 1);
	words_done(&l);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err text;
		struct err want;

		(void)err_set(&text, 0, "--timeout=%s", bad[i]);
		(void)err_set(&want, 0, "--timeout: '%s' is not a time such as 500ms, 3s or 1m",
			      bad[i]);
		words_refused(VERB_PROBE, text.text, want.text);
		words_refused(VERB_TRACE, text.text, want.text);
	}
	words_refused(VERB_PROBE, "--timeout|600001ms",
		      "--timeout: '600001ms' is longer than 10 minutes");
	words_refused(VERB_TRACE, "--timeout|1d", "--timeout: '1d' is longer than 10 minutes");
}

static void assert_number(unsigned verb, const char *name, unsigned min, unsigned max)
{
	static const char *const bad[] = { "",   "x",          "-1",
					   "+1", "1x",         "0x10",
					   " 1", "4294967297", "99999999999999999999999" };
	char text[64];
	char want[160];

	(void)snprintf(text, sizeof text, "--check=http|%s|%u", name, min);
	if (verb != VERB_PROBE)
		memmove(text, strchr(text, '|') + 1, strlen(strchr(text, '|')));
	for (const unsigned *n = (const unsigned[]){ min, max, 0 }; *n != 0; n++) {
		struct words l;

		(void)snprintf(strrchr(text, '|'), 16, "|%u", *n);
		l = words_taken(verb, text);
		words_done(&l);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad) + 2; i++) {
		char value[32];

		if (i < ARRAY_LEN(bad))
			(void)snprintf(value, sizeof value, "%s", bad[i]);
		else
			(void)snprintf(value, sizeof value, "%u",
				       i == ARRAY_LEN(bad) ? min - 1 : max + 1);
		(void)snprintf(text, sizeof text, "%s|%s", name, value);
		(void)snprintf(want, sizeof want, "%s: '%s' is not a number from %u to %u", name,
			       value, min, max);
		words_refused(verb, text, want);
	}
}

TEST(test_options_numbers_are_bounded)
{
	assert_number(VERB_PROBE, "--status", 100, 599);
	assert_number(VERB_PROBE, "--max-in-flight", 1, 20000);
	assert_number(VERB_TRACE, "--max-hops", 1, 64);
}

TEST(test_options_ports_are_bounded)
{
	struct buf text;
	struct words l;

	buf_init(&text, 4096);
	buf_puts(&text, "a");
	for (int i = 0; i < OPTIONS_PORTS_MAX; i++)
		buf_printf(&text, "|--port=%d", i + 1);
	l = words_taken(VERB_PROBE, buf_text(&text));
	assert_int_equal(l.options.port_count, 64);
	assert_int_equal(l.options.ports[63].actual, 64);
	words_done(&l);
	buf_puts(&text, "|--port=65");
	words_refused(VERB_PROBE, buf_text(&text), "--port: more than 64 ports");
	buf_done(&text);
}

TEST(test_options_path_is_bounded_and_clean)
{
	char *path = xcalloc(1, LIMIT_HTTP_FIELD_BYTES + 1);
	char *text;
	struct words l;

	memset(path, '/', LIMIT_HTTP_FIELD_BYTES - 1);
	text = xasprintf("--check|http|--path|%s", path);
	l = words_taken(VERB_PROBE, text);
	assert_int_equal(strlen(l.options.path), LIMIT_HTTP_FIELD_BYTES - 1);
	words_done(&l);
	free(text);
	path[LIMIT_HTTP_FIELD_BYTES - 1] = '/';
	text = xasprintf("--path=%s", path);
	l = words_read(VERB_PROBE, text);
	assert_false(l.ok);
	words_done(&l);
	free(text);
	free(path);
	words_refused(VERB_PROBE, "--path|x", "--path: 'x' is not a path such as /healthz");
	words_refused(VERB_PROBE, "--path|", "--path: '' is not a path such as /healthz");
	words_refused(VERB_PROBE, "--path|/a b", "--path: '/a b' is not a path such as /healthz");
	words_refused(VERB_PROBE, "--path|/a\r\nX: y",
		      "--path: '/a?"
		      "?X: y' is not a path such as /healthz");
	words_refused(VERB_PROBE, "--path|/\xfc", "--path: '/?' is not a path such as /healthz");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_options_resolver_that_is_no_address_is_refused),
	cmocka_unit_test(test_options_pin_of_another_length_is_refused),
	cmocka_unit_test(test_options_timeout_is_bounded),
	cmocka_unit_test(test_options_numbers_are_bounded),
	cmocka_unit_test(test_options_ports_are_bounded),
	cmocka_unit_test(test_options_path_is_bounded_and_clean),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
