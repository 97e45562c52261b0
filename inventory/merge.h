/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge.h: makes one row of several that speak of one thing.
 *
 * identity.sql has filled temp.same (tab, id, keep): row id of table tab speaks of the same thing
 * as row keep.  Of all that are the same the row with the least id stays; what is NULL in it is
 * filled from the others in the order of their ids; rows that refer to them (REFERENCES in
 * tables.sql) follow, and become one likewise where owners that are one have some with an equal ref.
 */
#ifndef INVENTORY_MERGE_H
#define INVENTORY_MERGE_H

#include <stdbool.h>

#include "base/err.h"

struct guard;

bool merge(struct guard *g, struct err *ret_err);

#endif
