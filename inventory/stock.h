/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stock.h: one picture of a site, the database that files are read into.
 *
 *	file -> reader -> cutter -> record -> import scripts -> tables -> merge
 */
#ifndef INVENTORY_STOCK_H
#define INVENTORY_STOCK_H

#include <stdbool.h>

#include "base/err.h"
#include "inventory/inventory.h"

struct guard;
struct scripts;
struct stock;

/* Who is told while files are read; each may be NULL. */
struct stock_ears {
	notice_fn *notice;
	void *notice_owner;
	progress_fn *progress;
	void *progress_owner;
	notice_fn *unread, *unjudged; /* NULL: such a failure is one of everything */
	void *lapse_owner;
};

/* A new database at path.  scripts and ears are borrowed and outlive it. */
struct stock *stock_new(const char *path, const struct scripts *scripts,
			const struct stock_ears *ears, struct err *ret_err);
void stock_free(struct stock *s);

/* A file, each file of a folder, or standard input ("-"), into records. */
bool stock_read(struct stock *s, const char *path, struct err *ret_err);

/* Fills the tables from the records, and makes one row of what speaks of one thing; once. */
bool stock_settle(struct stock *s, struct err *ret_err);
bool stock_settled(const struct stock *s);

/* Its connection, borrowed, in GUARD_ENGINE. */
struct guard *stock_guard(struct stock *s);

#endif
