/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "probes/dialect.h"
#include "tests/unit/made.h"
#include "tests/unit/talks.h"
#include "tests/unit/unit.h"

static const char health[] = "/ovirt-engine/services/health";
static const char ca_path[] =
	"/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA";
static const char healthy[] = "DB Up!Welcome to Health Status!";

static void begin(struct conversation *c, enum dialect d)
{
	talks_begin(c, &(struct probe_spec){ .dialect = d, .host = "engine.example" });
}

/* --- the engine ---------------------------------------------------------- */

static void assert_health(unsigned status, const char *body, enum service s, const char *words)
{
	struct conversation c;

	begin(&c, DIALECT_OVIRT_ENGINE);
	talks_assert_asks(&c, "GET", health);
	talks_answer(&c, status, "", body);
	talks_assert_ends(&c, s, words);
	talks_done(&c);
}

TEST(test_dialect_engine_health_page_tells_readiness)
{
	assert_health(500, "DB Down!", SERVICE_NOT_READY, "HTTP 500: DB Down!");
	assert_health(503, "", SERVICE_NOT_READY, "HTTP 503: ");
	assert_health(404, "", SERVICE_WRONG_PRODUCT, "it has no oVirt engine (HTTP 404)");
	assert_health(302, "", SERVICE_HTTP_STATUS, "HTTP 302 to GET /ovirt-engine");
	assert_health(200, "<html>", SERVICE_WRONG_PRODUCT, "its health page is not an engine's");
}

struct engine {
	struct digests *digests;
	struct made ca, leaf;
	struct cert *ca_facts;
	char *ca_pem;
	STACK_OF(X509) * chain;
};

static void engine_init(struct engine *e)
{
	*e = (struct engine){ 0 };
	e->digests = digests_new();
	MUST(e->digests != NULL);
	e->ca = made_new(&(struct plan){ .name = "engine CA", .ca = true });
	e->leaf = made_new(
		&(struct plan){ .name = "l", .san = "DNS:engine.example", .issuer = &e->ca });
	e->ca_facts = cert_of(e->ca.x, e->digests);
	e->ca_pem = cert_pem(e->ca_facts);
}

static void engine_done(struct engine *e)
{
	chain_free(e->chain);
	free(e->ca_pem);
	cert_free(e->ca_facts);
	made_free(&e->leaf);
	made_free(&e->ca);
	digests_free(e->digests);
}

/* Up to the question for the CA certificate. */
static void begin_healthy(struct conversation *c, const struct engine *e)
{
	begin(c, DIALECT_OVIRT_ENGINE);
	c->talk.digests = e->digests;
	c->talk.facts->cert = cert_of(e->leaf.x, e->digests);
	talks_answer(c, 200, "", healthy);
	assert_string_equal(c->talk.facts->product, "oVirt Engine");
	talks_assert_asks(c, "GET", ca_path);
}

TEST(test_dialect_engine_offered_ca_verifies_its_own_chain)
{
	struct engine e;
	struct conversation c;

	engine_init(&e);
	begin_healthy(&c, &e);
	talks_answer(&c, 200, "", e.ca_pem);
	talks_assert_ends(&c, SERVICE_SERVING, "");
	assert_true(c.talk.facts->ca_verifies);
	assert_memory_equal(c.talk.facts->ca->sha256, e.ca_facts->sha256, SHA256_BYTES);
	talks_done(&c);
	engine_done(&e);
}

TEST(test_dialect_engine_other_ca_does_not_verify_but_serves)
{
	struct engine e;
	struct engine other;
	struct conversation c;

	engine_init(&e);
	engine_init(&other);
	begin_healthy(&c, &e);
	talks_answer(&c, 200, "", other.ca_pem);
	talks_assert_ends(&c, SERVICE_SERVING, "");
	assert_false(c.talk.facts->ca_verifies);
	assert_non_null(c.talk.facts->ca);
	talks_done(&c);
	engine_done(&other);
	engine_done(&e);
}

TEST(test_dialect_engine_without_a_certificate_keeps_the_ca)
{
	struct engine e;
	struct conversation c;

	engine_init(&e);
	begin_healthy(&c, &e);
	cert_free(c.talk.facts->cert);
	c.talk.facts->cert = NULL;
	talks_answer(&c, 200, "", e.ca_pem);
	talks_assert_ends(&c, SERVICE_SERVING, "");
	assert_false(c.talk.facts->ca_verifies);
	assert_non_null(c.talk.facts->ca);
	talks_done(&c);
	engine_done(&e);
}

TEST(test_dialect_engine_offer_that_is_no_certificate_is_told)
{
	struct engine e;
	struct conversation c;

	engine_init(&e);
	begin_healthy(&c, &e);
	talks_answer(&c, 200, "", "<html>not here</html>");
	talks_assert_ends(&c, SERVICE_WRONG_PRODUCT,
			  "what it offers as its CA certificate is none");
	talks_done(&c);
	begin_healthy(&c, &e);
	talks_answer(&c, 404, "", "");
	talks_assert_ends(&c, SERVICE_HTTP_STATUS, "HTTP 404 to GET /ovirt-engine");
	talks_done(&c);
	engine_done(&e);
}

/* --- the image daemon ---------------------------------------------------- */

static const char imageio[] = "Server: imageio/2.4.6\r\n";

TEST(test_dialect_imageio_features_are_kept)
{
	struct conversation c;

	begin(&c, DIALECT_IMAGEIO);
	talks_assert_asks(&c, "OPTIONS", "/images/*");
	talks_answer(&c, 200, imageio,
		     "{\"features\": [\"checksum\", \"extents\", 7, \"flush\", \"zero\"]}");
	talks_assert_ends(&c, SERVICE_SERVING, "");
	assert_string_equal(c.talk.facts->product, "ovirt-imageio");
	assert_string_equal(c.talk.facts->version, "2.4.6");
	assert_string_equal(c.talk.facts->features, "checksum extents flush zero");
	talks_done(&c);
}

TEST(test_dialect_imageio_without_a_body_serves)
{
	struct conversation c;

	begin(&c, DIALECT_IMAGEIO);
	talks_answer(&c, 204, imageio, "");
	talks_assert_ends(&c, SERVICE_SERVING, "");
	assert_string_equal(c.talk.facts->features, "");
	talks_done(&c);
}

TEST(test_dialect_imageio_features_too_many_are_cut_between_words)
{
	char body[4096] = "{\"features\": [\"f\"";
	struct conversation c;

	for (int i = 0; i < 60; i++)
		memcpy(body + strlen(body), ", \"feature-\"", sizeof ", \"feature-\"");
	memcpy(body + strlen(body), "]}", sizeof "]}");
	begin(&c, DIALECT_IMAGEIO);
	talks_answer(&c, 200, imageio, body);
	talks_assert_ends(&c, SERVICE_SERVING, "");
	assert_true(strlen(c.talk.facts->features) > LIMIT_FACT_BYTES - 20);
	assert_int_equal(c.talk.facts->features[strlen(c.talk.facts->features) - 1], '-');
	talks_done(&c);
}

/* How the talk ends when OPTIONS did not tell, after the reply to /info/. */
static void assert_info(unsigned status, const char *headers, const char *body, enum service s,
			const char *words)
{
	struct conversation c;

	begin(&c, DIALECT_IMAGEIO);
	talks_answer(&c, 405, "", "");
	talks_assert_asks(&c, "GET", "/info/");
	talks_answer(&c, status, headers, body);
	talks_assert_ends(&c, s, words);
	talks_done(&c);
}

TEST(test_dialect_imageio_older_ones_are_known_by_their_info)
{
	struct conversation c;

	begin(&c, DIALECT_IMAGEIO);
	talks_answer(&c, 404, "", "");
	talks_answer(&c, 200, "", "{\"version\": \"1.5.3\"}");
	talks_assert_ends(&c, SERVICE_SERVING, "");
	assert_string_equal(c.talk.facts->product, "ovirt-imageio");
	assert_string_equal(c.talk.facts->version, "1.5.3");
	talks_done(&c);
	assert_info(200, imageio, "not json", SERVICE_SERVING, "");
}

TEST(test_dialect_imageio_in_trouble_is_told_apart_from_others)
{
	assert_info(404, imageio, "", SERVICE_HTTP_STATUS, "HTTP 404 to GET /info/");
	assert_info(503, "", "", SERVICE_NOT_READY, "HTTP 503 to GET /info/");
	assert_info(500, "", "", SERVICE_HTTP_STATUS, "HTTP 500 to GET /info/");
	assert_info(404, "Server: nginx\r\n", "", SERVICE_WRONG_PRODUCT,
		    "it is not ovirt-imageio (HTTP 404, server \"nginx\")");
	assert_info(200, "", "{}", SERVICE_WRONG_PRODUCT, "it is not ovirt-imageio (HTTP 200");
	assert_info(200, "", "{\"version\": 7}", SERVICE_WRONG_PRODUCT, "HTTP 200");
	assert_info(200, "Server: imageio2/1\r\n", "x", SERVICE_WRONG_PRODUCT, "imageio2/1");
}

TEST(test_dialect_imageio_odd_options_lead_to_the_info)
{
	static const struct {
		unsigned status;
		const char *headers, *body;
	} cases[] = {
		{ 200, "", "{\"features\": []}" },         /* no Server header */
		{ 200, imageio, "{\"features\": \"x\"}" }, /* no list */
		{ 200, imageio, "[]" },
		{ 200, imageio, "{" },
		{ 200, imageio, "" },
		{ 405, imageio, "{\"features\": []}" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct conversation c;

		begin(&c, DIALECT_IMAGEIO);
		talks_answer(&c, cases[i].status, cases[i].headers, cases[i].body);
		talks_assert_asks(&c, "GET", "/info/");
		talks_done(&c);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_dialect_engine_health_page_tells_readiness),
	cmocka_unit_test(test_dialect_engine_offered_ca_verifies_its_own_chain),
	cmocka_unit_test(test_dialect_engine_other_ca_does_not_verify_but_serves),
	cmocka_unit_test(test_dialect_engine_without_a_certificate_keeps_the_ca),
	cmocka_unit_test(test_dialect_engine_offer_that_is_no_certificate_is_told),
	cmocka_unit_test(test_dialect_imageio_features_are_kept),
	cmocka_unit_test(test_dialect_imageio_without_a_body_serves),
	cmocka_unit_test(test_dialect_imageio_features_too_many_are_cut_between_words),
	cmocka_unit_test(test_dialect_imageio_older_ones_are_known_by_their_info),
	cmocka_unit_test(test_dialect_imageio_in_trouble_is_told_apart_from_others),
	cmocka_unit_test(test_dialect_imageio_odd_options_lead_to_the_info),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
