/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xlsx.c: a workbook of Excel (ECMA-376), as RVTools writes it, to records.  Its directory is
 * at the end of the file, so that the file is spooled first.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/must.h"
#include "inventory/spool.h"
#include "inventory/table.h"
#include "inventory/xlsxbook.h"
#include "inventory/xlsxrows.h"
#include "inventory/xlsxtext.h"
#include "inventory/xlsxzip.h"

/* Also bounds what libzip keeps of a directory. */
enum { FILE_MIB = 256 };

struct xlsx {
	struct reader reader;
	struct spool spool;
	struct table table;
};

static bool read_sheets(struct xlsx *x, struct xlsxzip *z, const struct xlsxbook *book,
			struct err *e)
{
	struct xlsxtexts texts;
	bool ok = xlsxtexts_read(&texts, z, book->strings, e);

	for (size_t i = 0; ok && i < book->count; i++)
		if (book->sheets[i].part != NULL)
			ok = xlsxrows_read(&book->sheets[i], z, &texts, &x->table, e);
	xlsxtexts_done(&texts);
	return ok;
}

static bool put(struct reader *r, const char *bytes, size_t n, struct err *e)
{
	return spool_put(&container_of(r, struct xlsx, reader)->spool, bytes, n, e);
}

static bool end(struct reader *r, struct err *e)
{
	struct xlsx *x = container_of(r, struct xlsx, reader);
	struct xlsxzip *z = NULL;
	struct xlsxbook book;
	bool ok;

	if (spool_rewind(&x->spool, e))
		z = xlsxzip_open(x->spool.fd, x->spool.bytes, e);
	if (z == NULL)
		return false;
	ok = xlsxbook_read(&book, z, e) && read_sheets(x, z, &book, e);
	xlsxbook_done(&book);
	xlsxzip_close(z);
	return ok;
}

static void done(struct reader *r)
{
	struct xlsx *x = container_of(r, struct xlsx, reader);

	spool_done(&x->spool);
	table_done(&x->table);
	free(x);
}

struct reader *xlsx_reader_new(struct sink *sink)
{
	struct xlsx *x = xcalloc(1, sizeof *x);

	x->reader = (struct reader){ .put = put, .end = end, .free = done };
	spool_init(&x->spool, (uint64_t)FILE_MIB << 20);
	table_init(&x->table, sink);
	return &x->reader;
}
