/* SPDX-License-Identifier: Apache-2.0 */
/*
 * managers.h: the vCenters and engines that are known, by the uid of their Provider and by their
 * addresses: whose a host is that an export names.  Pure.
 */
#ifndef DAEMON_MANAGERS_H
#define DAEMON_MANAGERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hashset.h"
#include "probes/role.h"

struct conf_hint;
struct exported_host;

/* Texts are borrowed. */
struct manager {
	enum role role;   /* ROLE_VCENTER, ROLE_OVIRT_ENGINE */
	const char *uid;  /* of the Provider; "": it has none */
	const char *host; /* "": not known */
	uint16_t port;
	const char *provider;         /* what it is called */
	const struct conf_hint *hint; /* NULL: none */
	bool complete;                /* all its hosts are known already */
};

struct managers {
	struct manager *list; /* owned; does not move */
	size_t count;
	size_t size;
	struct hashset by_uid; /* of the list; so is the next */
	struct hashset by_place;
};

/* For at most so many. */
void managers_init(struct managers *m, size_t most);
void managers_done(struct managers *m);

/* Of two of one uid or address the first one counts. */
void managers_add(struct managers *m, const struct manager *one);

/* Whose h is; NULL: nobody's that is known. */
const struct manager *managers_find(struct managers *m, const struct exported_host *h);

#endif
