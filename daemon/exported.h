/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exported.h: the ESXi and oVirt hosts that the judged exports name, as the process that judges tells
 * of them.  Pure.
 */
#ifndef DAEMON_EXPORTED_H
#define DAEMON_EXPORTED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "daemon/kubeobject.h"
#include "probes/cert.h"
#include "probes/role.h"

struct offer;

enum { EXPORTED_MAX = 16384 };

/* Of whom it is, site or manager says. */
struct exported_host {
	enum role role; /* ROLE_ESXI, ROLE_OVIRT_HOST */
	char *address;  /* owned; name or numeric address */
	struct pin pin; /* len 0: no export tells */
	char *site;     /* owned; the Provider's uid; "": not known */
	char *manager;  /* owned; host of its vCenter or engine; "": not known */
	uint16_t manager_port;
};

/* Zeroed: none. */
struct exported {
	struct exported_host *list; /* owned */
	size_t count;
	size_t size;     /* allocated */
	size_t left_out; /* without an address that is one, or too many */
};

/* How the process that judges says it; NULL: it is nobody's host.  Owned by the caller. */
json_t *exported_json(const struct offer *o);

/* Takes in what was said so; what cannot be watched is left out. */
void exported_add(struct exported *e, const json_t *o);

bool exported_same(const struct exported *a, const struct exported *b);
void exported_done(struct exported *e);

#endif
