/* SPDX-License-Identifier: Apache-2.0 */
#include "base/suggest.h"

#include <string.h>

#include "base/must.h"
#include "cli/shown.h"
#include "tests/unit/unit.h"

static const char *const verbs[] = { "probe", "fingerprint", "ca",     "trace",    "ports",
				     NULL,    "help",        "--help", "--version" };

static const char *suggested(const char *word)
{
	return suggest_word(word, verbs, ARRAY_LEN(verbs));
}

TEST(test_suggest_one_slip_finds_the_word)
{
	static const char *const cases[][2] = {
		{ "prob", "probe" },
		{ "probee", "probe" },
		{ "prbe", "probe" },
		{ "pribe", "probe" },
		{ "rpobe", "probe" },
		{ "porbe", "probe" },
		{ "trcae", "trace" },
		{ "fingerpint", "fingerprint" },
		{ "finger-print", "fingerprint" },
		{ "fingreprnit", "fingerprint" },
		{ "port", "ports" },
		{ "hlep", "help" },
		{ "--hepl", "--help" },
		{ "-version", "--version" },
		{ "cas", "ca" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_non_null(suggested(cases[i][0]));
		assert_string_equal(suggested(cases[i][0]), cases[i][1]);
	}
}

TEST(test_suggest_the_word_itself_is_nearest)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (verbs[i] != NULL)
			assert_string_equal(suggested(verbs[i]), verbs[i]);
}

TEST(test_suggest_nothing_near_suggests_nothing)
{
	static const char *const words[] = { "",      "x", "xy",      "zz",   "scan",
					     "PROBE", "-", "connect", "vddk", "migrate" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (suggested(words[i]) != NULL)
			fail_msg("%s suggests %s", words[i], suggested(words[i]));
}

TEST(test_suggest_of_equally_near_the_first_is_taken)
{
	static const char *const names[] = { "sha1", "sha2" };

	assert_string_equal(suggest_word("sha3", names, 2), "sha1");
	assert_string_equal(suggest_word("sha2", names, 2), "sha2");
}

TEST(test_suggest_long_words_are_passed_over)
{
#define LONG "abcdefghijklmnopqrstuvwxyzabcdef"
	static const char *const names[] = { LONG LONG, LONG LONG "g" };
	char word[2000];

	assert_string_equal(suggest_word(LONG "abcdefghijklmnopqrstuvwxyzabcdeg", names, 2),
			    names[0]);
	assert_null(suggest_word(LONG LONG "g", names, 2));
	memset(word, 'p', sizeof word - 1);
	word[sizeof word - 1] = '\0';
	assert_null(suggested(word));
}

TEST(test_suggest_without_names_suggests_nothing)
{
	static const char *const none[] = { NULL, NULL };

	assert_null(suggest_word("probe", none, 2));
	assert_null(suggest_word("probe", verbs, 0));
}

TEST(test_suggest_format_is_a_question_or_nothing)
{
	static const char *const names[] = { "abcdefghijklmnopqrstuvwxyzabcdef" };
	char text[SUGGEST_TEXT_SIZE] = "left over";

	suggest_format("xyz", verbs, ARRAY_LEN(verbs), text);
	assert_string_equal(text, "");
	suggest_format("prob", verbs, ARRAY_LEN(verbs), text);
	assert_string_equal(text, " (did you mean 'probe'?)");
	suggest_format("abcdefghijklmnopqrstuvwxyzabcde", names, 1, text);
	assert_string_equal(text, " (did you mean 'abcdefghijklmnopqrstuvwxyzabcdef'?)");
}

TEST(test_suggest_shown_text_is_short_and_printable)
{
	char shown[SHOWN_SIZE];
	char word[100];

	shown_text("", shown);
	assert_string_equal(shown, "");
	shown_text("a\t\x1b[31m\x7f\xc3\xbc~ ", shown);
	assert_string_equal(shown, "a??[31m???~ ");
	memset(word, 'a', sizeof word);
	word[60] = '\0';
	shown_text(word, shown);
	assert_string_equal(shown, word);
	word[60] = 'a';
	word[61] = '\0';
	shown_text(word, shown);
	assert_int_equal(strlen(shown), 63);
	assert_string_equal(shown + 60, "...");
}

TEST(test_suggest_shown_clean_changes_in_place)
{
	char text[] = "a\n\x80z";

	shown_clean(text);
	assert_string_equal(text, "a??z");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_suggest_one_slip_finds_the_word),
	cmocka_unit_test(test_suggest_the_word_itself_is_nearest),
	cmocka_unit_test(test_suggest_nothing_near_suggests_nothing),
	cmocka_unit_test(test_suggest_of_equally_near_the_first_is_taken),
	cmocka_unit_test(test_suggest_long_words_are_passed_over),
	cmocka_unit_test(test_suggest_without_names_suggests_nothing),
	cmocka_unit_test(test_suggest_format_is_a_question_or_nothing),
	cmocka_unit_test(test_suggest_shown_text_is_short_and_printable),
	cmocka_unit_test(test_suggest_shown_clean_changes_in_place),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
