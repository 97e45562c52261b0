/* SPDX-License-Identifier: Apache-2.0 */
/* test_sinkconf.c: what the places of a sink are called. */
#include "daemon/sinkconf.h"

#include <stdlib.h>

#include "base/must.h"
#include "tests/unit/unit.h"

static void assert_place(const struct conf_sink *s, size_t url, const char *expected)
{
	char *name = sinkconf_place(s, url);

	assert_string_equal(name, expected);
	free(name);
}

TEST(test_sinkconf_place_of_one_is_the_sink)
{
	const char *url = "https://hooks.example.com/secret";
	struct conf_sink hook = { .name = "a", .type = SINK_WEBHOOK, .urls = &url, .url_count = 1 };
	struct conf_sink journal = { .name = "b", .type = SINK_JOURNAL };

	assert_place(&hook, 0, "a");
	assert_place(&journal, 0, "b");
}

TEST(test_sinkconf_places_are_called_by_host_alone)
{
	const char *urls[] = { "https://hooks.example.com/secret/1", "http://[::1]:8080?a=secret",
			       "https://hooks.example.com/secret/2",
			       "https://hooks.example.com:444", "https://hooks.example.com" };
	struct conf_sink s = {
		.name = "a", .type = SINK_WEBHOOK, .urls = urls, .url_count = ARRAY_LEN(urls)
	};

	assert_place(&s, 0, "a https://hooks.example.com");
	assert_place(&s, 1, "a http://[::1]:8080");
	assert_place(&s, 2, "a https://hooks.example.com (2)");
	assert_place(&s, 3, "a https://hooks.example.com:444");
	assert_place(&s, 4, "a https://hooks.example.com (3)");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_sinkconf_place_of_one_is_the_sink),
	cmocka_unit_test(test_sinkconf_places_are_called_by_host_alone),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
