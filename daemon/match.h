/* SPDX-License-Identifier: Apache-2.0 */
/*
 * match.h: endpoints as a person names them: "esx04.example.com:902", "esx04:902", "esx04", "902",
 * ":902", "10.1.7.14", "[fd00::1]:902", a provider's name, or a glob of any of these with * and ?.
 * Case does not count.  Pure.
 */
#ifndef DAEMON_MATCH_H
#define DAEMON_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/limits.h"

/* What is to be matched.  Texts are borrowed. */
struct match_subject {
	const char *name;     /* the endpoint's */
	const char *host;     /* a DNS name or a numeric address */
	const char *provider; /* "": none */
	struct addr address;  /* empty: the host has none */
	uint16_t port;
	uint16_t documented_port; /* 0: as port */
};

/* How well; a list shows only the best that there are: "esx1" is not "esx10". */
enum match {
	MATCH_NONE,
	MATCH_PREFIX, /* the host begins so */
	MATCH_LABEL,  /* the host's first labels; a port alone; a glob; a provider */
	MATCH_EXACT,  /* the endpoint's name, the whole host or the address */
	MATCH_N
};

enum { PATTERN_BYTES = LIMIT_NAME_BYTES };

/* A pattern, read once. */
struct pattern {
	char text[PATTERN_BYTES]; /* as it came */
	char host[PATTERN_BYTES]; /* without a port; "": any */
	struct addr address;      /* of host, when it is numeric */
	uint16_t port;            /* 0: any */
	bool glob;
};

/* False when text is empty or too long. */
__attribute__((warn_unused_result)) bool pattern_parse(const char *text,
						       struct pattern *ret_pattern);

enum match pattern_match(const struct pattern *p, const struct match_subject *s);

#endif
