/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rendezvous.h: which of many nodes see to a thing, so that all agree without a word: each draws a
 * number from the node's name and the thing's, and the highest ones count (highest random weight;
 * Thaler and Ravishankar, 1998).  When a node goes, only what it saw to finds another.
 */
#ifndef DAEMON_RENDEZVOUS_H
#define DAEMON_RENDEZVOUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of the name of a node or thing; the same on every machine and in every version. */
uint64_t rendezvous_hash(const char *name);

/* Whether me, one of the nodes, is among the `most` that see to thing.  No two nodes are equal. */
bool rendezvous_chosen(const uint64_t *nodes, size_t count, uint64_t me, uint64_t thing,
		       unsigned most);

#endif
