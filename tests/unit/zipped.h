/* SPDX-License-Identifier: Apache-2.0 */
/* zipped.h: zip archives made in memory. */
#ifndef TESTS_UNIT_ZIPPED_H
#define TESTS_UNIT_ZIPPED_H

#include <stdlib.h>
#include <zip.h>

#include "base/mem.h"
#include "base/must.h"

struct zipped_part {
	const char *name;
	const char *bytes;
	size_t n;
};

static inline zip_t *zipped_begin(zip_source_t *s)
{
	zip_error_t error;
	zip_t *z;

	MUST(s != NULL);
	zip_source_keep(s);
	z = zip_open_from_source(s, ZIP_TRUNCATE, &error);
	MUST(z != NULL);
	return z;
}

static inline char *zipped_read(zip_source_t *s, size_t *ret_n)
{
	zip_stat_t st;
	char *bytes;

	MUST(zip_source_stat(s, &st) == 0 && zip_source_open(s) == 0);
	bytes = xcalloc(1, st.size);
	MUST(zip_source_read(s, bytes, st.size) == (zip_int64_t)st.size);
	(void)zip_source_close(s);
	zip_source_free(s);
	*ret_n = st.size;
	return bytes;
}

/* An archive of the count parts; owned by the caller.  method: ZIP_CM_STORE, ZIP_CM_DEFLATE. */
static inline char *zipped_make(const struct zipped_part *parts, size_t count, zip_int32_t method,
				size_t *ret_n)
{
	zip_error_t error;
	zip_source_t *s = zip_source_buffer_create(NULL, 0, 0, &error);
	zip_t *z = zipped_begin(s);

	for (size_t i = 0; i < count; i++) {
		zip_source_t *part = zip_source_buffer(z, parts[i].bytes, parts[i].n, 0);
		zip_int64_t index = zip_file_add(z, parts[i].name, part, ZIP_FL_ENC_UTF_8);

		MUST(part != NULL && index >= 0);
		MUST(zip_set_file_compression(z, (zip_uint64_t)index, method, 0) == 0);
	}
	MUST(zip_close(z) == 0);
	return zipped_read(s, ret_n);
}

#endif
