/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/promreply.h"

#include <string.h>

#include "base/err.h"
#include "tests/unit/unit.h"

static void assert_refused(long http, const char *text, const char *why)
{
	struct promreply r = { 0 };
	struct err err = { 0 };

	if (promreply_read(http, text, strlen(text), &r, &err))
		fail_msg("%s is taken", text);
	assert_string_equal(err.text, why);
	assert_null(r.samples);
}

static struct promreply taken(const char *text)
{
	struct promreply r;
	struct err err;

	if (!promreply_read(200, text, strlen(text), &r, &err))
		fail_msg("%s is refused: %s", text, err.text);
	return r;
}

#define VECTOR(samples)                                                                            \
	"{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" samples "]}}"

TEST(test_promreply_vector_is_taken)
{
	struct promreply r = taken(VECTOR("{\"metric\":{\"node\":\"n1\",\"odd\":7},"
					  "\"value\":[1795615200.25,\"1.5\"]}"));
	const json_t *sample = json_array_get(r.samples, 0);
	struct wall time = { 0 };
	double value = 0;

	assert_int_equal(json_array_size(r.samples), 1);
	assert_string_equal(promreply_label(sample, "node"), "n1");
	assert_string_equal(promreply_label(sample, "odd"), "");
	assert_string_equal(promreply_label(sample, "pod"), "");
	assert_true(promreply_value(sample, &value));
	assert_true(value > 1.4 && value < 1.6);
	assert_true(promreply_time(sample, &time));
	assert_int_equal(time.ms, INT64_C(1795615200250));
	assert_string_equal(r.warning, "");
	promreply_done(&r);
	r = taken(VECTOR(""));
	assert_int_equal(json_array_size(r.samples), 0);
	promreply_done(&r);
}

TEST(test_promreply_values_that_are_none_are_not_taken)
{
	static const char *const samples[] = {
		"{}",
		"7",
		"{\"metric\":{}}",
		"{\"metric\":{},\"value\":[]}",
		"{\"metric\":{},\"value\":[\"1\",2]}",
		"{\"metric\":{},\"value\":[-1,\"NaN\"]}",
		"{\"metric\":{},\"value\":[0,\"+Inf\"]}",
		"{\"metric\":{},\"value\":[1e300,\"1x\"]}",
		"{\"metric\":[],\"value\":{\"a\":1}}",
	};

	for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
		json_t *sample = json_loads(samples[i], JSON_DECODE_ANY, NULL);
		struct wall time;
		double value;

		assert_non_null(sample);
		assert_false(promreply_value(sample, &value));
		assert_false(promreply_time(sample, &time));
		assert_string_equal(promreply_label(sample, "node"), "");
		json_decref(sample);
	}
}

TEST(test_promreply_warning_is_taken)
{
	struct promreply r = taken("{\"status\":\"success\",\"warnings\":[\"no store\\n\",\"b\"],"
				   "\"data\":{\"resultType\":\"vector\",\"result\":[]}}");

	assert_string_equal(r.warning, "no store?");
	promreply_done(&r);
}

TEST(test_promreply_refusals_say_what_to_do)
{
	assert_refused(401, "<html>", "it wants to know who asks (401): --token-file FILE");
	assert_refused(403, "Forbidden",
		       "whoever asks may not (403); is it the right --token-file?");
	assert_refused(302, "",
		       "it sends elsewhere (302), as to a login: is --token-file missing, or is it "
		       "another URL?");
	assert_refused(404, "not found",
		       "what answers is not Prometheus (404): the URL is that behind which "
		       "/api/v1/query stands");
	assert_refused(503, "", "it, or a proxy before it, is out of order (503)");
	assert_refused(422,
		       "{\"status\":\"error\",\"errorType\":\"execution\",\"error\":\"too many\"}",
		       "it does not answer the query: execution: too many");
	assert_refused(503, "{\"status\":\"error\",\"error\":\"TSDB not ready\"}",
		       "it does not answer the query: TSDB not ready");
}

TEST(test_promreply_of_something_else_is_told)
{
	static const char why[] = "what answers is not Prometheus, or broken (200)";

	assert_refused(200, "", why);
	assert_refused(200, "<html></html>", why);
	assert_refused(200, "[]", why);
	assert_refused(200, "{\"status\":\"success\"}", why);
	assert_refused(200, VECTOR("1") "x", why);
	assert_refused(
		200, "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}",
		why);
	assert_refused(
		200, "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":{}}}",
		why);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_promreply_vector_is_taken),
	cmocka_unit_test(test_promreply_values_that_are_none_are_not_taken),
	cmocka_unit_test(test_promreply_warning_is_taken),
	cmocka_unit_test(test_promreply_refusals_say_what_to_do),
	cmocka_unit_test(test_promreply_of_something_else_is_told),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
