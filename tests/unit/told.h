/* SPDX-License-Identifier: Apache-2.0 */
/* told.h: a registry whose keeper only counts what it is told. */
#ifndef TESTS_UNIT_TOLD_H
#define TESTS_UNIT_TOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/registry.h"

struct told {
	unsigned hosts_began, hosts_ended;
	unsigned began, changed, ended;
	unsigned gone;
	int64_t last_gone;
};

/* told lives as long as the registry. */
struct registry *told_registry(struct told *told, const struct store_pasts *pasts);

struct conf_target told_target(const char *name, const char *host, uint16_t port,
			       enum dialect dialect);

/* The targets live until the next call. */
void told_reconcile(struct registry *r, struct conf_target *targets, size_t count);

/* h is answered with these addresses (NULL: without), both families.  True: another set. */
bool told_answer(struct registry *r, struct host *h, const char *first, const char *second);

/* The endpoint of the target of that name at that address; NULL: none. */
struct endpoint *told_at(const struct registry *r, const char *name, const char *address);

#endif
