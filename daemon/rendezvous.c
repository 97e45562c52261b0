/* SPDX-License-Identifier: Apache-2.0 */
/* rendezvous.c: see rendezvous.h. */
#include "daemon/rendezvous.h"

/* The finaliser of MurmurHash3 in Stafford's variant 13: every bit depends on every other. */
static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

/* FNV-1a; alone it would give names that differ at their end alike weights. */
uint64_t rendezvous_hash(const char *name)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (const unsigned char *p = (const unsigned char *)name; *p != '\0'; p++)
		h = (h ^ *p) * UINT64_C(0x100000001b3);
	return mix(h);
}

bool rendezvous_chosen(const uint64_t *nodes, size_t count, uint64_t me, uint64_t thing,
		       unsigned most)
{
	uint64_t mine = mix(me ^ thing);
	size_t ahead = 0;

	for (size_t i = 0; i < count && ahead < most; i++) {
		uint64_t its = mix(nodes[i] ^ thing);

		ahead += its > mine || (its == mine && nodes[i] > me);
	}
	return ahead < most;
}
