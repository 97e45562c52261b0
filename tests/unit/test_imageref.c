/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/imageref.h"

#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "tests/unit/unit.h"

#define HEX64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

struct want {
	const char *text;
	const char *host;
	uint16_t port;
	const char *repository;
	const char *reference;
};

static void assert_split(const struct want *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct want *w = &cases[i];
		struct imageref r;
		struct err e = { 0 };

		if (!imageref_parse(w->text, &r, &e))
			fail_msg("%s", e.text);
		assert_string_equal(r.host, w->host);
		assert_int_equal(r.port, w->port);
		assert_string_equal(r.repository, w->repository);
		assert_string_equal(r.reference, w->reference);
	}
}

static void assert_refused(const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct imageref r = { .port = 77 };
		struct err e = { 0 };

		if (imageref_parse(texts[i], &r, &e))
			fail_msg("%s is taken", texts[i]);
		assert_int_equal(r.port, 77);
		assert_non_null(strstr(e.text, "is not an image reference"));
	}
}

TEST(test_imageref_with_a_host_is_split)
{
	static const struct want cases[] = {
		{ "registry.example.com/vddk", "registry.example.com", 0, "vddk", "latest" },
		{ "registry.example.com:5000/team/vddk:8.0", "registry.example.com", 5000,
		  "team/vddk", "8.0" },
		{ "localhost/vddk:1", "localhost", 0, "vddk", "1" },
		{ "localhost:5000/a/b/c", "localhost", 5000, "a/b/c", "latest" },
		{ "10.0.0.1/vddk", "10.0.0.1", 0, "vddk", "latest" },
		{ "[fd00::1]:5000/vddk:8", "fd00::1", 5000, "vddk", "8" },
		{ "registry/vddk@sha256:" HEX64, "registry-1.docker.io", 0, "registry/vddk",
		  "sha256:" HEX64 },
		{ "r.example/vddk:8.0@sha256:" HEX64, "r.example", 0, "vddk", "sha256:" HEX64 },
		{ "REGISTRY.example/vddk", "REGISTRY.example", 0, "vddk", "latest" },
	};

	assert_split(cases, ARRAY_LEN(cases));
}

TEST(test_imageref_without_a_host_is_the_hubs)
{
	static const struct want cases[] = {
		{ "vddk", "registry-1.docker.io", 0, "library/vddk", "latest" },
		{ "vddk:8", "registry-1.docker.io", 0, "library/vddk", "8" },
		{ "team/vddk", "registry-1.docker.io", 0, "team/vddk", "latest" },
		{ "host:5000", "registry-1.docker.io", 0, "library/host", "5000" },
	};

	assert_split(cases, ARRAY_LEN(cases));
}

/* The container tools ask registry-1.docker.io for the images of docker.io. */
TEST(test_imageref_hubs_other_names_are_the_hubs)
{
	static const struct want cases[] = {
		{ "docker.io/library/vddk", "registry-1.docker.io", 0, "library/vddk", "latest" },
		{ "docker.io/vddk:8", "registry-1.docker.io", 0, "library/vddk", "8" },
		{ "docker.io/team/vddk", "registry-1.docker.io", 0, "team/vddk", "latest" },
		{ "index.docker.io/team/vddk", "registry-1.docker.io", 0, "team/vddk", "latest" },
	};

	assert_split(cases, ARRAY_LEN(cases));
}

TEST(test_imageref_separators_of_the_grammar_are_taken)
{
	static const struct want cases[] = {
		{ "r.example/a.b", "r.example", 0, "a.b", "latest" },
		{ "r.example/a_b", "r.example", 0, "a_b", "latest" },
		{ "r.example/a__b", "r.example", 0, "a__b", "latest" },
		{ "r.example/a-b", "r.example", 0, "a-b", "latest" },
		{ "r.example/a---b", "r.example", 0, "a---b", "latest" },
		{ "r.example/1/2:_x.Y-z", "r.example", 0, "1/2", "_x.Y-z" },
	};

	assert_split(cases, ARRAY_LEN(cases));
}

TEST(test_imageref_names_outside_of_the_grammar_are_refused)
{
	static const char *const bad[] = {
		"",
		"/",
		"r.example/",
		"r.example/Vddk",
		"r.example//vddk",
		"r.example/a//b",
		"r.example/a/",
		"r.example/-a",
		"r.example/a-",
		"r.example/.a",
		"r.example/a.",
		"r.example/a..b",
		"r.example/a/_b",
		"r.example/a_/b",
		"r.example/a b",
		"r.example/a%2fb",
		"r.example/a?b",
		"r.example/../etc",
		"r.example/a/../b",
		"r.example/b\xc3\xbc",
		"https://r.example/vddk",
		"r.example/a\r\nb",
		"Vddk",
	};

	assert_refused(bad, ARRAY_LEN(bad));
}

/* OCI distribution specification, "Pulling manifests": [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)* */
TEST(test_imageref_mixed_separators_are_refused)
{
	static const char *const bad[] = { "r.example/a___b", "r.example/a._b", "r.example/a.-b",
					   "r.example/a_-b", "r.example/a-_b" };

	assert_refused(bad, ARRAY_LEN(bad));
}

TEST(test_imageref_bad_hosts_tags_and_digests_are_refused)
{
	static const char *const bad[] = {
		"r_.example:0/vddk",
		"r.example:65536/vddk",
		"r.example:/vddk",
		":5000/vddk",
		".example/vddk",
		"r..example/vddk",
		"[fd00::1/vddk",
		"1.2.3/vddk",
		"r.example/vddk:",
		"r.example/vddk:.8",
		"r.example/vddk:-8",
		"r.example/vddk:8/0",
		"r.example/vddk:8:0",
		"r.example/vddk:8 0",
		"r.example/vddk@",
		"r.example/vddk@sha256:",
		"r.example/vddk@sha512:" HEX64 HEX64,
		"r.example/vddk@sha256:" HEX64 "0",
		"r.example/vddk@sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef"
		"0123456789abcdef",
		"r.example/vddk:@sha256:" HEX64,
		"r.example/@sha256:" HEX64,
	};

	assert_refused(bad, ARRAY_LEN(bad));
}

TEST(test_imageref_tag_length_ends_at_128)
{
	char text[200] = "r.example/vddk:";
	size_t head = strlen(text);
	struct imageref r;
	struct err e;

	memset(text + head, 'a', 129);
	text[head + 128] = '\0';
	assert_true(imageref_parse(text, &r, &e));
	assert_int_equal(strlen(r.reference), 128);
	text[head + 128] = 'a';
	assert_false(imageref_parse(text, &r, &e));
}

TEST(test_imageref_name_too_long_is_refused)
{
	char text[2 * LIMIT_REFERENCE_BYTES];
	struct imageref r;
	struct err e;

	for (size_t len = LIMIT_REFERENCE_BYTES - 12; len < sizeof text; len++) {
		memset(text, 'a', len);
		text[len] = '\0';
		if (imageref_parse(text, &r, &e))
			assert_int_equal(strlen(r.repository), len + strlen("library/"));
		else
			assert_true(len + sizeof "library/" > LIMIT_REFERENCE_BYTES - 1);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_imageref_with_a_host_is_split),
	cmocka_unit_test(test_imageref_without_a_host_is_the_hubs),
	cmocka_unit_test(test_imageref_hubs_other_names_are_the_hubs),
	cmocka_unit_test(test_imageref_separators_of_the_grammar_are_taken),
	cmocka_unit_test(test_imageref_names_outside_of_the_grammar_are_refused),
	cmocka_unit_test(test_imageref_mixed_separators_are_refused),
	cmocka_unit_test(test_imageref_bad_hosts_tags_and_digests_are_refused),
	cmocka_unit_test(test_imageref_tag_length_ends_at_128),
	cmocka_unit_test(test_imageref_name_too_long_is_refused),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
