/* SPDX-License-Identifier: Apache-2.0 */
/* reader.c: the first bytes of a file say which reader the rest goes to; see reader.h. */
#include "inventory/reader.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"

struct finder {
	struct reader reader;
	struct sink *sink;    /* borrowed */
	struct buf head;      /* until the syntax is known */
	struct reader *inner; /* owned; NULL: not known yet */
	enum syntax syntax;   /* of inner */
	bool packed;          /* it was in gzip */
};

/* JSON goes on as it is. */
struct plain {
	struct reader reader;
	struct sink *sink; /* borrowed */
};

static bool plain_put(struct reader *r, const char *bytes, size_t n, struct err *ret_err)
{
	struct plain *p = container_of(r, struct plain, reader);

	return p->sink->put(p->sink->owner, bytes, n, ret_err);
}

static bool plain_end(struct reader *r, struct err *ret_err)
{
	(void)r;
	(void)ret_err;
	return true;
}

static void plain_free(struct reader *r)
{
	free(container_of(r, struct plain, reader));
}

static struct reader *plain_new(struct sink *sink)
{
	struct plain *p = xcalloc(1, sizeof *p);

	*p = (struct plain){ { plain_put, plain_end, plain_free }, sink };
	return &p->reader;
}

/* clang-format off */
static struct reader *(*const readers[SYNTAX_N])(struct sink *) = {
	[SYNTAX_JSON] = plain_new,
	[SYNTAX_YAML] = yaml_reader_new,
	[SYNTAX_XML] = xml_reader_new,
	[SYNTAX_CSV] = csv_reader_new,
	[SYNTAX_GZIP] = gzip_reader_new,
	[SYNTAX_ZIP] = xlsx_reader_new,
	[SYNTAX_ARCHIVE] = archive_reader_new,
};
/* clang-format on */

static bool find(struct finder *f, struct err *ret_err)
{
	enum syntax syntax = sniff(buf_text(&f->head), f->head.len);

	if (readers[syntax] == NULL)
		return err_set(
			ret_err, 0,
			"neither JSON, YAML, XML, CSV, xlsx nor an archive, by its first bytes");
	if (syntax == SYNTAX_GZIP && f->packed)
		return err_set(ret_err, 0, "gzip within gzip is refused");
	f->syntax = syntax;
	f->inner = readers[syntax](f->sink);
	return f->inner->put(f->inner, buf_text(&f->head), f->head.len, ret_err);
}

static bool finder_put(struct reader *r, const char *bytes, size_t n, struct err *ret_err)
{
	struct finder *f = container_of(r, struct finder, reader);
	size_t room = SNIFF_BYTES - f->head.len;
	size_t taken = n < room ? n : room;

	if (f->inner != NULL)
		return f->inner->put(f->inner, bytes, n, ret_err);
	buf_put(&f->head, bytes, taken);
	if (f->head.len < SNIFF_BYTES)
		return true;
	return find(f, ret_err) &&
	       (taken == n || f->inner->put(f->inner, bytes + taken, n - taken, ret_err));
}

/* Of an empty file nothing is made. */
static bool finder_end(struct reader *r, struct err *ret_err)
{
	struct finder *f = container_of(r, struct finder, reader);

	if (f->inner == NULL && f->head.len == 0)
		return true;
	if (f->inner == NULL && !find(f, ret_err))
		return false;
	MUST(f->inner != NULL);
	return f->inner->end(f->inner, ret_err);
}

static void finder_free(struct reader *r)
{
	struct finder *f = container_of(r, struct finder, reader);

	if (f->inner != NULL)
		f->inner->free(f->inner);
	buf_done(&f->head);
	free(f);
}

static struct reader *finder_new(struct sink *sink, bool packed)
{
	struct finder *f = xcalloc(1, sizeof *f);

	*f = (struct finder){ { finder_put, finder_end, finder_free },
			      .sink = sink,
			      .packed = packed };
	buf_init(&f->head, SNIFF_BYTES);
	return &f->reader;
}

struct reader *reader_new(struct sink *sink)
{
	return finder_new(sink, false);
}

struct reader *reader_new_packed(struct sink *sink)
{
	return finder_new(sink, true);
}

enum syntax reader_found(struct reader *r)
{
	return container_of(r, struct finder, reader)->syntax;
}
