/* SPDX-License-Identifier: Apache-2.0 */
/* xlsxzip.c: see xlsxzip.h. */
#include "inventory/xlsxzip.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#include "base/mem.h"

enum { SLICE_BYTES = 64 * 1024, GROWTH = 200, ALWAYS_MIB = 64, AT_MOST_MIB = 2048 };

/* APPNOTE.TXT 4.3.14 to 4.3.16: where the records that end an archive have what. */
enum {
	END_BYTES = 22,
	END_SIZE = 12,
	COMMENT_MAX = 65535,
	LOCATOR_BYTES = 20,
	LOCATOR_AT = 8,
	END64_BYTES = 56,
	END64_COUNT = 32,
	END64_SIZE = 40,
	ENTRIES_MAX = 65535,
	DIRECTORY_MIB = 8, /* a workbook has some dozens of parts */
};

struct xlsxzip {
	zip_t *zip; /* owned */
	uint64_t most;
	uint64_t unpacked;
};

static uint64_t number_at(const unsigned char *p, size_t n)
{
	uint64_t number = 0;

	while (n-- > 0)
		number = number << 8 | p[n];
	return number;
}

static bool too_long(uint64_t entries, uint64_t size)
{
	return entries > ENTRIES_MAX || size > (uint64_t)DIRECTORY_MIB << 20;
}

/* What ends at p with the locator may be elsewhere, and have longer numbers. */
static bool too_long_at(int fd, const unsigned char *p, const unsigned char *before)
{
	unsigned char end64[END64_BYTES];
	const unsigned char *locator = p - LOCATOR_BYTES;

	if (p - before < LOCATOR_BYTES || memcmp(locator, "PK\6\7", 4) != 0)
		return too_long(0, number_at(p + END_SIZE, 4));
	return pread(fd, end64, sizeof end64, (off_t)number_at(locator + LOCATOR_AT, 8)) ==
		       (ssize_t)sizeof end64 &&
	       too_long(number_at(end64 + END64_COUNT, 8), number_at(end64 + END64_SIZE, 8));
}

/*
 * libzip 1.7 reads the whole directory into memory, 240 bytes for each entry, before it can be
 * asked how many there are.  It takes any of the ends that it finds: none may be too long.
 */
static bool check_directory(int fd, uint64_t bytes, struct err *e)
{
	enum { TAIL = COMMENT_MAX + END_BYTES + LOCATOR_BYTES + 1 };
	uint64_t from = bytes > TAIL ? bytes - TAIL : 0;
	unsigned char *tail = xcalloc(1, TAIL);
	ssize_t n = pread(fd, tail, TAIL, (off_t)from);
	bool ok = n >= 0 || err_set(e, errno, "%s", strerrordesc_np(errno));

	for (ssize_t i = 0; ok && i + END_BYTES <= n; i++)
		if (memcmp(tail + i, "PK\5\6", 4) == 0 && too_long_at(fd, tail + i, tail))
			ok = err_set(e, EFBIG,
				     "the archive lists more than %d files or %d MiB of names",
				     ENTRIES_MAX, DIRECTORY_MIB);
	free(tail);
	return ok;
}

static bool open_zip(struct xlsxzip *z, int fd, struct err *e)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	zip_error_t error;
	int code = 0;

	if (own < 0)
		return err_set(e, errno, "%s", strerrordesc_np(errno));
	z->zip = zip_fdopen(own, 0, &code);
	if (z->zip != NULL)
		return true;
	(void)close(own);
	zip_error_init_with_code(&error, code);
	(void)err_set(e, EINVAL, "%s", zip_error_strerror(&error));
	zip_error_fini(&error);
	return false;
}

struct xlsxzip *xlsxzip_open(int fd, uint64_t bytes, struct err *ret_err)
{
	struct xlsxzip *z = xcalloc(1, sizeof *z);

	z->most = (uint64_t)ALWAYS_MIB << 20;
	if (bytes * GROWTH > z->most)
		z->most = bytes * GROWTH;
	if (z->most > (uint64_t)AT_MOST_MIB << 20)
		z->most = (uint64_t)AT_MOST_MIB << 20;
	if (check_directory(fd, bytes, ret_err) && open_zip(z, fd, ret_err))
		return z;
	free(z);
	return NULL;
}

void xlsxzip_close(struct xlsxzip *z)
{
	if (z == NULL)
		return;
	zip_discard(z->zip);
	free(z);
}

/* Names of parts do not depend on case (ECMA-376-2, 6.2.2.3). */
static zip_int64_t locate(const struct xlsxzip *z, const char *part)
{
	return zip_name_locate(z->zip, part, ZIP_FL_NOCASE);
}

bool xlsxzip_has(const struct xlsxzip *z, const char *part)
{
	return locate(z, part) >= 0;
}

static bool feed(struct xlsxzip *z, zip_file_t *file, struct xmlsafe *x, struct err *e)
{
	char bytes[SLICE_BYTES];

	for (;;) {
		zip_int64_t n = zip_fread(file, bytes, sizeof bytes);

		if (n < 0)
			return err_set(e, EINVAL, "%s", zip_file_strerror(file));
		if (n == 0)
			return xmlsafe_end(x, e);
		z->unpacked += (uint64_t)n;
		if (z->unpacked > z->most)
			return err_set(e, EFBIG, "unpacks to more than %" PRIu64 " MiB",
				       z->most >> 20);
		if (!xmlsafe_put(x, bytes, (size_t)n, e))
			return false;
	}
}

bool xlsxzip_parse(struct xlsxzip *z, const char *part, const struct xmlsafe_calls *calls,
		   void *owner, struct err *e)
{
	zip_int64_t index = locate(z, part);
	zip_file_t *file;
	struct xmlsafe *x;
	bool ok;

	if (index < 0)
		return err_set(e, ENOENT, "the workbook has no part %s", part);
	file = zip_fopen_index(z->zip, (zip_uint64_t)index, 0);
	if (file == NULL)
		return err_set(e, EINVAL, "%s: %s", part, zip_strerror(z->zip));
	x = xmlsafe_new(calls, owner);
	ok = feed(z, file, x, e) || err_add(e, "%s", part);
	xmlsafe_free(x);
	(void)zip_fclose(file);
	return ok;
}
