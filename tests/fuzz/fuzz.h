/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz.h: what every fuzz target defines, and what several of them need. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input that is left; the targets take parts off its front. */
struct input {
	const uint8_t *data;
	size_t len;
};

/* The next byte, 0 when none is left. */
static inline uint8_t input_byte(struct input *in)
{
	if (in->len == 0)
		return 0;
	in->len--;
	return *in->data++;
}

/*
 * Everything before the next stop, which is dropped, or all that is left; an
 * owned copy, so that a read past its end is caught.
 */
static inline char *input_until(struct input *in, char stop, size_t *ret_len)
{
	const uint8_t *end = in->len > 0 ? memchr(in->data, stop, in->len) : NULL;
	size_t len = end != NULL ? (size_t)(end - in->data) : in->len;
	char *text = xstrndup((const char *)in->data, len);

	in->data += len + (end != NULL);
	in->len -= len + (end != NULL);
	*ret_len = len;
	return text;
}

/* The same as a string, which ends at the first NUL. */
static inline char *input_line(struct input *in)
{
	size_t len;

	return input_until(in, '\n', &len);
}

/* Length of the UTF-8 sequence at p (RFC 3629), 0 when it is none or a control character. */
static inline size_t fuzz_character(const unsigned char *p)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc0 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	uint32_t c = n == 1 ? p[0] : p[0] & (0x7fU >> n);

	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (n == 0 || c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return c < ' ' || (c >= 0x7f && c < 0xa0) ? 0 : n;
}

/* UTF-8 without control characters, as every text must be that reaches a terminal or JSON. */
static inline bool fuzz_shown(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p != '\0') {
		size_t n = fuzz_character(p);

		if (n == 0)
			return false;
		p += n;
	}
	return true;
}

/* A field of size bytes that ends with NUL and holds such text. */
static inline void fuzz_must_field(const char *field, size_t size)
{
	MUST(memchr(field, '\0', size) != NULL);
	MUST(fuzz_shown(field));
}

#define MUST_FIELD(field) fuzz_must_field(field, sizeof(field))

#endif
