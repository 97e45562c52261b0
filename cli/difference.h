/* SPDX-License-Identifier: Apache-2.0 */
/* difference.h: where Forklift's concerns and the findings disagree. */
#ifndef CLI_DIFFERENCE_H
#define CLI_DIFFERENCE_H

#include <stddef.h>

#include "inventory/compare.h"

/* As struct difference; owned. */
struct difference_kept {
	bool forklift;
	char *rule, *id, *name, *text, *reason;
};

struct differences {
	struct difference_kept *list; /* owned */
	size_t count;
	size_t size; /* allocated */
};

/* A difference_fn: copies d to the struct differences that owner is. */
void difference_add(void *owner, const struct difference *d);

void difference_done(struct differences *s);

#endif
