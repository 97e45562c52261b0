/* SPDX-License-Identifier: Apache-2.0 */
/* chance.c: SplitMix64. */
#include "tests/unit/chance.h"

uint64_t chance_next(struct chance *c)
{
	uint64_t z = (c->seed += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

unsigned chance_below(struct chance *c, unsigned n)
{
	return (unsigned)(chance_next(c) % n);
}
