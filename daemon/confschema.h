/* SPDX-License-Identifier: Apache-2.0 */
/* confschema.h: the table of keys as a libcyaml schema, and what libcyaml loads with it. */
#ifndef DAEMON_CONFSCHEMA_H
#define DAEMON_CONFSCHEMA_H

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "daemon/confkeys.h"

struct confschema;

/*
 * A mapping is loaded into an array of these, one for each key in the order of the table, two
 * for each list (its items and their count).  All zero: the key is not there.
 */
union confslot {
	char *text;
	char **texts;
	union confslot *section; /* one mapping, or all mappings of a sequence in one array */
	size_t count;
};

struct confschema *confschema_new(void);
void confschema_free(struct confschema *s);

const cyaml_schema_value_t *confschema_root(const struct confschema *s);

/* What is loaded from text, which passed conftext_check(); NULL on failure. */
union confslot *confschema_load(const struct confschema *s, const char *text, size_t len,
				struct err *ret_err);
void confschema_unload(const struct confschema *s, union confslot *root);

/* The slots of section s in what was loaded; NULL when it is not there. */
const union confslot *confschema_section(const union confslot *root, enum conf_section s);

/* How many mappings the sequence has. */
size_t confschema_count(const union confslot *root, enum conf_section s);

/* Those of one mapping of a sequence. */
const union confslot *confschema_entry(const union confslot *root, enum conf_section s, size_t i);

#endif
