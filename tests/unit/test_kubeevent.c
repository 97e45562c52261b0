/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/kubeevent.h"

#include <string.h>

#include "base/must.h"
#include "daemon/alert.h"
#include "tests/unit/unit.h"

enum { BEGAN_MS = 1764000000, ENDED_MS = BEGAN_MS + 61007 };

static struct alert alert_with(const char *summary)
{
	static char subject[] = "esx04:902 10.1.7.14";

	return (struct alert){ .kind = ALERT_PORT_CLOSED,
			       .subject = subject,
			       .starts = { BEGAN_MS },
			       .labels = json_object(),
			       .annotations = json_pack("{ssss}", "summary", summary, "resolution",
							"it is open again") };
}

static void done(struct alert *a)
{
	json_decref(a->labels);
	json_decref(a->annotations);
}

static const char *text(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static const char *name_of(const json_t *event)
{
	return text(json_object_get(event, "metadata"), "name");
}

TEST(test_kubeevent_begins_and_ends)
{
	struct alert a = alert_with("esx04:902 is filtered");
	json_t *begin = kubeevent_new(&a, "n7");
	json_t *again, *end;

	assert_string_equal(text(begin, "note"), "node n7: esx04:902 is filtered");
	assert_string_equal(text(begin, "type"), "Warning");
	assert_string_equal(text(begin, "reason"), "PortClosed");
	assert_string_equal(text(begin, "eventTime"), "1970-01-21T10:00:00.000000Z");
	a.revision++;
	(void)json_object_set_new(a.annotations, "impact", json_string("migrations will fail"));
	again = kubeevent_new(&a, "n7");
	assert_string_equal(text(again, "note"),
			    "node n7: esx04:902 is filtered; migrations will fail");
	a.ends.ms = ENDED_MS;
	end = kubeevent_new(&a, "n7");
	assert_string_equal(text(end, "note"),
			    "node n7: over (it is open again): esx04:902 is filtered");
	assert_string_equal(text(end, "type"), "Normal");
	assert_string_equal(text(end, "eventTime"), "1970-01-21T10:01:01.007000Z");
	assert_string_equal(name_of(begin), name_of(again));
	assert_string_not_equal(name_of(begin), name_of(end));
	json_decref(begin);
	json_decref(again);
	json_decref(end);
	done(&a);
}

TEST(test_kubeevent_of_each_node_and_instance_is_another)
{
	struct alert a = alert_with("");
	json_t *list[3];

	list[0] = kubeevent_new(&a, "n7");
	list[1] = kubeevent_new(&a, "n8");
	a.starts.ms++;
	list[2] = kubeevent_new(&a, "n7");
	assert_string_not_equal(name_of(list[0]), name_of(list[1]));
	assert_string_not_equal(name_of(list[0]), name_of(list[2]));
	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		json_decref(list[i]);
	done(&a);
}

TEST(test_kubeevent_texts_are_no_longer_than_the_api_takes)
{
	char many[2000], node[200];
	struct alert a;
	json_t *event;

	memset(many, 'x', sizeof many);
	memset(node, 'n', sizeof node);
	many[sizeof many - 1] = node[sizeof node - 1] = '\0';
	a = alert_with(many);
	event = kubeevent_new(&a, node);
	assert_int_equal(strlen(text(event, "note")), 1024);
	assert_int_equal(strlen(text(event, "reportingInstance")), 128);
	json_decref(event);
	done(&a);
}

static bool regards(const char *provider, const char *expected)
{
	json_t *o = json_loads(provider, 0, NULL);
	json_t *event = json_pack("{s:{}}", "metadata");
	const char *namespace = NULL;
	struct err err;
	bool ok = kubeevent_regard(event, o, &namespace, &err);

	assert_non_null(o);
	if (ok)
		assert_string_equal(namespace, expected);
	json_decref(o);
	json_decref(event);
	return ok;
}

TEST(test_kubeevent_is_about_a_provider_with_a_name_and_a_namespace)
{
	assert_true(regards("{\"metadata\":{\"name\":\"vc\",\"namespace\":\"mtv\"}}", "mtv"));
	assert_false(regards("{}", ""));
	assert_false(regards("{\"metadata\":[]}", ""));
	assert_false(regards("{\"metadata\":{\"name\":\"vc\",\"namespace\":7}}", ""));
	assert_false(regards("{\"metadata\":{\"name\":\"\",\"namespace\":\"mtv\"}}", ""));
	assert_false(regards("{\"metadata\":{\"name\":\"vc\",\"namespace\":\"a/b\"}}", ""));
	assert_false(regards("{\"metadata\":{\"name\":\"vc\",\"namespace\":\"..\"}}", ""));
}

TEST(test_kubeevent_finds_the_only_one_of_a_name)
{
	json_t *list = json_loads("{\"items\":[{\"metadata\":{\"name\":\"a\"}},7,"
				  "{\"metadata\":{\"name\":\"b\"}},"
				  "{\"metadata\":{\"name\":\"b\"}}]}",
				  0, NULL);

	assert_ptr_equal(kubeevent_find(list, "a"),
			 json_array_get(json_object_get(list, "items"), 0));
	assert_null(kubeevent_find(list, "b"));
	assert_null(kubeevent_find(list, "c"));
	assert_null(kubeevent_find(NULL, "a"));
	assert_non_null(kubeevent_find(list, ""));
	json_decref(list);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_kubeevent_begins_and_ends),
	cmocka_unit_test(test_kubeevent_of_each_node_and_instance_is_another),
	cmocka_unit_test(test_kubeevent_texts_are_no_longer_than_the_api_takes),
	cmocka_unit_test(test_kubeevent_is_about_a_provider_with_a_name_and_a_namespace),
	cmocka_unit_test(test_kubeevent_finds_the_only_one_of_a_name),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
