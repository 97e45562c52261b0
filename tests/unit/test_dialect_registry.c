/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "probes/dialect.h"
#include "tests/unit/talks.h"
#include "tests/unit/unit.h"

#define DIGEST "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char manifest[] = "/v2/team/vddk/manifests/8.0";

static void begin_with(struct conversation *c, const char *image, bool plain)
{
	talks_begin(c, &(struct probe_spec){ .dialect = DIALECT_REGISTRY,
					     .host = "r.example",
					     .image = image,
					     .plain = plain });
}

static void begin(struct conversation *c)
{
	begin_with(c, "r.example/team/vddk:8.0", false);
	talks_assert_asks(c, "GET", "/v2/");
}

/* --- the image reference ------------------------------------------------- */

TEST(test_dialect_registry_bad_image_is_our_own_trouble)
{
	struct conversation c;

	begin_with(&c, "r.example/Team/VDDK", false);
	talks_assert_ends(&c, SERVICE_LOCAL, "is not an image reference");
	talks_done(&c);
}

TEST(test_dialect_registry_image_too_long_for_a_request_is_our_own_trouble)
{
	char image[LIMIT_REFERENCE_BYTES + 200] = "r.example/";
	size_t head = strlen(image);
	struct conversation c;

	/* Either refused as a reference or asked for in full: never cut. */
	for (size_t n = 400; n < LIMIT_REFERENCE_BYTES; n++) {
		memset(image + head, 'a', n);
		image[head + n] = '\0';
		begin_with(&c, image, false);
		assert_int_equal(c.next, TALK_ASK);
		talks_answer(&c, 200, "", "");
		assert_int_equal(c.next, TALK_ASK);
		assert_int_equal(strlen(c.talk.request.target),
				 strlen("/v2//manifests/latest") + n);
		talks_done(&c);
	}
}

/* --- the base ------------------------------------------------------------ */

TEST(test_dialect_registry_open_one_is_asked_for_the_manifest)
{
	struct conversation c;

	begin(&c);
	assert_null(c.talk.request.bearer);
	talks_answer(&c, 200, "", "{}");
	talks_assert_asks(&c, "HEAD", manifest);
	assert_null(c.talk.request.bearer);
	assert_false(c.talk.side_trip);
	assert_non_null(strstr(c.talk.request.accept, "application/vnd.oci.image.index.v1+json"));
	assert_non_null(strstr(c.talk.request.accept,
			       "application/vnd.docker.distribution.manifest.v2+json"));
	assert_string_equal(c.talk.facts->product, "OCI registry");
	talks_done(&c);
}

/* How the talk ends after the reply to /v2/. */
static void assert_base(unsigned status, const char *headers, enum service s, const char *words,
			enum image_state image, const char *product)
{
	struct conversation c;

	begin(&c);
	talks_answer(&c, status, headers, "");
	talks_assert_ends(&c, s, words);
	assert_int_equal(c.talk.facts->image, image);
	assert_string_equal(c.talk.facts->product, product);
	talks_done(&c);
}

TEST(test_dialect_registry_base_statuses_are_told_apart)
{
	assert_base(401, "", SERVICE_NEEDS_LOGIN, "it wants a user name and a password",
		    IMAGE_NEEDS_LOGIN, "OCI registry");
	assert_base(401, "WWW-Authenticate: Basic realm=\"x\"\r\n", SERVICE_NEEDS_LOGIN,
		    "user name", IMAGE_NEEDS_LOGIN, "OCI registry");
	assert_base(404, "", SERVICE_WRONG_PRODUCT, "it is not a registry (HTTP 404 to /v2/)",
		    IMAGE_UNTRIED, "");
	assert_base(404, "Docker-Distribution-Api-Version: registry/2.0\r\n", SERVICE_HTTP_STATUS,
		    "HTTP 404 to GET /v2/", IMAGE_UNTRIED, "OCI registry");
	assert_base(503, "", SERVICE_NOT_READY, "HTTP 503", IMAGE_UNTRIED, "OCI registry");
	assert_base(301, "Location: https://www.docker.com/\r\n", SERVICE_HTTP_STATUS,
		    "HTTP 301, sends to https://www.docker.com/", IMAGE_UNTRIED, "OCI registry");
}

/* --- the challenge ------------------------------------------------------- */

/* Answers /v2/ with a challenge behind "Bearer ". */
static void challenge(struct conversation *c, const char *params)
{
	char *headers = xasprintf("WWW-Authenticate: Bearer %s\r\n", params);

	begin(c);
	talks_answer(c, 401, headers, "");
	free(headers);
}

static void assert_token_server(const char *params, const char *host, const char *target)
{
	struct conversation c;

	challenge(&c, params);
	if (c.next != TALK_ASK)
		fail_msg("%s: %s", params, c.talk.facts->detail);
	talks_assert_asks(&c, "GET", target);
	assert_true(c.talk.side_trip);
	assert_true(c.talk.elsewhere.tls);
	assert_string_equal(c.talk.elsewhere.host, host);
	assert_null(c.talk.request.bearer);
	talks_done(&c);
}

#define SCOPE "scope=repository:team/vddk:pull"

TEST(test_dialect_registry_challenge_names_the_token_server)
{
	assert_token_server("realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\"",
			    "auth.docker.io", "/token?service=registry.docker.io&" SCOPE);
	assert_token_server("realm=\"https://a.example\"", "a.example", "/?" SCOPE);
	assert_token_server("service=\"s\",realm=\"https://a.example/t?x=y\"", "a.example",
			    "/t?x=y&service=s&" SCOPE);
}

TEST(test_dialect_registry_challenge_odd_quoting_is_read)
{
	static const char *const odd[] = {
		"realm=https://a/t",
		"REALM=\"https://a/t\"",
		"  realm=\"https://a/t\"  ",
		",,realm=\"https://a/t\",,",
		"scope=\"repository:x:pull,push\",realm=\"https://a/t\"",
		"x=\"realm=no, realm=\\\"https://no/\\\"\", realm=\"https://a/t\"",
		"error=\"invalid_token\" , realm=\"https://a/t\"",
		"realm=\"https:\\/\\/a/t\"",
		"realm=\"https://a/t\",realm=\"https://b/t\"",
		"xrealm=\"https://no/\",realmx=\"https://no/\",realm=\"https://a/t\"",
		"flag,realm=\"https://a/t\"",
		"flag realm=no, realm=https://a/t",
		"=x,==,realm=\"https://a/t\"",
	};

	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		assert_token_server(odd[i], "a", "/t?" SCOPE);
}

/* RFC 9110, 11.2: auth-param = token BWS "=" BWS ( token / quoted-string ) */
TEST(test_dialect_registry_challenge_blanks_around_the_sign_are_read)
{
	assert_token_server("realm = \"https://a/t\"", "a", "/t?" SCOPE);
	assert_token_server("service =\"s\", realm= \"https://a/t\"", "a", "/t?service=s&" SCOPE);
}

TEST(test_dialect_registry_challenge_service_is_percent_encoded)
{
	assert_token_server("realm=\"https://a/t\",service=\"a b&c=d/\xc3\xbc\"", "a",
			    "/t?service=a%20b%26c%3Dd%2F%C3%BC&" SCOPE);
}

TEST(test_dialect_registry_challenge_without_usable_server_is_told)
{
	static const char *const bad[] = {
		"",
		"realm",
		"realm=",
		"realm=\"\"",
		"realm=\"https://a/t",
		"realm=\"/token\"",
		"realm=\"ftp://a/t\"",
		"realm=\"http://a.example/t\"",
		"realm=\"https://user@a/t\"",
		"realm=\"https://a/t x\"",
		"service=\"s\"",
		"service=\"realm=https://a/\"",
		"service=\"never closed, realm=https://a/",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct conversation c;

		challenge(&c, bad[i]);
		if (c.next != TALK_ENDED)
			fail_msg("%s is taken", bad[i]);
		talks_assert_ends(&c, SERVICE_TOKEN_FAILED,
				  "it names no usable token server in its challenge");
		talks_done(&c);
	}
}

TEST(test_dialect_registry_challenge_plain_server_is_for_plain_registries)
{
	struct conversation c;

	begin_with(&c, "r.example/team/vddk:8.0", true);
	talks_answer(&c, 401, "WWW-Authenticate: bearer realm=\"http://a:81/t\"\r\n", "");
	talks_assert_asks(&c, "GET", "/t?" SCOPE);
	assert_false(c.talk.elsewhere.tls);
	assert_int_equal(c.talk.elsewhere.port, 81);
	talks_done(&c);
}

TEST(test_dialect_registry_challenge_server_address_too_long_is_told)
{
	char params[LIMIT_HTTP_FIELD_BYTES];
	size_t head = strlen("realm=\"https://a/");
	struct conversation c;

	memset(params, 'x', sizeof params);
	memcpy(params, "realm=\"https://a/", head);
	memcpy(params + head + 995, "\"", sizeof "\"");
	challenge(&c, params);
	talks_assert_ends(&c, SERVICE_TOKEN_FAILED, "its token server's address is too long");
	assert_false(c.talk.side_trip);
	talks_done(&c);
}

/* --- the token ----------------------------------------------------------- */

static void begin_token(struct conversation *c)
{
	challenge(c, "realm=\"https://a.example/t\",service=\"s\"");
	assert_true(c->talk.side_trip);
}

TEST(test_dialect_registry_token_of_either_name_is_taken)
{
	static const struct {
		const char *body, *token;
	} cases[] = {
		{ "{\"token\": \"abc.def-1\", \"expires_in\": 300}", "abc.def-1" },
		{ "{\"access_token\": \"xyz\"}", "xyz" },
		{ "{\"access_token\": \"xyz\", \"token\": \"abc\"}", "abc" },
		{ "{\"token\": null, \"access_token\": \"xyz\"}", "xyz" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct conversation c;

		begin_token(&c);
		talks_answer(&c, 200, "", cases[i].body);
		talks_assert_asks(&c, "HEAD", manifest);
		assert_string_equal(c.talk.request.bearer, cases[i].token);
		assert_false(c.talk.side_trip);
		talks_done(&c);
	}
}

TEST(test_dialect_registry_token_that_is_none_is_told)
{
	static const char *const bodies[] = {
		"",
		"{}",
		"[]",
		"\"abc\"",
		"{\"token\": 7}",
		"{\"token\": \"\"}",
		"{\"token\": \"a b\"}",
		"{\"token\": \"a\\r\\nX: y\"}",
		"{\"token\": \"\\u00fc\"}",
		"{\"token\": \"a\\u0000b\"}",
		"{\"token\": \"abc\"",
		"<html></html>",
	};

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
		struct conversation c;

		begin_token(&c);
		talks_answer(&c, 200, "", bodies[i]);
		talks_assert_ends(&c, SERVICE_TOKEN_FAILED, "its token server answers HTTP 200");
		assert_null(c.talk.token);
		talks_done(&c);
	}
}

TEST(test_dialect_registry_token_length_ends_at_16_kib)
{
	for (size_t n = 16383; n <= 16386; n++) {
		char *body = xcalloc(1, n + 32);
		struct conversation c;

		memcpy(body, "{\"token\":\"", 10);
		memset(body + 10, 'a', n);
		memcpy(body + 10 + n, "\"}", 2);
		begin_token(&c);
		talks_answer(&c, 200, "", body);
		assert_int_equal(c.next, n <= 16384 ? TALK_ASK : TALK_ENDED);
		talks_done(&c);
		free(body);
	}
}

TEST(test_dialect_registry_token_server_statuses_are_told_apart)
{
	static const struct {
		unsigned status;
		enum service service;
		const char *words;
		enum image_state image;
	} cases[] = {
		{ 401, SERVICE_NEEDS_LOGIN, "its token server gives none without a login",
		  IMAGE_NEEDS_LOGIN },
		{ 403, SERVICE_NEEDS_LOGIN, "without a login", IMAGE_NEEDS_LOGIN },
		{ 404, SERVICE_TOKEN_FAILED, "its token server answers HTTP 404", IMAGE_UNTRIED },
		{ 500, SERVICE_TOKEN_FAILED, "its token server answers HTTP 500", IMAGE_UNTRIED },
		{ 302, SERVICE_TOKEN_FAILED, "its token server answers HTTP 302", IMAGE_UNTRIED },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct conversation c;

		begin_token(&c);
		talks_answer(&c, cases[i].status, "", "{\"token\": \"abc\"}");
		talks_assert_ends(&c, cases[i].service, cases[i].words);
		assert_int_equal(c.talk.facts->image, cases[i].image);
		talks_done(&c);
	}
}

/* --- the manifest -------------------------------------------------------- */

static void assert_manifest(bool with_token, unsigned status, const char *headers, enum service s,
			    const char *words, enum image_state image)
{
	struct conversation c;

	if (with_token) {
		begin_token(&c);
		talks_answer(&c, 200, "", "{\"token\": \"abc\"}");
	} else {
		begin(&c);
		talks_answer(&c, 200, "", "");
	}
	talks_answer(&c, status, headers, "");
	talks_assert_ends(&c, s, words);
	assert_int_equal(c.talk.facts->image, image);
	assert_string_equal(c.talk.facts->digest, status == 200 ? DIGEST : "");
	talks_done(&c);
}

TEST(test_dialect_registry_manifest_statuses_are_told_apart)
{
	static const char digest[] = "Docker-Content-Digest: " DIGEST "\r\n";

	for (int token = 0; token <= 1; token++) {
		assert_manifest(token, 200, digest, SERVICE_SERVING, "", IMAGE_PRESENT);
		assert_manifest(token, 404, digest, SERVICE_IMAGE_ABSENT, "no team/vddk:8.0 there",
				IMAGE_ABSENT);
		assert_manifest(token, 401,
				token ? "WWW-Authenticate: Bearer realm=\"https://a/\"\r\n"
				      : "WWW-Authenticate: Basic realm=\"a\"\r\n",
				SERVICE_NEEDS_LOGIN, "HTTP 401 for the manifest",
				IMAGE_NEEDS_LOGIN);
		assert_manifest(token, 403, "", SERVICE_NEEDS_LOGIN, "HTTP 403 for the manifest",
				IMAGE_NEEDS_LOGIN);
		assert_manifest(token, 429, "", SERVICE_HTTP_STATUS, "HTTP 429 to HEAD /v2/team",
				IMAGE_UNTRIED);
		assert_manifest(token, 503, "", SERVICE_NOT_READY, "HTTP 503", IMAGE_UNTRIED);
	}
}

TEST(test_dialect_registry_challenge_for_the_manifest_alone_is_followed)
{
	struct conversation c;

	begin_with(&c, "r.example/vddk:8.0", false);
	talks_answer(&c, 200, "", "");
	talks_assert_asks(&c, "HEAD", "/v2/vddk/manifests/8.0");
	talks_answer(&c, 401, "WWW-Authenticate: Bearer realm=\"https://a/t\"\r\n", "");
	talks_assert_asks(&c, "GET", "/t?scope=repository:vddk:pull");
	assert_true(c.talk.side_trip);
	talks_answer(&c, 200, "", "{\"token\": \"x\"}");
	talks_assert_asks(&c, "HEAD", "/v2/vddk/manifests/8.0");
	assert_false(c.talk.side_trip);
	talks_answer(&c, 200, "", "");
	talks_assert_ends(&c, SERVICE_SERVING, "");
	talks_done(&c);
}

TEST(test_dialect_registry_manifest_is_asked_for_by_digest)
{
	struct conversation c;

	begin_with(&c, "r.example/vddk:8.0@" DIGEST, false);
	talks_answer(&c, 200, "", "");
	talks_assert_asks(&c, "HEAD", "/v2/vddk/manifests/" DIGEST);
	talks_answer(&c, 200, "", "");
	talks_assert_ends(&c, SERVICE_SERVING, "");
	assert_string_equal(c.talk.facts->digest, "");
	talks_done(&c);
}

TEST(test_dialect_registry_longest_talk_stays_within_the_limit)
{
	struct conversation c;

	begin_token(&c);
	talks_answer(&c, 200, "", "{\"token\": \"abc\"}");
	talks_answer(&c, 200, "", "");
	assert_int_equal(c.next, TALK_ENDED);
	assert_int_equal(c.talk.step, 3);
	assert_true(c.talk.step < LIMIT_EXCHANGES);
	talks_done(&c);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_dialect_registry_bad_image_is_our_own_trouble),
	cmocka_unit_test(test_dialect_registry_image_too_long_for_a_request_is_our_own_trouble),
	cmocka_unit_test(test_dialect_registry_open_one_is_asked_for_the_manifest),
	cmocka_unit_test(test_dialect_registry_base_statuses_are_told_apart),
	cmocka_unit_test(test_dialect_registry_challenge_names_the_token_server),
	cmocka_unit_test(test_dialect_registry_challenge_odd_quoting_is_read),
	cmocka_unit_test(test_dialect_registry_challenge_blanks_around_the_sign_are_read),
	cmocka_unit_test(test_dialect_registry_challenge_service_is_percent_encoded),
	cmocka_unit_test(test_dialect_registry_challenge_without_usable_server_is_told),
	cmocka_unit_test(test_dialect_registry_challenge_plain_server_is_for_plain_registries),
	cmocka_unit_test(test_dialect_registry_challenge_server_address_too_long_is_told),
	cmocka_unit_test(test_dialect_registry_token_of_either_name_is_taken),
	cmocka_unit_test(test_dialect_registry_token_that_is_none_is_told),
	cmocka_unit_test(test_dialect_registry_token_length_ends_at_16_kib),
	cmocka_unit_test(test_dialect_registry_token_server_statuses_are_told_apart),
	cmocka_unit_test(test_dialect_registry_manifest_statuses_are_told_apart),
	cmocka_unit_test(test_dialect_registry_challenge_for_the_manifest_alone_is_followed),
	cmocka_unit_test(test_dialect_registry_manifest_is_asked_for_by_digest),
	cmocka_unit_test(test_dialect_registry_longest_talk_stays_within_the_limit),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
