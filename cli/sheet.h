/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sheet.h: a firewall request: every source to every destination and port, as network teams want it.
 * Pure.
 */
#ifndef CLI_SHEET_H
#define CLI_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/buf.h"
#include "report/term.h"

struct addressbook;
struct hosts;
struct plan;
struct sources;

enum { SHEET_ROWS_MAX = 1 << 20 };

/* One address of a node; empty where none is known. */
struct sheet_source {
	const char *name; /* borrowed */
	struct addr address;
};

/* One port of one address of a target. */
struct sheet_need {
	const char *name; /* borrowed */
	struct addr address;
	uint16_t port;
	bool blocker;      /* without it no migration succeeds */
	char *purpose;     /* owned; several: with "; " between; "": not documented */
	char *requirement; /* owned; where it is written */
};

struct sheet {
	struct sheet_source *sources; /* owned; each address once */
	size_t source_count;
	struct sheet_need *needs; /* owned; each port of an address once */
	size_t need_count;
};

/* What is borrowed outlives the sheet; names that the book does not have keep no address. */
void sheet_make(const struct sources *sources, const struct hosts *hosts, const struct plan *plans,
		const struct addressbook *book, struct sheet *ret_sheet);
void sheet_done(struct sheet *s);

/*
 * Whether there is a row: addresses of one family, or one that is not known; nobody opens a
 * firewall to himself.
 */
bool sheet_row(const struct sheet_source *from, const struct sheet_need *to);
size_t sheet_rows(const struct sheet *s);

void sheet_put_table(const struct sheet *s, const struct term *t, struct buf *out);
void sheet_put_csv(const struct sheet *s, struct buf *out);
void sheet_put_json(const struct sheet *s, struct buf *out);

#endif
