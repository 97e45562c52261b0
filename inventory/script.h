/* SPDX-License-Identifier: Apache-2.0 */
/*
 * script.h: the SQL scripts that know the formats of exports, and the rules.
 *
 * A script is a text of units.  A unit begins with a line "-- FORMAT id", "-- KIND id" (of the
 * format before it) or "-- RULE id"; then come headers, "-- name: value", which lines that begin
 * with "--" and at least two blanks continue; then the SQL.
 */
#ifndef INVENTORY_SCRIPT_H
#define INVENTORY_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "inventory/inventory.h"

enum {
	SCRIPT_FILE_BYTES = 1 << 20,
	SCRIPT_FILES = 256, /* of a folder */
	SCRIPT_UNITS = 4096,
	SCRIPT_ID_BYTES = 100,
};

/* All strings are owned by the scripts. */
struct script_sql {
	const char *text;
	const char *place; /* "import/rvtools.sql", or a file's path */
	unsigned line;     /* where the text begins */
};

struct script_format {
	const char *id, *title;
};

struct script_kind {
	size_t format; /* index */
	const char *id;
	const char *match; /* an SQL expression over list and body */
	struct script_sql sql;
};

struct script_rule {
	struct rule rule;
	struct script_sql sql;
};

struct scripts {
	struct script_format *formats;
	struct script_kind *kinds;
	struct script_rule *rules;
	const char **lists; /* names of lists that are cut */
	size_t formats_n, kinds_n, rules_n, lists_n;
	void **owned; /* what the strings lie in */
	size_t owned_n;
};

/* The builtin scripts, and those of a folder's *.sql; folder NULL: none. */
struct scripts *script_load(const char *folder, struct err *ret_err);
void script_free(struct scripts *s);

/* Adds the units of a text; an error begins with place:line. */
bool script_parse(struct scripts *s, const char *place, const char *text, bool is_builtin,
		  struct err *ret_err);

#endif
