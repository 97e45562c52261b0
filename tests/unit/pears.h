/* SPDX-License-Identifier: Apache-2.0 */
/* pears.h: export formats of our own, as a user might add them, and an inventory that reads them. */
#ifndef TESTS_UNIT_PEARS_H
#define TESTS_UNIT_PEARS_H

#include "base/buf.h"
#include "base/err.h"
#include "inventory/inventory.h"
#include "tests/unit/drawer.h"

/*
 * Formats "pear" and "plum" are alike: {"pears": [machines]}, a machine with columns of the table
 * vm and "disks" with columns of disk; so are "pear hosts": {"pearhosts": […]}.
 */
struct pears {
	struct drawer scripts, files;
	struct inventory *inv;
	struct buf notices; /* lines "file: text", the file without its folder */
	struct buf rows;
	struct err err;
};

#define PEARS_RULE(id, severity)                                                                   \
	"-- RULE " id "\n-- severity: " severity "\n-- title: T\n-- why: W\n-- remedy: R\n"        \
	"-- source: S\n"

/* script: further scripts, or NULL. */
void pears_init(struct pears *p, const char *script);
void pears_done(struct pears *p);

/* Opens an inventory; the one before is closed.  pears_try() may fail: p->err says why. */
void pears_open(struct pears *p);
bool pears_try(struct pears *p);

/* A file with this text is read. */
void pears_read(struct pears *p, const char *name, const char *text);

/* Judges; "rule verdict kind id name plan: message" lines, of rules whose names begin so. */
const char *pears_judge(struct pears *p, const struct inventory_ask *ask, const char *rules);

/* What SQL of one column gives, lines; settles. */
const char *pears_rows(struct pears *p, const char *sql);

#endif
