/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conftext.h: the YAML text itself, walked along the schema.  libcyaml 1.3 tells where something
 * is wrong only in the prose of its log, and after loading knows no lines at all.
 *
 * A key is written "providers[0].esxi[2]".
 */
#ifndef DAEMON_CONFTEXT_H
#define DAEMON_CONFTEXT_H

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { CONFTEXT_KEY_SIZE = 128 };

/* All borrowed. */
struct conftext {
	const char *path; /* of the file, for messages */
	const char *text;
	size_t len;
	const cyaml_schema_value_t *schema;
};

/*
 * The text is one YAML document of the schema's shape: known keys, none twice, lists and
 * mappings where they belong, no aliases, tags or NULs.  An empty section is taken for one
 * that is not there.  False with "FILE:LINE: KEY: reason".
 */
__attribute__((warn_unused_result)) bool conftext_check(const struct conftext *t,
							struct err *ret_err);

/* The text, which passed the check, holds the key; an empty section does not count. */
bool conftext_has(const struct conftext *t, const char *key);

/* The line of the key, or of what is nearest above it; 1 up. */
unsigned conftext_line(const struct conftext *t, const char *key);

/* Puts "FILE:LINE: KEY: " in front of the reason.  Returns false. */
bool conftext_blame(const struct conftext *t, const char *key, struct err *e);

#endif
