/* SPDX-License-Identifier: Apache-2.0 */
/* confsite.h: providers and endpoints as they stand in the file, made into single targets. */
#ifndef DAEMON_CONFSITE_H
#define DAEMON_CONFSITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/confread.h"

enum { CONFSITE_NO_ITEM = -1 };

/* Where a target stands in the file. */
struct confsite_origin {
	enum conf_section section;
	size_t index;
	const char *key; /* "": the whole entry; static */
	long item;       /* of a list; CONFSITE_NO_ITEM: no list */
};

/* The targets so far. */
struct confsite {
	const struct confread *r;        /* borrowed */
	const struct conf *conf;         /* borrowed; its sections are read */
	struct conf_target *targets;     /* owned */
	struct confsite_origin *origins; /* owned; one for each target */
	size_t count;
	size_t size;
	struct conf_hint *hints; /* owned; of the providers read so far */
	size_t hint_count;
	const char *ca_seen; /* the CA file that was read last; NULL: none */
};

/*
 * Fills c->targets and c->target_count; all other sections were read before.  Each documented
 * port of a provider's machine is a target, and each endpoint.  No name is given twice, and
 * nothing is watched twice.
 */
__attribute__((warn_unused_result)) bool confsite_read(const struct confread *r, struct conf *c);

__attribute__((warn_unused_result)) bool
confsite_add(struct confsite *s, const struct conf_target *t, const struct confsite_origin *o);

/* "providers[0].esxi[2]" */
void confsite_key(const struct confsite_origin *o, char ret_key[CONFTEXT_KEY_SIZE]);

/* Puts "FILE:LINE: KEY: " in front of the reason in s->r->err.  Returns false. */
bool confsite_blame(const struct confsite *s, const struct confsite_origin *o);

/* "esx01:902", "[fd00::1]:902", in the pool. */
const char *confsite_name(const struct confsite *s, const char *host, uint16_t port);

/* A numeric host is of the family that is watched. */
__attribute__((warn_unused_result)) bool
confsite_family_fits(const struct confsite *s, const char *host, const struct confsite_origin *o);

/* conffile_check_ca(), but not twice in a row of the same file. */
__attribute__((warn_unused_result)) bool confsite_check_ca(struct confsite *s, const char *place,
							   const char *file);

/* An attempt ends before the next one is due. */
__attribute__((warn_unused_result)) bool confsite_check_times(const struct confread *r,
							      const char *place,
							      const struct conf_target *t,
							      bool timeout_given);

#endif
