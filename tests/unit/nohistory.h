/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nohistory.h: no history is kept, and nobody is muted: the functions that a program with
 * WRAP := $(NO_HISTORY) has in place of the real ones.  Included by the test itself.
 */
#ifndef TESTS_UNIT_NOHISTORY_H
#define TESTS_UNIT_NOHISTORY_H

#include "daemon/mutes.h"
#include "daemon/store.h"
#include "tests/unit/unit.h"

uint64_t __wrap_store_put_alert(struct store *s, const struct store_alert *a);
void __wrap_store_put_delivery(struct store *s, const struct store_delivery *d);
bool __wrap_store_kept(struct store *s, uint64_t ticket);
void __wrap_store_stats(struct store *s, struct store_stats *ret_stats);
bool __wrap_mutes_match_labels(const struct mutes *m, enum alert_kind kind, const json_t *labels,
			       struct wall now);

uint64_t __wrap_store_put_alert(struct store *s, const struct store_alert *a)
{
	assert_true(s == NULL && a == NULL); /* never called */
	return 0;
}

void __wrap_store_put_delivery(struct store *s, const struct store_delivery *d)
{
	assert_true(s == NULL && d == NULL);
}

bool __wrap_store_kept(struct store *s, uint64_t ticket)
{
	assert_true(s == NULL && ticket == 0);
	return false;
}

void __wrap_store_stats(struct store *s, struct store_stats *ret_stats)
{
	assert_true(s == NULL && ret_stats == NULL);
}

bool __wrap_mutes_match_labels(const struct mutes *m, enum alert_kind kind, const json_t *labels,
			       struct wall now)
{
	(void)m;
	(void)kind;
	(void)labels;
	(void)now;
	return false;
}

#endif
