/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/served.h"

#include <string.h>

#include "base/text.h"
#include "tests/unit/findings.h"
#include "tests/unit/unit.h"

/* A verdict on a service, with a certificate that the caller frees. */
static struct cert *verdict_made(struct verdict *v, struct facts *f)
{
	struct cert *c = cert_made("CN=esx04", "CN=CA");

	*f = (struct facts){ .tls_alert = -1, .cert = c, .http_status = 200 };
	f->trust.overall = TRUST_EXPIRING;
	text_printf(f->trust.reason, sizeof f->trust.reason, "ends soon");
	*v = (struct verdict){ .service = SERVICE_SERVING, .facts = f };
	return c;
}

TEST(test_served_facts_come_back_as_they_were)
{
	struct facts f;
	struct facts got;
	struct verdict v;
	struct cert *c = verdict_made(&v, &f);
	struct served *s;

	memset(f.product, 'x', sizeof f.product - 1);
	text_printf(f.version, sizeof f.version, "8.0.2");
	text_printf(f.detail, sizeof f.detail, "ready");
	text_printf(f.tls_cipher, sizeof f.tls_cipher, "TLS_AES_128_GCM_SHA256");
	f.image = IMAGE_PRESENT;
	f.identified = ROLE_ESXI;
	f.client_cert_requested = true;
	s = served_new(&v);
	assert_int_equal(served_service(s), SERVICE_SERVING);
	served_facts(s, &got);
	assert_string_equal(got.product, f.product);
	assert_string_equal(got.version, "8.0.2");
	assert_string_equal(got.build, "");
	assert_string_equal(got.detail, "ready");
	assert_string_equal(got.tls_cipher, "TLS_AES_128_GCM_SHA256");
	assert_int_equal(got.image, IMAGE_PRESENT);
	assert_int_equal(got.identified, ROLE_ESXI);
	assert_int_equal(got.http_status, 200);
	assert_int_equal(got.tls_alert, -1);
	assert_true(got.client_cert_requested);
	assert_false(got.ca_verifies);
	assert_ptr_equal(got.cert, c);
	assert_int_equal(got.trust.overall, TRUST_EXPIRING);
	served_free(s);
	cert_free(c);
}

TEST(test_served_certificate_is_held_until_it_is_freed)
{
	struct facts f;
	struct verdict v;
	struct cert *c = verdict_made(&v, &f);
	struct served *s = served_new(&v);

	assert_int_equal(c->refs, 2);
	assert_ptr_equal(served_cert(s), c);
	served_free(s);
	assert_int_equal(c->refs, 1);
	cert_free(c);
}

TEST(test_served_without_facts_knows_the_service_alone)
{
	struct verdict v = { .service = SERVICE_TLS_CLOSED };
	struct served *s = served_new(&v);
	struct facts got;

	assert_int_equal(served_service(s), SERVICE_TLS_CLOSED);
	assert_null(served_cert(s));
	served_facts(s, &got);
	assert_int_equal(got.tls_alert, -1);
	assert_string_equal(got.product, "");
	served_free(s);
}

TEST(test_served_without_a_certificate_keeps_the_one_before)
{
	struct verdict failed = { .service = SERVICE_TLS_CLOSED };
	struct facts f;
	struct verdict v;
	struct cert *c = verdict_made(&v, &f);
	struct served *before = served_new(&v);
	struct served *s = served_new(&failed);
	struct facts got;

	served_inherit(s, NULL);
	assert_null(served_cert(s));
	served_inherit(s, before);
	served_free(before);
	assert_int_equal(served_service(s), SERVICE_TLS_CLOSED);
	assert_ptr_equal(served_cert(s), c);
	served_facts(s, &got);
	assert_int_equal(got.trust.overall, TRUST_EXPIRING);
	assert_string_equal(got.trust.reason, "ends soon");
	assert_int_equal(got.http_status, 0);
	served_free(s);
	assert_int_equal(c->refs, 1);
	cert_free(c);
}

TEST(test_served_new_certificate_takes_the_place_of_the_one_before)
{
	struct facts old_facts;
	struct facts f;
	struct verdict old;
	struct verdict v;
	struct cert *a = verdict_made(&old, &old_facts);
	struct cert *b = verdict_made(&v, &f);
	struct served *before = served_new(&old);
	struct served *s = served_new(&v);

	served_inherit(s, before);
	served_free(before);
	assert_int_equal(a->refs, 1);
	assert_ptr_equal(served_cert(s), b);
	served_free(s);
	cert_free(a);
	cert_free(b);
}

TEST(test_served_nothing_is_freed_like_something)
{
	served_free(NULL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_served_facts_come_back_as_they_were),
	cmocka_unit_test(test_served_certificate_is_held_until_it_is_freed),
	cmocka_unit_test(test_served_without_facts_knows_the_service_alone),
	cmocka_unit_test(test_served_without_a_certificate_keeps_the_one_before),
	cmocka_unit_test(test_served_new_certificate_takes_the_place_of_the_one_before),
	cmocka_unit_test(test_served_nothing_is_freed_like_something),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
