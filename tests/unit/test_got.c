/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/got.h"

#include "tests/unit/asked.h"
#include "tests/unit/unit.h"

TEST(test_got_wrong_types_say_nothing)
{
	json_t *o = asked_json("{'n':'5','t':5,'b':1,'l':{},'o':[],'z':null,'at':'noon'}");
	char text[8] = "x";
	struct wall t = { .ms = 7 };
	double real = 7;

	assert_string_equal(got_text(o, "t", text, sizeof text), "");
	assert_string_equal(got_text(o, "z", text, sizeof text), "");
	assert_string_equal(got_text(o, "absent", text, sizeof text), "");
	assert_int_equal(got_number(o, "n", -3), -3);
	assert_false(got_real(o, "n", &real));
	assert_true(real > 6.5 && real < 7.5);
	assert_false(got_true(o, "b"));
	assert_null(got_list(o, "l"));
	assert_null(got_object(o, "o"));
	assert_false(got_time(o, "at", &t));
	assert_int_equal(t.ms, 7);
	json_decref(o);
}

TEST(test_got_right_types_are_taken)
{
	json_t *o = asked_json("{'n':5,'r':0.5,'t':'a','b':true,'l':[1,{}],'o':{'k':1},"
			       "'at':'2026-11-25T14:00:00.000Z'}");
	char text[8];
	struct wall t;
	double real;

	assert_int_equal(got_number(o, "n", 0), 5);
	assert_true(got_real(o, "r", &real) && real > 0.4 && real < 0.6);
	assert_true(got_true(o, "b"));
	assert_true(got_is(o, "t", "a"));
	assert_false(got_is(o, "t", "ab"));
	assert_false(got_is(o, "n", "5"));
	assert_string_equal(got_text(o, "t", text, sizeof text), "a");
	assert_int_equal(got_count(got_list(o, "l")), 2);
	assert_null(got_element(got_list(o, "l"), 0));
	assert_non_null(got_element(got_list(o, "l"), 1));
	assert_null(got_element(got_list(o, "l"), 2));
	assert_int_equal(got_number(got_object(o, "o"), "k", 0), 1);
	assert_true(got_time(o, "at", &t));
	assert_int_equal(t.ms, ASKED_NOW_MS);
	json_decref(o);
}

TEST(test_got_nothing_at_all_says_nothing)
{
	char text[8];

	assert_string_equal(got_text(NULL, "k", text, sizeof text), "");
	assert_int_equal(got_number(NULL, "k", 4), 4);
	assert_int_equal(got_count(NULL), 0);
	assert_null(got_element(NULL, 0));
	assert_null(got_object(NULL, "k"));
}

TEST(test_got_numbers_beyond_reason_say_nothing)
{
	json_t *o = asked_json("{'a':9223372036854775807,'b':1e300,'c':-1e300,'d':1.9}");

	assert_int_equal(got_number(o, "a", 1), 1);
	assert_int_equal(got_number(o, "b", 2), 2);
	assert_int_equal(got_number(o, "c", 3), 3);
	assert_int_equal(got_number(o, "d", 4), 1);
	json_decref(o);
}

TEST(test_got_text_is_fit_to_be_shown)
{
	json_t *o;
	char text[32];

	o = json_loads("{\"t\":\"a\\u001b[2J\\n\\u202eb\"}", JSON_ALLOW_NUL, NULL);
	assert_string_equal(got_text(o, "t", text, sizeof text), "a?[2J??b");
	json_decref(o);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_got_wrong_types_say_nothing),
	cmocka_unit_test(test_got_right_types_are_taken),
	cmocka_unit_test(test_got_nothing_at_all_says_nothing),
	cmocka_unit_test(test_got_numbers_beyond_reason_say_nothing),
	cmocka_unit_test(test_got_text_is_fit_to_be_shown),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
