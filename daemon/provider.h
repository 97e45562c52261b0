/* SPDX-License-Identifier: Apache-2.0 */
/* provider.h: what the endpoints of one provider share. */
#ifndef DAEMON_PROVIDER_H
#define DAEMON_PROVIDER_H

#include "base/list.h"
#include "daemon/scope.h"

struct cert;
struct providers;

struct provider {
	struct link link;
	char *name;      /* owned */
	struct cert *ca; /* owned; the engine's CA as it offers it; NULL: not seen yet */
	struct scope scope;
};

struct providers *providers_new(void);
void providers_free(struct providers *p);

/* Made on first use; NULL for "", no provider. */
struct provider *providers_get(struct providers *p, const char *name);

#endif
