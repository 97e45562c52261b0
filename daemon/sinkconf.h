/* SPDX-License-Identifier: Apache-2.0 */
/* sinkconf.h: how one place is to be told, kept longer than the configuration that says so. */
#ifndef DAEMON_SINKCONF_H
#define DAEMON_SINKCONF_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/conf.h"

struct confpool;

struct sinkconf {
	struct conf_sink sink; /* with one URL, or none */
	struct confpool *pool; /* owned; the texts */
};

/* A copy with only that one of its URLs (none where there is none). */
struct sinkconf *sinkconf_new(const struct conf_sink *s, size_t url);

/*
 * How the place of that URL is called, owned by the caller: by the sink, and where it has several
 * URLs by the host too.  What stands behind the host may be a secret.
 */
char *sinkconf_place(const struct conf_sink *s, size_t url);

/* NULL is allowed. */
void sinkconf_free(struct sinkconf *c);

/* Told in the same manner, whatever they are called. */
bool sinkconf_same(const struct sinkconf *one, const struct sinkconf *other);

#endif
