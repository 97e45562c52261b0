/* SPDX-License-Identifier: Apache-2.0 */
#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "tests/unit/caught.h"
#include "tests/unit/unit.h"

enum { SPACE = 64 * 1024 * 1024 };

typedef int adder(struct archive *a);

static void add(struct archive *a, const char *name, const char *bytes, size_t n)
{
	struct archive_entry *e = archive_entry_new();

	archive_entry_set_pathname(e, name);
	archive_entry_set_size(e, (la_int64_t)n);
	archive_entry_set_filetype(e, AE_IFREG);
	archive_entry_set_perm(e, 0644);
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	if (n > 0)
		assert_int_equal(archive_write_data(a, bytes, n), n);
	archive_entry_free(e);
}

/* An archive of SPACE bytes at most that is being written; owned bytes. */
static struct archive *begin(adder *filter, adder *format, char **ret_bytes, size_t *ret_n)
{
	struct archive *a = archive_write_new();

	*ret_bytes = xcalloc(1, SPACE);
	*ret_n = 0;
	assert_int_equal(filter(a), ARCHIVE_OK);
	assert_int_equal(format(a), ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(a, *ret_bytes, SPACE, ret_n), ARCHIVE_OK);
	return a;
}

static void finish(struct archive *a)
{
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
}

static char *make_vddk(adder *filter, adder *format, size_t *ret_n)
{
	char *bytes;
	struct archive *a = begin(filter, format, &bytes, ret_n);

	add(a, "vmware-vix-disklib-distrib/lib64/libvixDiskLib.so.8", "elf", 3);
	add(a, "../../etc/passwd", "", 0);
	add(a, "a \"quote\"", "", 0);
	finish(a);
	return bytes;
}

#define VDDK                                                                                       \
	"archive|archive|{\"file\":\"a \\\"file\\\"\",\"entries\":["                               \
	"\"vmware-vix-disklib-distrib/lib64/libvixDiskLib.so.8\","                                 \
	"\"../../etc/passwd\",\"a \\\"quote\\\"\"],\"truncated\":false}\n"

static void assert_record(const char *bytes, size_t n, const char *want)
{
	struct caught c;

	caught_init(&c);
	if (!caught_read(&c, archive_reader_new, bytes, n))
		fail_msg("%s", c.err.text);
	assert_string_equal(buf_text(&c.records), want);
	caught_done(&c);
}

static void assert_refused(const char *bytes, size_t n, const char *why)
{
	struct caught c;

	caught_init(&c);
	if (caught_read_pieces(&c, archive_reader_new, bytes, n, n + 1))
		fail_msg("taken, though %s", why);
	if (strstr(c.err.text, why) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", why, c.err.text);
	caught_done(&c);
}

TEST(test_archive_names_are_listed_whatever_it_is_packed_with)
{
	static adder *const filters[] = { archive_write_add_filter_none,
					  archive_write_add_filter_gzip,
					  archive_write_add_filter_bzip2,
					  archive_write_add_filter_xz,
					  archive_write_add_filter_zstd };
	static adder *const formats[] = { archive_write_set_format_ustar,
					  archive_write_set_format_pax_restricted,
					  archive_write_set_format_gnutar };

	for (size_t f = 0; f < ARRAY_LEN(filters); f++)
		for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
			size_t n;
			char *bytes = make_vddk(filters[f], formats[i], &n);
			enum syntax want = f == 1 ? SYNTAX_GZIP : SYNTAX_ARCHIVE;

			assert_int_equal(sniff(bytes, n), want);
			assert_record(bytes, n, VDDK);
			free(bytes);
		}
}

TEST(test_archive_that_is_cut_off_says_so)
{
	char *bytes;
	size_t n;
	struct archive *a =
		begin(archive_write_add_filter_none, archive_write_set_format_ustar, &bytes, &n);
	char data[2048] = { 0 };

	add(a, "one", data, sizeof data);
	add(a, "two", data, sizeof data);
	finish(a);
	assert_record(bytes, 512 + 2048 + 512 + 100,
		      "archive|archive|{\"file\":\"a \\\"file\\\"\",\"entries\":[\"one\",\"two\"],"
		      "\"truncated\":true}\n");
	assert_record(bytes, 512 + 2048 + 100,
		      "archive|archive|{\"file\":\"a \\\"file\\\"\",\"entries\":[\"one\"],"
		      "\"truncated\":true}\n");
	assert_refused(bytes, 100, "holds no tar archive");
	free(bytes);
}

TEST(test_archive_names_need_not_be_utf8)
{
	char *bytes;
	size_t n;
	struct archive *a =
		begin(archive_write_add_filter_none, archive_write_set_format_ustar, &bytes, &n);

	add(a,
	    "B\xc3\xbc"
	    "cher",
	    "", 0);
	add(a,
	    "B\xfc"
	    "cher\n",
	    "", 0);
	finish(a);
	assert_record(bytes, n,
		      "archive|archive|{\"file\":\"a \\\"file\\\"\",\"entries\":[\"B\xc3\xbc"
		      "cher\",\"B\xef\xbf\xbd"
		      "cher\\n\"],\"truncated\":false}\n");
	free(bytes);
}

TEST(test_archive_what_is_none_is_refused)
{
	static const char cpio[] = "070707000000000000000000000000000000000001000000";
	char zeros[10240] = { 0 };

	assert_refused("", 0, "holds no tar archive");
	assert_refused("BZh91AY&SY and nothing", 22, "holds no tar archive");
	assert_refused("#!/bin/sh\necho no\n", 18, "holds no tar archive");
	assert_refused(cpio, sizeof cpio, "holds no tar archive");
	assert_refused(zeros, sizeof zeros, "holds no tar archive: it is empty");
}

TEST(test_archive_entries_are_bounded)
{
	char *bytes;
	size_t n;
	struct archive *a =
		begin(archive_write_add_filter_gzip, archive_write_set_format_ustar, &bytes, &n);
	struct caught c;
	size_t names = 0;

	for (int i = 0; i <= 100000; i++) {
		char name[16];

		(void)snprintf(name, sizeof name, "f%d", i);
		add(a, name, "", 0);
	}
	finish(a);
	caught_init(&c);
	assert_true(caught_read_pieces(&c, archive_reader_new, bytes, n, n));
	assert_non_null(strstr(buf_text(&c.records), ",\"f99999\"],\"truncated\":true}\n"));
	for (size_t i = 0; i < c.records.len; i++)
		names += c.records.data[i] == 'f' && c.records.data[i - 1] == '"';
	assert_int_equal(names, 100000 + 2); /* and "file", twice */
	caught_done(&c);
	free(bytes);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_archive_names_are_listed_whatever_it_is_packed_with),
	cmocka_unit_test(test_archive_that_is_cut_off_says_so),
	cmocka_unit_test(test_archive_names_need_not_be_utf8),
	cmocka_unit_test(test_archive_what_is_none_is_refused),
	cmocka_unit_test(test_archive_entries_are_bounded),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
