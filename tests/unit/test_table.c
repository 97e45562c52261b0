/* SPDX-License-Identifier: Apache-2.0 */
#include "report/table.h"

#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "report/term.h"
#include "tests/unit/findings.h"
#include "tests/unit/unit.h"

static const struct machine esxi = { .role = ROLE_ESXI, .name = "esx01.example.com" };
static const struct machine ovirt = { .role = ROLE_OVIRT_HOST, .name = "kvm01" };
static const struct machine vcenter = { .role = ROLE_VCENTER, .name = "vc" };
static const struct machine registry = { .role = ROLE_REGISTRY,
					 .name = "quay.example.com",
					 .image = "quay.example.com/vddk:8" };

static void assert_table(const struct findings *s, const struct term *t, const char *want)
{
	struct buf got;

	buf_init(&got, 64 * 1024);
	table_put(s, t, (struct wall){ 0 }, &got);
	assert_string_equal(buf_text(&got), want);
	buf_done(&got);
}

/* The last line. */
static void assert_summary(const struct findings *s, const char *want)
{
	struct buf got;
	char *end;

	buf_init(&got, 64 * 1024);
	table_put(s, &(struct term){ 0 }, (struct wall){ 0 }, &got);
	assert_true(got.len > 0 && got.data[got.len - 1] == '\n');
	got.data[got.len - 1] = '\0';
	end = strrchr(got.data, '\n');
	assert_non_null(end);
	assert_string_equal(end + 1, want);
	assert_true(end == got.data || end[-1] == '\n');
	buf_done(&got);
}

static struct finding *add(struct findings *s, const struct machine *m, const char *address,
			   uint16_t port, enum reason reason)
{
	struct finding *found = finding_made(m, address, port);

	found->verdict.reason = reason;
	findings_add(s, found);
	return found;
}

/* One row of each mark. */
static struct findings mixed(void)
{
	struct findings s = { 0 };

	add(&s, &vcenter, "10.1.7.2", 443, REASON_OK)->verdict.rtt_us = 310;
	add(&s, &ovirt, "10.1.7.30", 443, REASON_REFUSED)->verdict.rtt_us = 12345;
	(void)add(&s, &esxi, "fd00::9", 902, REASON_NO_ANSWER);
	(void)add(&s, &esxi, NULL, 443, REASON_LOCAL);
	return s;
}

TEST(test_table_without_a_width_is_one_line_a_row)
{
	struct findings s = mixed();

	assert_table(
		&s, &(struct term){ 0 },
		"     HOST               ADDRESS    PORT  STATE         RTT  WHAT\n"
		"ok   vc                 10.1.7.2    443  open      0.31 ms  open\n"
		"warn kvm01              10.1.7.30   443  closed      12 ms  refused: the host is "
		"up but nothing listens on 443 (or a firewall answers with a reset); not needed "
		"since the release after 2.7\n"
		"FAIL esx01.example.com  fd00::9     902  filtered        -  no answer: something "
		"between here and fd00::9 drops it silently; run: banksman trace [fd00::9]:902\n"
		"?    esx01.example.com  -           443  unknown         -  not checked: this "
		"machine could not try (no more is known)\n"
		"\n"
		"1 of 4 ways are clear; 2 are not (1 of them not needed everywhere); 1 could not "
		"be checked.\n");
	findings_free(&s);
}

TEST(test_table_utf8_has_signs_of_one_column)
{
	struct findings s = mixed();

	assert_table(
		&s, &(struct term){ .utf8 = true, .terminal = true, .width = 120 },
		"  HOST               ADDRESS    PORT  STATE         RTT  WHAT\n"
		"✓ vc                 10.1.7.2    443  open      0.31 ms  open\n"
		"! kvm01              10.1.7.30   443  closed      12 ms  refused: the host is up "
		"but nothing listens on 443 (or a\n"
		"                                                         firewall answers with a "
		"reset); not needed since the release\n"
		"                                                         after 2.7\n"
		"✗ esx01.example.com  fd00::9     902  filtered        -  no answer: something "
		"between here and fd00::9 drops it\n"
		"                                                         silently; run: banksman "
		"trace [fd00::9]:902\n"
		"? esx01.example.com  -           443  unknown         -  not checked: this "
		"machine could not try (no more is known)\n"
		"\n"
		"1 of 4 ways are clear; 2 are not (1 of them not needed everywhere); 1 could not "
		"be "
		"checked.\n");
	findings_free(&s);
}

TEST(test_table_narrow_has_the_sentence_below)
{
	struct findings s = mixed();

	assert_table(
		&s, &(struct term){ .terminal = true, .width = 80 },
		"     HOST               ADDRESS    PORT  STATE         RTT\n"
		"ok   vc                 10.1.7.2    443  open      0.31 ms\n"
		"    open\n"
		"warn kvm01              10.1.7.30   443  closed      12 ms\n"
		"    refused: the host is up but nothing listens on 443 (or a firewall answers\n"
		"    with a reset); not needed since the release after 2.7\n"
		"FAIL esx01.example.com  fd00::9     902  filtered        -\n"
		"    no answer: something between here and fd00::9 drops it silently; run:\n"
		"    banksman trace [fd00::9]:902\n"
		"?    esx01.example.com  -           443  unknown         -\n"
		"    not checked: this machine could not try (no more is known)\n"
		"\n"
		"1 of 4 ways are clear; 2 are not (1 of them not needed everywhere); 1 could not\n"
		"be checked.\n");
	findings_free(&s);
}

TEST(test_table_lines_fit_whatever_the_width)
{
	struct findings s = mixed();

	for (size_t width = 60; width < 200; width++)
		for (int utf8 = 0; utf8 < 2; utf8++) {
			struct term t = { .terminal = true, .width = width, .utf8 = utf8 != 0 };
			struct buf got;
			char *rest;

			buf_init(&got, 64 * 1024);
			table_put(&s, &t, (struct wall){ 0 }, &got);
			rest = got.data;
			for (char *line; (line = strsep(&rest, "\n")) != NULL;)
				if (term_columns(line) > width ||
				    (line[0] != '\0' && line[strlen(line) - 1] == ' '))
					fail_msg("%zu: %s|", width, line);
			buf_done(&got);
		}
	findings_free(&s);
}

TEST(test_table_colour_paints_the_mark_alone)
{
	struct findings s = { 0 };

	(void)add(&s, &vcenter, "10.1.7.2", 443, REASON_OK);
	add(&s, &vcenter, "10.1.7.3", 443, REASON_OK)->verdict.service = SERVICE_NOT_READY;
	assert_table(
		&s, &(struct term){ .colour = true, .utf8 = true },
		"  HOST  ADDRESS   PORT  STATE  RTT  WHAT\n"
		"\033[32m✓\033[0m vc    10.1.7.2   443  open     -  open\n"
		"\033[1;31m✗\033[0m vc    10.1.7.3   443  open     -  open, but not ready: wait "
		"for it to start, or look at its own logs\n"
		"\n"
		"1 of 2 ways are clear; 1 is not.\n");
	findings_free(&s);
}

TEST(test_table_mapped_port_and_image_are_shown)
{
	struct findings s = { 0 };
	struct finding *found = add(&s, &registry, "10.1.7.2", 443, REASON_OK);

	found->port = 65535;
	assert_table(&s, &(struct term){ 0 },
		     "   HOST                     ADDRESS        PORT  STATE  RTT  WHAT\n"
		     "ok quay.example.com/vddk:8  10.1.7.2  443=65535  open     -  open\n"
		     "\n"
		     "The way is clear.\n");
	findings_free(&s);
}

TEST(test_table_without_rows_is_the_summary)
{
	struct findings s = { .interrupted = true, .left_out = 3 };

	assert_table(&s, &(struct term){ 0 },
		     "\n0 of 0 ways are clear; interrupted before 3 more were asked.\n");
}

TEST(test_table_summary_of_all_clear)
{
	struct findings s = { 0 };

	(void)add(&s, &vcenter, "10.1.7.2", 443, REASON_OK);
	assert_summary(&s, "The way is clear.");
	(void)add(&s, &vcenter, "10.1.7.3", 443, REASON_OK);
	assert_summary(&s, "All 2 ways are clear.");
	(void)finding_cert(s.list[0]);
	s.list[0]->verdict.facts->trust.overall = TRUST_NAME_MISMATCH;
	assert_summary(&s, "All 2 ways are clear; 1 with a warning.");
	s.interrupted = true;
	s.left_out = 1;
	assert_summary(&s, "2 of 2 ways are clear; 1 with a warning; interrupted before 1 more was "
			   "asked.");
	findings_free(&s);
}

TEST(test_table_summary_of_what_is_not)
{
	struct findings s = { 0 };

	(void)add(&s, &vcenter, "10.1.7.2", 443, REASON_REFUSED);
	assert_summary(&s, "0 of 1 way is clear; 1 is not.");
	s.list[0]->verdict.reason = REASON_LOCAL;
	assert_summary(&s, "0 of 1 way is clear; 1 could not be checked.");
	(void)add(&s, &vcenter, "10.1.7.3", 443, REASON_OK);
	(void)add(&s, &esxi, "10.1.7.3", 443, REASON_REFUSED);
	(void)add(&s, &esxi, "10.1.7.3", 902, REASON_RESET);
	assert_summary(&s, "1 of 4 ways are clear; 2 are not; 1 could not be checked.");
	findings_free(&s);
}

static void assert_rtt(int64_t us, const char *want)
{
	char text[RTT_TEXT_SIZE];

	table_format_rtt(us, text);
	assert_string_equal(text, want);
}

TEST(test_table_rtt_has_as_many_digits_as_matter)
{
	assert_rtt(-1, "-");
	assert_rtt(0, "0.00 ms");
	assert_rtt(5, "0.01 ms");
	assert_rtt(310, "0.31 ms");
	assert_rtt(9994, "9.99 ms");
	assert_rtt(10000, "10 ms");
	assert_rtt(12499, "12 ms");
	assert_rtt(3000000, "3000 ms");
	assert_rtt(INT32_MAX, "2147484 ms");
}

static void assert_wrapped(const char *text, size_t column, size_t indent, size_t width,
			   const char *want)
{
	struct buf got;

	buf_init(&got, 4096);
	term_wrap(&got, text, column, indent, width);
	assert_string_equal(buf_text(&got), want);
	buf_done(&got);
}

TEST(test_table_text_is_wrapped_at_blanks)
{
	assert_wrapped("", 0, 0, 10, "\n");
	assert_wrapped("aa bb cc", 0, 2, 0, "aa bb cc\n");
	assert_wrapped("aa bb cc", 0, 2, 8, "aa bb cc\n");
	assert_wrapped("aa bb cc", 0, 2, 7, "aa bb\n  cc\n");
	assert_wrapped("aa bb cc", 4, 0, 7, "aa\nbb cc\n");
	assert_wrapped("aa bb ", 0, 1, 5, "aa bb\n");
}

TEST(test_table_long_word_stays_whole)
{
	assert_wrapped("aaaaaaaa", 0, 2, 4, "aaaaaaaa\n");
	assert_wrapped("a bbbbbbbb c", 0, 2, 4, "a\n  bbbbbbbb\n  c\n");
	assert_wrapped("aa bb", 9, 9, 4, "aa\n         bb\n");
}

TEST(test_table_characters_count_as_columns)
{
	assert_int_equal(term_columns(""), 0);
	assert_int_equal(term_columns("abc"), 3);
	assert_int_equal(term_columns("✓ü€"), 3);
	assert_wrapped("üü üü üü", 0, 0, 5, "üü üü\nüü\n");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_table_without_a_width_is_one_line_a_row),
	cmocka_unit_test(test_table_utf8_has_signs_of_one_column),
	cmocka_unit_test(test_table_narrow_has_the_sentence_below),
	cmocka_unit_test(test_table_lines_fit_whatever_the_width),
	cmocka_unit_test(test_table_colour_paints_the_mark_alone),
	cmocka_unit_test(test_table_mapped_port_and_image_are_shown),
	cmocka_unit_test(test_table_without_rows_is_the_summary),
	cmocka_unit_test(test_table_summary_of_all_clear),
	cmocka_unit_test(test_table_summary_of_what_is_not),
	cmocka_unit_test(test_table_rtt_has_as_many_digits_as_matter),
	cmocka_unit_test(test_table_text_is_wrapped_at_blanks),
	cmocka_unit_test(test_table_long_word_stays_whole),
	cmocka_unit_test(test_table_characters_count_as_columns),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
