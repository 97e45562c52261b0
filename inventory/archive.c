/* SPDX-License-Identifier: Apache-2.0 */
/*
 * archive.c: a tar archive, as VDDK comes in, to one record that lists what is in it.  Nothing is
 * unpacked.  libarchive pulls its input, so that the file is spooled first.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include "inventory/escape.h"
#include "inventory/reader.h"
#include "inventory/spool.h"

enum {
	FILE_MIB = 2048,
	UNPACKED_MIB = 8192, /* of entries that were passed over */
	ENTRIES_MAX = 100000,
	BODY_BYTES = 32 * 1024 * 1024,
	BLOCK_BYTES = 64 * 1024,
};

struct tape {
	struct reader reader;
	struct sink *sink; /* borrowed */
	struct spool spool;
	struct buf body;
	size_t entries;
	uint64_t unpacked;
};

/* Not all that libarchive has: some filters are programs that it would run. */
static bool support(struct archive *a, struct err *e)
{
	static int (*const known[])(struct archive *) = {
		archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
		archive_read_support_filter_xz,   archive_read_support_filter_zstd,
		archive_read_support_format_tar,
	};

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i](a) != ARCHIVE_OK)
			return err_set(e, ENOTSUP, "this libarchive cannot: %s",
				       archive_error_string(a));
	return true;
}

static void put_entry(struct tape *t, struct archive_entry *entry)
{
	/* The name as UTF-8 if it can be told, else as the bytes it has. */
	const char *name = archive_entry_pathname_utf8(entry);

	if (name == NULL)
		name = archive_entry_pathname(entry);
	if (name == NULL)
		name = "";
	if (t->entries++ > 0)
		buf_puts(&t->body, ",");
	escape_put(&t->body, name, strlen(name));
}

/* Passes over an entry's bytes; archive_read_next_header() would do so without any limit. */
static int pass(struct tape *t, struct archive *a)
{
	const void *block;
	la_int64_t at;
	int status;

	do {
		size_t n = 0;

		status = archive_read_data_block(a, &block, &n, &at);
		t->unpacked += n;
	} while (status == ARCHIVE_OK && t->unpacked <= (uint64_t)UNPACKED_MIB << 20);
	return status == ARCHIVE_EOF ? ARCHIVE_OK : ARCHIVE_FATAL;
}

/* Lists the entries up to the archive's end; false: up to where that was not possible any more. */
static bool list(struct tape *t, struct archive *a)
{
	int status = ARCHIVE_OK;

	while (status == ARCHIVE_OK || status == ARCHIVE_WARN) {
		struct archive_entry *entry;
		size_t before = t->body.len;

		status = archive_read_next_header(a, &entry);
		if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
			break;
		if (t->entries == ENTRIES_MAX)
			return false;
		put_entry(t, entry);
		if (t->body.len > BODY_BYTES) {
			t->body.len = before;
			return false;
		}
		status = pass(t, a);
	}
	return status == ARCHIVE_EOF;
}

static bool read_archive(struct tape *t, struct archive *a, struct err *e)
{
	bool whole;

	if (!support(a, e))
		return false;
	if (archive_read_open_fd(a, t->spool.fd, BLOCK_BYTES) != ARCHIVE_OK)
		return err_set(e, EINVAL, "holds no tar archive: %s", archive_error_string(a));
	buf_puts(&t->body, "{\"file\":");
	escape_put(&t->body, t->sink->name, strlen(t->sink->name));
	buf_puts(&t->body, ",\"entries\":[");
	whole = list(t, a);
	if (t->entries == 0)
		return err_set(e, EINVAL, "holds no tar archive: %s",
			       whole ? "it is empty" : archive_error_string(a));
	buf_puts(&t->body, whole ? "],\"truncated\":false}" : "],\"truncated\":true}");
	return t->sink->record(t->sink->owner, "archive", "archive", t->body.data, t->body.len, e);
}

static bool put(struct reader *r, const char *bytes, size_t n, struct err *e)
{
	return spool_put(&container_of(r, struct tape, reader)->spool, bytes, n, e);
}

static bool end(struct reader *r, struct err *e)
{
	struct tape *t = container_of(r, struct tape, reader);
	struct archive *a;
	bool ok;

	if (!spool_rewind(&t->spool, e))
		return false;
	a = archive_read_new();
	if (a == NULL)
		abort();
	ok = read_archive(t, a, e);
	(void)archive_read_free(a);
	return ok;
}

static void done(struct reader *r)
{
	struct tape *t = container_of(r, struct tape, reader);

	spool_done(&t->spool);
	buf_done(&t->body);
	free(t);
}

struct reader *archive_reader_new(struct sink *sink)
{
	struct tape *t = xcalloc(1, sizeof *t);

	t->reader = (struct reader){ .put = put, .end = end, .free = done };
	t->sink = sink;
	spool_init(&t->spool, (uint64_t)FILE_MIB << 20);
	buf_init(&t->body, (size_t)2 * BODY_BYTES);
	return &t->reader;
}
