/* SPDX-License-Identifier: Apache-2.0 */
/* finding.h: one port of one address: what was asked there, and what was found. */
#ifndef REPORT_FINDING_H
#define REPORT_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "probes/role.h"
#include "probes/verdict.h"

/* Texts are borrowed and outlive the finding. */
struct finding {
	const char *host;    /* a DNS name or a numeric address */
	const char *image;   /* the image reference of a registry; else NULL */
	struct addr address; /* with the port; empty: the name has none */
	uint16_t port;       /* where to connect */
	enum dialect dialect;
	enum role role;               /* as told or as found */
	const struct port_rule *rule; /* NULL: not a documented port; static */
	bool asked;       /* the person named this port, more than where a documented one is */
	bool same_as_443; /* the certificate was compared with that of 443, and is the same */
	struct verdict verdict; /* owned */
};

/* What a person must know first. */
enum mark { MARK_GOOD, MARK_WARNING, MARK_BAD, MARK_UNKNOWN };

/* Findings in the order in which they are shown. */
struct findings {
	struct finding **list; /* owned; the findings are borrowed */
	size_t count;
	size_t size;     /* allocated */
	size_t left_out; /* attempts that an interruption prevented */
	bool interrupted;
};

/* Open, serving, and trusted as asked. */
bool finding_clear(const struct finding *found);

/* The check could not be run: nothing is known about the other side. */
bool finding_unknown(const struct finding *found);

enum mark finding_mark(const struct finding *found);

/* Address (IPv4 first, none before all), then port: below, equal to, or above 0. */
int finding_compare(const struct finding *a, const struct finding *b);

void findings_add(struct findings *s, struct finding *found);

/* The exit status (report/exit.h) of all together. */
int findings_status(const struct findings *s);

void findings_done(struct findings *s);

#endif
