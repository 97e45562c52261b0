/* SPDX-License-Identifier: Apache-2.0 */
/* options.h: what stands behind the verb, read and checked. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "cli/portmap.h"
#include "inventory/inventory.h"
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
	VERB_STATUS = 1 << 5,
	VERB_HISTORY = 1 << 6,
	VERB_EVENTS = 1 << 7,
	VERB_CERTS = 1 << 8,
	VERB_EXPLAIN = 1 << 9,
	VERB_RELOAD = 1 << 10,
	VERB_ALERTS = 1 << 11,
	VERB_SILENCE = 1 << 12,
	VIA_DAEMON = 1 << 13, /* no verb: what goes with probe --via-daemon */
	VERB_CHECK = 1 << 14,
	VERB_RULES = 1 << 15,
	VERB_ENDPOINTS = 1 << 16,
	VERB_FINDINGS = 1 << 17,
	VERB_MATRIX = 1 << 18,
};

enum output {
	OUTPUT_TABLE,
	OUTPUT_WIDE,
	OUTPUT_JSON,
	OUTPUT_CSV,
	OUTPUT_PEM,
	OUTPUT_HTML,
	OUTPUT_JUNIT,
	OUTPUT_YAML,
	OUTPUT_MARKDOWN,
	OUTPUT_HOSTS,
	OUTPUT_N
};

enum { OPTIONS_BASELINES_MAX = 64, OPTIONS_LABELS_MAX = 8 };

enum { OPTIONS_PORTS_MAX = 64, MAX_HOPS = 30, OPTIONS_LIMIT_MAX = 1000000 };
enum {
	TIMEOUT_MS = 3000,
	HOP_TIMEOUT_MS = 1000,
	REPLY_TIMEOUT_MS = 30000,
	PROBE_REPLY_TIMEOUT_MS = 120000, /* the daemon answers when its checks are done */
	TEST_REPLY_TIMEOUT_MS = 180000,  /* …and when every sink has answered twice */
};

#define OPTIONS_SOCKET "/run/banksman/banksman.sock"

/* What of a Prometheus is asked for.  Texts point into argv, or the environment. */
struct options_matrix {
	const char *url;                        /* NULL: not said */
	const char *token_file;                 /* NULL: none */
	const char *labels[OPTIONS_LABELS_MAX]; /* "NAME=VALUE" */
	size_t label_count;
	const char *node_label; /* NULL: the usual ones */
	const char *match;      /* NULL: all endpoints */
	const char *provider;   /* NULL: all */
	bool by_provider;       /* a line each, not for each endpoint */
};

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
	const char *socket;       /* the daemon's */
	struct wall now;          /* when the command began */
	struct wall from;         /* a day ago, unless said */
	struct wall to;           /* now, unless said */
	struct wall at;           /* when at_given */
	const char *aspect;       /* NULL: the port's; static */
	const char *severity;     /* NULL: any; static */
	const char *alert;        /* its name; NULL: any */
	const char *why;          /* of a silence; NULL: not said */
	const char *lasts;        /* how long a silence does, as it was said; NULL: not said */
	int64_t end;              /* the number of a silence; 0: not said */
	size_t limit;             /* 0: not said */
	const char *own_option;   /* the first that --via-daemon cannot take; NULL: none; static */
	struct inventory_ask ask; /* what check judges */
	struct options_matrix matrix;
	const char *nodes_file; /* sources of a request sheet; NULL: not asked for */
	const char *rules;      /* a folder of further rules; NULL: none */
	const char *baselines[OPTIONS_BASELINES_MAX];
	size_t baseline_count;
	const char *rule, *kind, *verdict; /* of findings; NULL: any */
	enum rule_severity only;           /* what is less severe is not told */
	enum rule_severity fail_on;
	bool fail_never;
	bool compare_forklift;
	bool no_resolve;
	bool socket_given;
	bool since_given;
	bool timeout_given;
	bool from_given;
	bool to_given;
	bool at_given;
	bool problems;
	bool follow;
	bool history;
	bool via_daemon;
	bool live;
	bool output_given;
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

#endif
