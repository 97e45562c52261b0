/* SPDX-License-Identifier: Apache-2.0 */
/* chance.h: numbers that look random and are the same in every run. */
#ifndef TESTS_UNIT_CHANCE_H
#define TESTS_UNIT_CHANCE_H

#include <stdint.h>

struct chance {
	uint64_t seed; /* any; moves on with every number */
};

uint64_t chance_next(struct chance *c);

/* 0 to n - 1; n at least 1. */
unsigned chance_below(struct chance *c, unsigned n);

#endif
