/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/soap.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/must.h"
#include "tests/unit/replies.h"
#include "tests/unit/unit.h"

static bool parsed(const char *text, struct about *ret_about)
{
	return soap_parse_about(text, strlen(text), ret_about);
}

static void assert_refused(const char *text)
{
	struct about a = { .name = "untouched" };

	if (parsed(text, &a))
		fail_msg("taken: %.200s", text);
	assert_string_equal(a.name, "untouched");
}

TEST(test_soap_reply_of_a_vcenter_is_read)
{
	struct about a;

	assert_true(parsed(reply_vcenter, &a));
	assert_string_equal(a.name, "VMware vCenter Server");
	assert_string_equal(a.full_name, "VMware vCenter Server 8.0.2 build-22617221");
	assert_string_equal(a.version, "8.0.2");
	assert_string_equal(a.build, "22617221");
	assert_string_equal(a.api_type, "VirtualCenter");
	assert_string_equal(a.instance_uuid, "7a8f5a4c-1c1e-4b2e-9d0c-8a2f0b8f6d11");
}

TEST(test_soap_reply_of_an_esxi_has_no_instance)
{
	struct about a;

	assert_true(parsed(reply_esxi, &a));
	assert_string_equal(a.name, "VMware ESXi");
	assert_string_equal(a.version, "7.0.3");
	assert_string_equal(a.api_type, "HostAgent");
	assert_string_equal(a.instance_uuid, "");
}

TEST(test_soap_request_is_well_formed_and_holds_no_about)
{
	struct about a;

	assert_false(parsed(soap_retrieve_service_content, &a));
	assert_non_null(strstr(soap_retrieve_service_content, "urn:vim25"));
}

TEST(test_soap_every_cut_of_a_reply_is_refused)
{
	for (size_t len = 0; len < strlen(reply_vcenter); len++) {
		char *cut = malloc(len + 1); /* sized to the byte: sanitizers see a read beyond */
		struct about a;

		assert_non_null(cut);
		memcpy(cut, reply_vcenter, len);
		assert_false(soap_parse_about(cut, len, &a));
		free(cut);
	}
}

TEST(test_soap_prefix_of_the_namespace_does_not_count)
{
	struct about a;

	assert_true(
		parsed("<S:Envelope xmlns:S=\"s\" xmlns:v=\"urn:vim25\"><S:Body>"
		       "<v:RetrieveServiceContentResponse><v:returnval><v:about>"
		       "<v:name>N</v:name><v:apiType>HostAgent</v:apiType></v:about>"
		       "</v:returnval></v:RetrieveServiceContentResponse></S:Body></S:Envelope>",
		       &a));
	assert_string_equal(a.name, "N");
	assert_string_equal(a.api_type, "HostAgent");
}

TEST(test_soap_fields_elsewhere_are_not_taken)
{
	struct about a;

	assert_true(parsed("<r><name>before</name><version>0</version>"
			   "<about><apiType>HostAgent</apiType><name>right</name>"
			   "<x><name>deeper</name><build>1</build></x></about>"
			   "<name>after</name><build>2</build></r>",
			   &a));
	assert_string_equal(a.name, "right");
	assert_string_equal(a.version, "");
	assert_string_equal(a.build, "");
}

TEST(test_soap_text_in_pieces_is_joined)
{
	struct about a;

	assert_true(parsed("<about><apiType>Host<!-- x -->Agent</apiType>"
			   "<name>A &amp; <![CDATA[<B>]]>&#67;</name></about>",
			   &a));
	assert_string_equal(a.api_type, "HostAgent");
	assert_string_equal(a.name, "A & <B>C");
}

TEST(test_soap_other_encoding_is_read)
{
	struct about a;

	assert_true(parsed("<?xml version='1.0' encoding='ISO-8859-1'?>"
			   "<about><name>B\xfc"
			   "cher</name><apiType>HostAgent</apiType></about>",
			   &a));
	assert_string_equal(a.name, "B\xc3\xbc"
				    "cher");
}

TEST(test_soap_without_about_or_api_type_is_refused)
{
	assert_refused(reply_fault);
	assert_refused("<about></about>");
	assert_refused("<about><name>x</name></about>");
	assert_refused("<about><apiType/></about>");
	assert_refused("<returnval><apiType>HostAgent</apiType></returnval>");
	assert_refused("<About><apiType>HostAgent</apiType></About>");
}

TEST(test_soap_what_is_not_xml_is_refused)
{
	static const char nul[] = "<about><apiType>Host\0Agent</apiType></about>";
	struct about a;

	assert_refused("");
	assert_refused("   ");
	assert_refused("<html><body>It works!<br></body></html>");
	assert_refused("{\"apiType\": \"HostAgent\"}");
	assert_refused("<about><apiType>HostAgent</apiType></about><about/>");
	assert_refused("<about><apiType>HostAgent</about></apiType>");
	assert_refused("<about><apiType>\xff\xfe</apiType></about>");
	assert_refused("<about><apiType>&undefined;</apiType></about>");
	assert_false(soap_parse_about(nul, sizeof nul - 1, &a));
}

TEST(test_soap_document_type_is_refused)
{
	assert_refused("<!DOCTYPE about><about><apiType>HostAgent</apiType></about>");
	assert_refused("<!DOCTYPE about SYSTEM \"file:///etc/passwd\">"
		       "<about><apiType>HostAgent</apiType></about>");
	assert_refused("<!DOCTYPE about [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
		       "<about><apiType>&e;</apiType></about>");
}

TEST(test_soap_billion_laughs_are_refused)
{
	struct buf b;

	buf_init(&b, 8192);
	buf_puts(&b, "<!DOCTYPE about [<!ENTITY a0 \"ha\">");
	for (int i = 1; i < 30; i++)
		buf_printf(&b, "<!ENTITY a%d \"&a%d;&a%d;&a%d;&a%d;\">", i, i - 1, i - 1, i - 1,
			   i - 1);
	buf_puts(&b, "]><about><apiType>&a29;</apiType></about>");
	assert_false(buf_overflowed(&b));
	assert_refused(buf_text(&b));
	buf_done(&b);
}

/* The about with so many elements around that its fields are at the given depth. */
static bool nested(unsigned depth)
{
	struct buf b;
	struct about a;
	bool ok;

	buf_init(&b, (size_t)1024 * 1024);
	for (unsigned i = 2; i < depth; i++)
		buf_puts(&b, "<x>");
	buf_puts(&b, "<about><apiType>HostAgent</apiType></about>");
	for (unsigned i = 2; i < depth; i++)
		buf_puts(&b, "</x>");
	assert_false(buf_overflowed(&b));
	ok = parsed(buf_text(&b), &a);
	buf_done(&b);
	return ok;
}

TEST(test_soap_nesting_ends_at_32)
{
	assert_true(nested(2));
	assert_true(nested(32));
	assert_false(nested(33));
	assert_false(nested(100000));
}

TEST(test_soap_long_texts_are_cut)
{
	struct buf b;
	struct about a;

	buf_init(&b, 8192);
	buf_puts(&b, "<about><apiType>HostAgent</apiType><version>");
	for (int i = 0; i < 1000; i++)
		buf_puts(&b, "7.");
	buf_puts(&b, "</version><name>");
	for (int i = 0; i < 1000; i++)
		buf_puts(&b, "n");
	buf_puts(&b, "</name></about>");
	assert_true(parsed(buf_text(&b), &a));
	assert_int_equal(strlen(a.version), sizeof a.version - 1);
	assert_int_equal(strlen(a.name), sizeof a.name - 1);
	buf_done(&b);
}

TEST(test_soap_control_characters_are_made_harmless)
{
	struct about a;

	assert_true(parsed("<about><apiType>HostAgent</apiType>"
			   "<name>a&#10;b&#9;c&#x9b;d&#x7f;</name></about>",
			   &a));
	assert_null(strpbrk(a.name, "\n\t\x9b\x7f"));
	assert_memory_equal(a.name, "a?b?c", 5);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_soap_reply_of_a_vcenter_is_read),
	cmocka_unit_test(test_soap_reply_of_an_esxi_has_no_instance),
	cmocka_unit_test(test_soap_request_is_well_formed_and_holds_no_about),
	cmocka_unit_test(test_soap_every_cut_of_a_reply_is_refused),
	cmocka_unit_test(test_soap_prefix_of_the_namespace_does_not_count),
	cmocka_unit_test(test_soap_fields_elsewhere_are_not_taken),
	cmocka_unit_test(test_soap_text_in_pieces_is_joined),
	cmocka_unit_test(test_soap_other_encoding_is_read),
	cmocka_unit_test(test_soap_without_about_or_api_type_is_refused),
	cmocka_unit_test(test_soap_what_is_not_xml_is_refused),
	cmocka_unit_test(test_soap_document_type_is_refused),
	cmocka_unit_test(test_soap_billion_laughs_are_refused),
	cmocka_unit_test(test_soap_nesting_ends_at_32),
	cmocka_unit_test(test_soap_long_texts_are_cut),
	cmocka_unit_test(test_soap_control_characters_are_made_harmless),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
