/* SPDX-License-Identifier: Apache-2.0 */
/* gzip.c: what gzip has packed, any number of members (RFC 1952), to the reader of what is in it. */
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST /* input is not written to */
#include <zlib.h>

#include "base/mem.h"
#include "base/must.h"
#include "inventory/reader.h"

enum { OUT_BYTES = 64 * 1024, RATIO = 200, WINDOW_GZIP = 15 + 16 };

/* What a file may become; beyond the free part at most RATIO times its own size. */
#define OUT_MAX  (UINT64_C(4) << 30)
#define OUT_FREE (UINT64_C(64) << 20)

struct gzip {
	struct reader reader;
	z_stream stream;
	struct reader *inner; /* owned */
	uint64_t in, out;     /* bytes so far */
	bool within;          /* a member has begun and not ended */
	unsigned char piece[OUT_BYTES];
};

static bool bounded(const struct gzip *g, struct err *ret_err)
{
	if (g->out <= OUT_MAX && (g->out <= OUT_FREE || g->out / RATIO <= g->in))
		return true;
	return err_set(ret_err, 0,
		       "%" PRIu64 " bytes of gzip have become %" PRIu64 ", which is refused", g->in,
		       g->out);
}

/* Inflates what the stream has; leaves it at the end of a member. */
static bool inflate_some(struct gzip *g, struct err *ret_err)
{
	unsigned before = g->stream.avail_in;
	size_t n;
	int rc;

	g->stream.next_out = g->piece;
	g->stream.avail_out = OUT_BYTES;
	rc = inflate(&g->stream, Z_NO_FLUSH);
	g->in += before - g->stream.avail_in;
	if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
		return err_set(ret_err, 0, "gzip, byte %" PRIu64 ": %s", g->in,
			       g->stream.msg != NULL ? g->stream.msg : zError(rc));
	n = OUT_BYTES - g->stream.avail_out;
	g->out += n;
	if (!bounded(g, ret_err) ||
	    (n > 0 && !g->inner->put(g->inner, (const char *)g->piece, n, ret_err)))
		return false;
	g->within = rc != Z_STREAM_END;
	if (rc == Z_STREAM_END)
		MUST(inflateReset(&g->stream) == Z_OK);
	return true;
}

/* Zeros behind a member are no member: some tools fill up with them. */
static bool skip_padding(struct gzip *g)
{
	while (!g->within && g->in > 0 && g->stream.avail_in > 0 && *g->stream.next_in == 0) {
		g->stream.next_in++;
		g->stream.avail_in--;
	}
	return g->stream.avail_in > 0;
}

static bool gzip_put(struct reader *r, const char *bytes, size_t n, struct err *ret_err)
{
	struct gzip *g = container_of(r, struct gzip, reader);
	bool more = true; /* the output was full: there may be more without input */

	MUST(n <= UINT32_MAX);
	g->stream.next_in = (const unsigned char *)bytes;
	g->stream.avail_in = (unsigned)n;
	while (skip_padding(g) || (more && g->within)) {
		if (!inflate_some(g, ret_err))
			return false;
		more = g->stream.avail_out == 0;
	}
	return true;
}

static bool gzip_end(struct reader *r, struct err *ret_err)
{
	struct gzip *g = container_of(r, struct gzip, reader);

	/* An archive that is cut off is read for what is in it, and says so. */
	if (g->within && reader_found(g->inner) != SYNTAX_ARCHIVE)
		return err_set(ret_err, 0, "gzip: the file ends within its data");
	return g->inner->end(g->inner, ret_err);
}

static void gzip_free(struct reader *r)
{
	struct gzip *g = container_of(r, struct gzip, reader);

	(void)inflateEnd(&g->stream);
	g->inner->free(g->inner);
	free(g);
}

struct reader *gzip_reader_new(struct sink *sink)
{
	struct gzip *g = xcalloc(1, sizeof *g);

	g->reader = (struct reader){ gzip_put, gzip_end, gzip_free };
	MUST(inflateInit2(&g->stream, WINDOW_GZIP) == Z_OK);
	g->inner = reader_new_packed(sink);
	return &g->reader;
}
