/* SPDX-License-Identifier: Apache-2.0 */
/* compare.h: where Forklift's own concerns and our findings disagree. */
#ifndef INVENTORY_COMPARE_H
#define INVENTORY_COMPARE_H

#include <stdbool.h>

struct err;
struct inventory;

/* Texts are borrowed, and valid while the callback runs. */
struct difference {
	bool forklift;      /* it says so and we do not; else the reverse */
	const char *rule;   /* its id; NULL: the export carries none and its label is not known */
	const char *id;     /* of the machine, as the source has it; or NULL */
	const char *name;   /* or NULL */
	const char *text;   /* Forklift's label, or our message */
	const char *reason; /* why that may be */
};

typedef void difference_fn(void *owner, const struct difference *d);

/* All differences of the machines that were judged, by rule, then machine. */
__attribute__((warn_unused_result)) bool inventory_compare(struct inventory *inv, difference_fn *fn,
							   void *owner, struct err *ret_err);

#endif
