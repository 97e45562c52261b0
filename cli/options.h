/* SPDX-License-Identifier: Apache-2.0 */
/* options.h: what stands behind the verb, checked; one table is both parser and help. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/clock.h"
#include "cli/portmap.h"
#include "probes/cert.h"
#include "probes/role.h"

struct err;

/* One bit each: an option says which verbs take it. */
enum verb_bit {
	VERB_PROBE = 1 << 0,
	VERB_FINGERPRINT = 1 << 1,
	VERB_CA = 1 << 2,
	VERB_TRACE = 1 << 3,
	VERB_PORTS = 1 << 4,
};

enum output { OUTPUT_TABLE, OUTPUT_JSON, OUTPUT_CSV, OUTPUT_PEM, OUTPUT_N };

enum { OPTIONS_PORTS_MAX = 64, TIMEOUT_MS = 3000, HOP_TIMEOUT_MS = 1000, MAX_HOPS = 30 };

/* Every text points into argv. */
struct options {
	enum role role; /* ROLE_NONE: not given */
	struct portmap ports[OPTIONS_PORTS_MAX];
	size_t port_count;
	bool check_given;
	enum dialect check;
	bool reach;
	struct span timeout;
	int family;          /* AF_INET, AF_INET6; AF_UNSPEC: both */
	const char *ca_file; /* NULL: the system's authorities */
	struct pin pin;
	const char *resolver;    /* NULL: the system's */
	const char *min_version; /* NULL: the port table's */
	const char *path;
	unsigned status;
	bool plain;
	unsigned max_in_flight; /* 0: what the depth allows */
	unsigned max_hops;
	bool sha256;
	enum output output;
	bool help;
	char **words; /* owned array: what is no option */
	size_t word_count;
};

/* The defaults of a verb. */
void options_init(struct options *o, unsigned verb);

/*
 * Reads argv[0..argc).  Options and words may be mixed; "--" ends the options.
 * False with one line for the person on anything that is not understood.
 */
__attribute__((warn_unused_result)) bool options_parse(struct options *o, unsigned verb, int argc,
						       char **argv, struct err *ret_err);

void options_done(struct options *o);

/* The verb's options, one or more lines each, aligned, at most 80 columns. */
void options_help(unsigned verb, struct buf *out);

#endif
