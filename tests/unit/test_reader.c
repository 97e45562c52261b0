/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/reader.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/mem.h"
#include "tests/unit/caught.h"
#include "tests/unit/unit.h"

static struct caught c;

static int set_up(__attribute__((unused)) void **state)
{
	caught_init(&c);
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	caught_done(&c);
	return 0;
}

/* One member of gzip; owned by the caller. */
static char *packed(const void *bytes, size_t n, size_t *ret_n)
{
	z_stream z = { 0 };
	unsigned char *in = xmemdup(bytes, n);
	char *out;

	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
	*ret_n = deflateBound(&z, n);
	out = xcalloc(1, *ret_n);
	z.next_in = in;
	z.avail_in = (unsigned)n;
	z.next_out = (unsigned char *)out;
	z.avail_out = (unsigned)*ret_n;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	*ret_n = z.total_out;
	assert_int_equal(deflateEnd(&z), Z_OK);
	free(in);
	return out;
}

static bool read_bytes(const char *bytes, size_t n, size_t piece)
{
	buf_clear(&c.text);
	return caught_read_pieces(&c, reader_new, bytes, n, piece);
}

TEST(test_reader_json_goes_on_as_it_is)
{
	for (size_t piece = 1; piece < 20; piece += 9) {
		assert_true(read_bytes(" {\"a\":\n1}x", 10, piece));
		assert_string_equal(buf_text(&c.text), " {\"a\":\n1}x");
	}
}

TEST(test_reader_nothing_gives_nothing)
{
	assert_true(read_bytes("", 0, 1));
	assert_int_equal(c.text.len, 0);
}

TEST(test_reader_unknown_bytes_are_refused)
{
	char binary[5000];

	memset(binary, 1, sizeof binary);
	assert_false(read_bytes(binary, sizeof binary, 100));
	assert_non_null(strstr(c.err.text, "by its first bytes"));
	assert_false(read_bytes(binary, 10, 100));
}

TEST(test_reader_gzip_is_unpacked_whatever_the_pieces)
{
	static const char json[] = "[{\"name\": \"a machine\"}, {\"name\": \"another machine\"}]";
	size_t n;
	char *gz = packed(json, sizeof json - 1, &n);

	for (size_t piece = 1; piece < 200; piece = piece * 3) {
		if (!read_bytes(gz, n, piece))
			fail_msg("%s", c.err.text);
		assert_string_equal(buf_text(&c.text), json);
	}
	free(gz);
}

TEST(test_reader_gzip_members_follow_each_other)
{
	size_t n, m;
	char *a = packed("[1,", 3, &n);
	char *b = packed("2]", 2, &m);
	char *both = xcalloc(1, n + m + 512);

	memcpy(both, a, n);
	memcpy(both + n, b, m);
	for (size_t piece = 1; piece < 200; piece += 66) {
		assert_true(read_bytes(both, n + m, piece));
		assert_string_equal(buf_text(&c.text), "[1,2]");
		assert_true(read_bytes(both, n + m + 512, piece)); /* and zeros behind */
		assert_string_equal(buf_text(&c.text), "[1,2]");
	}
	free(both);
	free(b);
	free(a);
}

TEST(test_reader_gzip_that_is_cut_off_or_damaged_is_refused)
{
	size_t n;
	char *gz = packed("[1,2,3,4,5,6,7,8,9]", 19, &n);

	assert_false(read_bytes(gz, n - 1, 7));
	assert_string_equal(c.err.text, "gzip: the file ends within its data");
	gz[n - 6] ^= 1; /* the checksum */
	assert_false(read_bytes(gz, n, 7));
	assert_non_null(strstr(c.err.text, "incorrect data check"));
	free(gz);
}

/* A file that unpacks to itself would never end. */
TEST(test_reader_gzip_within_gzip_is_refused)
{
	size_t n, m;
	char *inner = packed("[1]", 3, &n);
	char *outer = packed(inner, n, &m);

	assert_false(read_bytes(outer, m, m));
	assert_string_equal(c.err.text, "gzip within gzip is refused");
	free(outer);
	free(inner);
}

static bool swallow(void *owner, const char *json, size_t n, struct err *e)
{
	(void)json;
	(void)e;
	*(size_t *)owner += n;
	return true;
}

TEST(test_reader_gzip_bomb_is_refused)
{
	enum { BOMB_BYTES = 100 << 20 };
	size_t n, taken = 0;
	char *zeros = xcalloc(1, BOMB_BYTES);
	struct sink sink = { .put = swallow, .owner = &taken };
	struct reader *r = reader_new(&sink);
	char *gz;

	memset(zeros, ' ', BOMB_BYTES);
	zeros[0] = '[';
	gz = packed(zeros, BOMB_BYTES, &n);
	assert_false(r->put(r, gz, n, &c.err));
	assert_non_null(strstr(c.err.text, "which is refused"));
	assert_in_range(taken, 63 << 20, 65 << 20);
	r->free(r);
	free(gz);
	free(zeros);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reader_json_goes_on_as_it_is),
		cmocka_unit_test(test_reader_nothing_gives_nothing),
		cmocka_unit_test(test_reader_unknown_bytes_are_refused),
		cmocka_unit_test(test_reader_gzip_is_unpacked_whatever_the_pieces),
		cmocka_unit_test(test_reader_gzip_members_follow_each_other),
		cmocka_unit_test(test_reader_gzip_that_is_cut_off_or_damaged_is_refused),
		cmocka_unit_test(test_reader_gzip_within_gzip_is_refused),
		cmocka_unit_test(test_reader_gzip_bomb_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
