/* SPDX-License-Identifier: Apache-2.0 */
/* optiontable.h: the options of all verbs in one table, which is both parser and help. */
#ifndef CLI_OPTIONTABLE_H
#define CLI_OPTIONTABLE_H

#include <stddef.h>

#include "cli/optionvalue.h"

struct buf;

struct optiontable_rule {
	const char *name;
	char letter;          /* 0: none */
	unsigned verbs;       /* enum verb_bit */
	const char *argument; /* NULL: takes none */
	const char *help;
	optionvalue_fn *apply;
};

/* The rule of "--name", "--name=…", "-x" or "-x…"; NULL when the verb has none. */
const struct optiontable_rule *optiontable_find(unsigned verb, const char *word);

/* The verb's option whose name is nearest to the misspelt one; NULL when none is near. */
const char *optiontable_suggest(unsigned verb, const char *name);

/* The verb's options, one or more lines each, aligned, at most 80 columns. */
void optiontable_help(unsigned verb, struct buf *out);

#endif
