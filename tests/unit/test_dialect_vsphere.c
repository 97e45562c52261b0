/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/must.h"
#include "probes/dialect.h"
#include "probes/soap.h"
#include "tests/unit/replies.h"
#include "tests/unit/talks.h"
#include "tests/unit/unit.h"

static void begin(struct conversation *c, enum dialect d, const char *min_version)
{
	talks_begin(c,
		    &(struct probe_spec){ .dialect = d, .host = "vc", .min_version = min_version });
}

/* How the talk ends after one reply. */
static void assert_answer(enum dialect d, const char *min_version, unsigned status,
			  const char *body, enum service s, const char *words)
{
	struct conversation c;

	begin(&c, d, min_version);
	talks_answer(&c, status, "", body);
	talks_assert_ends(&c, s, words);
	talks_done(&c);
}

TEST(test_dialect_vsphere_request_is_the_soap_call)
{
	struct conversation c;

	begin(&c, DIALECT_VCENTER, NULL);
	talks_assert_asks(&c, "POST", "/sdk");
	assert_string_equal(c.talk.request.content_type, "text/xml; charset=utf-8");
	assert_string_equal(c.talk.request.soap_action, "urn:vim25/6.5");
	assert_ptr_equal(c.talk.request.body, soap_retrieve_service_content);
	talks_done(&c);
}

TEST(test_dialect_vsphere_vcenter_serves_with_its_facts)
{
	struct conversation c;
	const struct facts *f;

	begin(&c, DIALECT_VCENTER, "6.5");
	talks_answer(&c, 200, "", reply_vcenter);
	talks_assert_ends(&c, SERVICE_SERVING, "");
	f = c.talk.facts;
	assert_string_equal(f->product, "VMware vCenter Server");
	assert_string_equal(f->version, "8.0.2");
	assert_string_equal(f->build, "22617221");
	assert_string_equal(f->api_type, "VirtualCenter");
	assert_string_equal(f->instance_uuid, "7a8f5a4c-1c1e-4b2e-9d0c-8a2f0b8f6d11");
	assert_int_equal(f->identified, ROLE_NONE);
	talks_done(&c);
}

TEST(test_dialect_vsphere_without_a_name_the_full_name_is_the_product)
{
	struct conversation c;

	begin(&c, DIALECT_ESXI, NULL);
	talks_answer(&c, 200, "",
		     "<about><fullName>VMware ESXi 7.0.3 build-1</fullName>"
		     "<apiType>HostAgent</apiType></about>");
	talks_assert_ends(&c, SERVICE_SERVING, "");
	assert_string_equal(c.talk.facts->product, "VMware ESXi 7.0.3 build-1");
	talks_done(&c);
}

TEST(test_dialect_vsphere_other_product_is_named)
{
	assert_answer(DIALECT_VCENTER, NULL, 200, reply_esxi, SERVICE_WRONG_PRODUCT,
		      "it is VMware ESXi 7.0.3 (HostAgent), not a vCenter");
	assert_answer(DIALECT_ESXI, NULL, 200, reply_vcenter, SERVICE_WRONG_PRODUCT,
		      "it is VMware vCenter Server 8.0.2 (VirtualCenter), not an ESXi host");
	assert_answer(DIALECT_ESXI, NULL, 200, reply_gsx, SERVICE_WRONG_PRODUCT, "(Gsx)");
	assert_answer(DIALECT_VCENTER, "9", 200, reply_esxi, SERVICE_WRONG_PRODUCT,
		      "not a vCenter");
}

TEST(test_dialect_vsphere_old_version_is_named)
{
	assert_answer(DIALECT_VCENTER, "8.0.3", 200, reply_vcenter, SERVICE_WRONG_VERSION,
		      "it is 8.0.2, 8.0.3 or later is needed");
	assert_answer(DIALECT_VCENTER, "8.0.10", 200, reply_vcenter, SERVICE_WRONG_VERSION,
		      "8.0.2");
	assert_answer(DIALECT_VCENTER, "8.0.2", 200, reply_vcenter, SERVICE_SERVING, "");
	assert_answer(DIALECT_ESXI, "6.5", 200, reply_esxi, SERVICE_SERVING, "");
	assert_answer(DIALECT_ESXI, "", 200, reply_esxi, SERVICE_SERVING, "");
}

TEST(test_dialect_vsphere_other_statuses_are_told_apart)
{
	assert_answer(DIALECT_VCENTER, NULL, 503, "starting", SERVICE_NOT_READY,
		      "HTTP 503 to POST /sdk");
	assert_answer(DIALECT_VCENTER, NULL, 404, "", SERVICE_WRONG_PRODUCT,
		      "it has no vSphere API (HTTP 404 to /sdk)");
	assert_answer(DIALECT_ESXI, NULL, 500, reply_fault, SERVICE_HTTP_STATUS, "HTTP 500");
	assert_answer(DIALECT_ESXI, NULL, 302, "", SERVICE_HTTP_STATUS, "HTTP 302");
}

TEST(test_dialect_vsphere_other_body_is_another_product)
{
	static const char *const bodies[] = { "", "<html></html>", "{}" };

	for (size_t i = 0; i < ARRAY_LEN(bodies); i++)
		assert_answer(DIALECT_VCENTER, NULL, 200, bodies[i], SERVICE_WRONG_PRODUCT,
			      "its answer is not of the vSphere API");
	assert_answer(DIALECT_VCENTER, NULL, 200, reply_fault, SERVICE_WRONG_PRODUCT, "not of the");
}

/* --- an unknown machine -------------------------------------------------- */

/* What is identified after the SOAP call and, when second_body is there, the health page. */
static enum role identified(unsigned status, const char *body, unsigned second_status,
			    const char *second_body)
{
	struct conversation c;
	enum role r;

	begin(&c, DIALECT_IDENTIFY, NULL);
	talks_assert_asks(&c, "POST", "/sdk");
	talks_answer(&c, status, "", body);
	if (second_body != NULL) {
		talks_assert_asks(&c, "GET", "/ovirt-engine/services/health");
		assert_null(c.talk.request.body);
		talks_answer(&c, second_status, "", second_body);
	}
	talks_assert_ends(&c, SERVICE_SERVING, "");
	r = c.talk.facts->identified;
	talks_done(&c);
	return r;
}

TEST(test_dialect_identify_vsphere_needs_one_question)
{
	assert_int_equal(identified(200, reply_vcenter, 0, NULL), ROLE_VCENTER);
	assert_int_equal(identified(200, reply_esxi, 0, NULL), ROLE_ESXI);
	assert_int_equal(identified(200, reply_gsx, 0, NULL), ROLE_NONE);
}

TEST(test_dialect_identify_engine_is_known_by_its_health_page)
{
	assert_int_equal(identified(404, "", 200, "DB Up!Welcome to Health Status!"),
			 ROLE_OVIRT_ENGINE);
	assert_int_equal(identified(200, "<html></html>", 500, "DB Down!Welcome to Health Status!"),
			 ROLE_OVIRT_ENGINE);
	assert_int_equal(identified(302, "", 500, "DB Down!"), ROLE_OVIRT_ENGINE);
}

TEST(test_dialect_identify_anything_else_is_none)
{
	assert_int_equal(identified(404, "", 404, "not found"), ROLE_NONE);
	assert_int_equal(identified(404, "", 200, "DB Down!"), ROLE_NONE);
	assert_int_equal(identified(500, reply_vcenter, 404, ""), ROLE_NONE);
	assert_int_equal(identified(503, "", 503, ""), ROLE_NONE);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_dialect_vsphere_request_is_the_soap_call),
	cmocka_unit_test(test_dialect_vsphere_vcenter_serves_with_its_facts),
	cmocka_unit_test(test_dialect_vsphere_without_a_name_the_full_name_is_the_product),
	cmocka_unit_test(test_dialect_vsphere_other_product_is_named),
	cmocka_unit_test(test_dialect_vsphere_old_version_is_named),
	cmocka_unit_test(test_dialect_vsphere_other_statuses_are_told_apart),
	cmocka_unit_test(test_dialect_vsphere_other_body_is_another_product),
	cmocka_unit_test(test_dialect_identify_vsphere_needs_one_question),
	cmocka_unit_test(test_dialect_identify_engine_is_known_by_its_health_page),
	cmocka_unit_test(test_dialect_identify_anything_else_is_none),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
