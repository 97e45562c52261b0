/* SPDX-License-Identifier: Apache-2.0 */
/* confread.h: one section, from what libcyaml loaded to its struct. */
#ifndef DAEMON_CONFREAD_H
#define DAEMON_CONFREAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "daemon/confkeys.h"
#include "daemon/confschema.h"
#include "daemon/conftext.h"

struct confpool;

/* What is at hand while a file is read.  All borrowed. */
struct confread {
	struct conftext text;
	const union confslot *root;
	struct confpool *pool;
	bool files; /* look at the files that are named, too */
	struct err *err;
};

/*
 * Reads the keys of section s from slots (NULL: none is given) into *into, a struct as
 * confkeys.h says.  place stands in front of the keys in messages: "probe", "providers[2]", "".
 * A key without value and default leaves its field as it is.  Lists of texts are not cleared
 * first.
 */
__attribute__((warn_unused_result)) bool confread_section(const struct confread *r,
							  enum conf_section s, const char *place,
							  const union confslot *slots, void *into);

/* Fails with the reason, "FILE:LINE: PLACE.NAME: " in front.  place or name may be "". */
__attribute__((format(printf, 4, 5))) bool confread_fail(const struct confread *r,
							 const char *place, const char *name,
							 const char *format, ...);

#endif
