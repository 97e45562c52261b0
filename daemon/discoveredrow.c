/* SPDX-License-Identifier: Apache-2.0 */
/* discoveredrow.c: see discoveredrow.h. */
#include "daemon/discoveredrow.h"

#include <stdlib.h>

#include "base/mem.h"
#include "daemon/db.h"
#include "daemon/store.h"

enum { ROWS_MAX = 16 };

#define WALL_MAX_MS (INT64_C(253402300799) * 1000) /* the end of year 9999 */

bool discoveredrow_put(struct db *d, const struct store_discovered *k)
{
	db_start(d, k->objects != NULL ? STMT_DISCOVERED_PUT : STMT_DISCOVERED_HEARD);
	db_bind_text(d, ":kind", k->kind);
	db_bind_text(d, ":source", k->source);
	db_bind_wall(d, ":heard", k->heard);
	if (k->objects != NULL)
		db_bind_text(d, ":objects", k->objects);
	return db_run(d);
}

/* Numbers and lengths may be anything in a file that is not ours. */
static void take(struct db *d, struct store_past_discovered *p)
{
	int64_t heard = db_int(d, 2);

	p->kind = xstrdup(db_text(d, 0));
	p->source = xstrdup(db_text(d, 1));
	p->heard.ms = heard > 0 && heard <= WALL_MAX_MS ? heard : 1;
	p->objects = db_is_null(d, 3) ? NULL : xstrdup(db_text(d, 3));
}

bool discoveredrow_past(struct db *d, struct store_pasts *pasts)
{
	enum db_row row;

	pasts->discovered = xcalloc(ROWS_MAX, sizeof *pasts->discovered);
	db_start(d, STMT_DISCOVERED_ALL);
	db_bind_int(d, ":most", STORE_DISCOVERED_BYTES);
	db_bind_int(d, ":limit", ROWS_MAX);
	while ((row = db_next(d)) == DB_ROW)
		take(d, &pasts->discovered[pasts->discovered_count++]);
	return row == DB_END;
}
