/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "inventory/xmltree.h"
#include "tests/unit/caught.h"
#include "tests/unit/unit.h"

static void assert_json_n(const char *xml, size_t n, const char *want)
{
	struct caught c;

	caught_init(&c);
	if (!caught_read(&c, xml_reader_new, xml, n))
		fail_msg("%.100s: %s", xml, c.err.text);
	assert_string_equal(buf_text(&c.text), want);
	caught_done(&c);
}

static void assert_json(const char *xml, const char *want)
{
	assert_json_n(xml, strlen(xml), want);
}

static void assert_refused(const char *xml, const char *why)
{
	struct caught c;

	caught_init(&c);
	if (caught_read_pieces(&c, xml_reader_new, xml, strlen(xml), strlen(xml) + 1))
		fail_msg("taken: %.100s", xml);
	if (strstr(c.err.text, why) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", why, c.err.text);
	caught_done(&c);
}

TEST(test_xml_machines_have_the_shape_of_ovirts_json)
{
	assert_json("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
		    "<vms>\n"
		    "  <vm href=\"/ovirt-engine/api/vms/1\" id=\"1\">\n"
		    "    <actions><link href=\"x\" rel=\"start\"/><link href=\"y\" "
		    "rel=\"stop\"/></actions>\n"
		    "    <name>web-01</name>\n"
		    "    <description></description>\n"
		    "    <memory>4294967296</memory>\n"
		    "    <bios><boot_menu><enabled>false</enabled></boot_menu></bios>\n"
		    "    <cdroms><cdrom id=\"0\"><file id=\"a.iso\"/></cdrom></cdroms>\n"
		    "    <custom_properties><custom_property><name>n</name></custom_property>"
		    "</custom_properties>\n"
		    "    <os><boot><devices><device>hd</device></devices></boot></os>\n"
		    "  </vm>\n"
		    "  <vm id=\"2\"/>\n"
		    "</vms>\n",
		    "{\"vm\":[{\"href\":\"/ovirt-engine/api/vms/1\",\"id\":\"1\","
		    "\"actions\":{\"link\":[{\"href\":\"x\",\"rel\":\"start\"},"
		    "{\"href\":\"y\",\"rel\":\"stop\"}]},"
		    "\"name\":\"web-01\",\"description\":\"\",\"memory\":\"4294967296\","
		    "\"bios\":{\"boot_menu\":{\"enabled\":\"false\"}},"
		    "\"cdroms\":{\"cdrom\":[{\"id\":\"0\",\"file\":{\"id\":\"a.iso\"}}]},"
		    "\"custom_properties\":{\"custom_property\":[{\"name\":\"n\"}]},"
		    "\"os\":{\"boot\":{\"devices\":{\"device\":[\"hd\"]}}}},"
		    "{\"id\":\"2\"}]}\n");
}

TEST(test_xml_root_that_is_no_list_is_one_object)
{
	assert_json("<vm id=\"1\"><name>a</name></vm>", "{\"id\":\"1\",\"name\":\"a\"}\n");
	assert_json("<api><product_info><version><major>4</major></version></product_info></api>",
		    "{\"product_info\":{\"version\":{\"major\":\"4\"}}}\n");
	assert_json("<vms/>", "{}\n");
	assert_json("<vms>\n</vms>", "{}\n");
	assert_json("<vms size=\"0\"/>", "{\"size\":\"0\"}\n");
	assert_json("<fault>no such thing</fault>", "\"no such thing\"\n");
}

TEST(test_xml_list_comes_before_what_else_its_root_has)
{
	assert_json("<vms size=\"2\" x='\"'><vm/>text<vm><a/></vm></vms>",
		    "{\"vm\":[\"\",{\"a\":\"\"}],\"size\":\"2\",\"x\":\"\\\"\"}\n");
	assert_json("<vms><vm/><link rel=\"next\"/><vm/></vms>",
		    "{\"vm\":[\"\"],\"link\":[{\"rel\":\"next\"}],\"vm\":[\"\"]}\n");
}

TEST(test_xml_members_with_one_name_are_an_array)
{
	assert_json("<a><b>1</b><c/><b>2</b><d/><b x=\"3\"/></a>",
		    "{\"b\":[\"1\",\"2\",{\"x\":\"3\"}],\"c\":\"\",\"d\":\"\"}\n");
	assert_json("<a b=\"0\"><b>1</b></a>", "{\"b\":[\"0\",\"1\"]}\n");
	assert_json("<z><x>1</x><w/><v/><x>2</x><y/></z>",
		    "{\"x\":[\"1\",\"2\"],\"w\":\"\",\"v\":\"\",\"y\":\"\"}\n");
	assert_json("<a><b x=\"1\">text</b><c>one<d/> two</c></a>",
		    "{\"b\":{\"x\":\"1\",\"content\":\"text\"},"
		    "\"c\":{\"d\":\"\",\"content\":\"one two\"}}\n");
}

TEST(test_xml_plurals)
{
	assert_true(xmltree_is_plural("vms", "vm"));
	assert_true(xmltree_is_plural("data_centers", "data_center"));
	assert_true(xmltree_is_plural("custom_properties", "custom_property"));
	assert_true(xmltree_is_plural("addresses", "address"));
	assert_true(xmltree_is_plural("boxes", "box"));
	assert_true(xmltree_is_plural("switches", "switch"));
	assert_true(xmltree_is_plural("displays", "display"));
	assert_false(xmltree_is_plural("vms", "host"));
	assert_false(xmltree_is_plural("vm", "vm"));
	assert_false(xmltree_is_plural("vmes", "vm"));
	assert_false(xmltree_is_plural("paths", "pat"));
	assert_false(xmltree_is_plural("pathes", "path"));
	assert_false(xmltree_is_plural("hes", "h"));
	assert_false(xmltree_is_plural("", "vm"));
	assert_false(xmltree_is_plural("s", ""));
	assert_false(xmltree_is_plural("v", "vm"));
}

TEST(test_xml_text_and_encodings)
{
	static const char utf16[] = "\xff\xfe<\0a\0>\0<\0b\0>\0\xfc\0<\0/\0b\0>\0<\0/\0a\0>\0";

	assert_json("<a><b>A &amp; <![CDATA[<B>]]>&#67;<!-- x -->&quot;&#10;</b></a>",
		    "{\"b\":\"A & <B>C\\\"\\n\"}\n");
	assert_json("<?xml version='1.0' encoding='ISO-8859-1'?><a><b>\xfc</b></a>",
		    "{\"b\":\"\xc3\xbc\"}\n");
	assert_json("\xef\xbb\xbf<a><b>\xc3\xbc</b></a>", "{\"b\":\"\xc3\xbc\"}\n");
	assert_json_n(utf16, sizeof utf16 - 1, "{\"b\":\"\xc3\xbc\"}\n");
	assert_refused("<a>\n<b>\xfc</b></a>", "line 2: not well-formed");
	assert_refused("<?xml version='1.0' encoding='klingon'?><a/>", "line 1: unknown encoding");
}

TEST(test_xml_document_types_and_entities_are_refused)
{
	assert_refused("<!DOCTYPE vms><vms/>", "line 1: a document type, as no export has one");
	assert_refused("<!DOCTYPE vms SYSTEM \"file:///etc/passwd\"><vms/>", "a document type");
	assert_refused("\n<!DOCTYPE vms [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
		       "<vms><vm>&e;</vm></vms>",
		       "line 2: a document type");
	assert_refused("<!DOCTYPE a [<!ENTITY a0 \"ha\"><!ENTITY a1 \"&a0;&a0;\">"
		       "<!ENTITY a2 \"&a1;&a1;\">]><a>&a2;</a>",
		       "a document type");
	assert_refused("<!DOCTYPE HTML><html/>", "this is a web page");
	assert_refused("<a>&e;</a>", "line 1: undefined entity");
}

TEST(test_xml_errors_name_the_line)
{
	assert_refused("<vms>\n<vm>\n</vms>", "line 3: mismatched tag");
	assert_refused("<vms>\n<vm/>\n", "line 3: no element found");
	assert_refused("<a/><b/>", "line 1: junk after document element");
	assert_refused("", "line 1: no element found");
	assert_refused("{}", "line 1: not well-formed");
}

TEST(test_xml_every_cut_is_refused)
{
	static const char text[] = "<vms><vm id=\"1\"><name>a &amp; b</name></vm></vms>";

	for (size_t n = 0; n < sizeof text - 1; n++) {
		struct caught c;

		caught_init(&c);
		assert_false(caught_read_pieces(&c, xml_reader_new, text, n, 7));
		caught_done(&c);
	}
}

static void nest(struct buf *b, unsigned depth)
{
	buf_clear(b);
	for (unsigned i = 0; i < depth; i++)
		buf_puts(b, "<x>");
	for (unsigned i = 0; i < depth; i++)
		buf_puts(b, "</x>");
}

TEST(test_xml_nesting_ends_at_100)
{
	struct buf b;
	struct caught c;

	buf_init(&b, 8 * 1024 * 1024);
	nest(&b, 100);
	caught_init(&c);
	assert_true(caught_read(&c, xml_reader_new, b.data, b.len));
	caught_done(&c);
	nest(&b, 101);
	assert_refused(b.data, "line 1: nested deeper than 100");
	nest(&b, 300000);
	assert_refused(b.data, "nested deeper than 100");
	buf_done(&b);
}

TEST(test_xml_long_tags_and_large_objects_are_refused)
{
	struct buf b;

	buf_init(&b, (size_t)128 * 1024 * 1024);
	buf_puts(&b, "<a x=\"");
	for (int i = 0; i < 1024 * 1024; i++)
		buf_puts(&b, "0123456789abcdef");
	assert_refused(b.data, "a tag or a comment is longer than 1 MiB");
	buf_puts(&b, "\"/>");
	assert_refused(b.data, "a tag or a comment is longer than 1 MiB");
	buf_clear(&b);
	buf_puts(&b, "<a><b>");
	for (int i = 0; i < 4 * 1024 * 1024 + 1; i++)
		buf_puts(&b, "0123456789abcdef");
	buf_puts(&b, "</b></a>");
	assert_refused(b.data, "larger than 64 MiB");
	buf_clear(&b);
	buf_puts(&b, "<a>");
	for (int i = 0; i <= 1024 * 1024; i++)
		buf_puts(&b, "<b/>");
	assert_refused(b.data, "or has a million members");
	buf_done(&b);
}

/* The text goes from level to level, and none keeps room for it. */
TEST(test_xml_levels_do_not_keep_what_they_needed)
{
	enum { TEXT_BYTES = 1 << 20, LEVELS = 50 };
	const char *none[] = { NULL };
	char *text = malloc(TEXT_BYTES);
	size_t kept = 0;
	struct xmltree t;
	struct buf out;

	assert_non_null(text);
	memset(text, 'x', TEXT_BYTES);
	xmltree_init(&t);
	buf_init(&out, (size_t)2 * TEXT_BYTES);
	for (int i = 0; i < LEVELS; i++)
		assert_true(xmltree_open(&t, "a", none));
	assert_true(xmltree_text(&t, text, TEXT_BYTES));
	for (int i = 0; i < LEVELS - 1; i++)
		assert_true(xmltree_close(&t));
	assert_true(xmltree_close_into(&t, &out));
	for (int i = 0; i < LEVELS; i++)
		kept += t.levels[i].values.size + t.levels[i].text.size;
	assert_in_range(kept, 0, TEXT_BYTES);
	buf_done(&out);
	xmltree_done(&t);
	free(text);
}

TEST(test_xml_list_leaves_machine_by_machine)
{
	struct buf b;
	struct caught c;

	buf_init(&b, (size_t)32 * 1024 * 1024);
	buf_puts(&b, "<vms>\n");
	for (int i = 0; i < 50000; i++)
		buf_printf(&b, "<vm id=\"%d\"><name>vm%d</name></vm>\n", i, i);
	buf_puts(&b, "</vms>\n");
	caught_init(&c);
	assert_true(caught_read(&c, xml_reader_new, b.data, b.len));
	assert_true(c.pieces > 10);
	assert_non_null(strstr(buf_text(&c.text), ",{\"id\":\"49999\",\"name\":\"vm49999\"}]}\n"));
	caught_done(&c);
	caught_init(&c);
	c.refuse_from = 2;
	assert_false(caught_read_pieces(&c, xml_reader_new, b.data, b.len, b.len));
	assert_non_null(strstr(c.err.text, "refused"));
	assert_int_equal(c.pieces, 2);
	caught_done(&c);
	buf_done(&b);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_xml_machines_have_the_shape_of_ovirts_json),
	cmocka_unit_test(test_xml_root_that_is_no_list_is_one_object),
	cmocka_unit_test(test_xml_list_comes_before_what_else_its_root_has),
	cmocka_unit_test(test_xml_members_with_one_name_are_an_array),
	cmocka_unit_test(test_xml_plurals),
	cmocka_unit_test(test_xml_text_and_encodings),
	cmocka_unit_test(test_xml_document_types_and_entities_are_refused),
	cmocka_unit_test(test_xml_errors_name_the_line),
	cmocka_unit_test(test_xml_every_cut_is_refused),
	cmocka_unit_test(test_xml_nesting_ends_at_100),
	cmocka_unit_test(test_xml_long_tags_and_large_objects_are_refused),
	cmocka_unit_test(test_xml_levels_do_not_keep_what_they_needed),
	cmocka_unit_test(test_xml_list_leaves_machine_by_machine),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
