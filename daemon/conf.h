/* SPDX-License-Identifier: Apache-2.0 */
/* conf.h: the daemon's configuration: one YAML file in, one immutable tree out, or an error. */
#ifndef DAEMON_CONF_H
#define DAEMON_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "daemon/state.h"
#include "probes/cert.h"
#include "probes/role.h"

struct discovered;

/* One host and port to watch, before its name is looked up.  Texts are owned by the conf. */
struct conf_target {
	const char *provider; /* "": none */
	/*
	 * Unique.  As an endpoint is named; else its host and port, of a provider's machine the
	 * documented one ("esx04.example.com:902") even when it is reached on another.
	 */
	const char *name;
	enum role role;
	const char *host; /* DNS name or numeric address */
	uint16_t port;    /* where to connect */
	/* NULL: not a documented port; static.  One of a registry, whatever its port. */
	const struct port_rule *rule;
	enum dialect dialect;
	struct pin pin;      /* an endpoint's, or of a vCenter or engine; len 0: none */
	const char *ca_file; /* NULL: the system's authorities */
	const char *origin;  /* "provider NS/NAME", "inventory export", …; NULL: the file's own */
	const char *image;   /* DIALECT_REGISTRY; else NULL */
	const char *http_path;      /* DIALECT_HTTP(S); NULL: "/" */
	unsigned http_status;       /* 0: any below 400 */
	bool plain;                 /* DIALECT_REGISTRY without TLS */
	struct span interval;       /* of reach checks */
	struct span serve_interval; /* of serve checks; 0: none, as usual with DIALECT_TCP */
	struct span timeout;
};

enum sink_type { SINK_ALERTMANAGER, SINK_WEBHOOK, SINK_EXEC, SINK_JOURNAL, SINK_KUBERNETES };

/* A place that is told of alerts.  Secrets are in files, read when a sink begins. */
struct conf_sink {
	const char *name; /* unique */
	int type;         /* enum sink_type */
	/* http or https; each is told everything; none with exec and journal; the API's */
	const char **urls;
	size_t url_count;
	const char **command;    /* SINK_EXEC: argument vector, ended by NULL; else NULL */
	const char *ca_file;     /* NULL: the system's authorities */
	const char *token_file;  /* sent as bearer token; NULL: none */
	const char *secret_file; /* SINK_WEBHOOK: key of the HMAC; NULL: no signature */
	const char *proxy;       /* URL; NULL: none */
	const char *namespace;   /* SINK_KUBERNETES: of Providers; "": all; else NULL */
	struct span timeout;     /* of one telling */
	int least;               /* enum severity: less severe alerts are not told */
};

/* When nobody is to be told of some endpoints. */
struct conf_window {
	const char *match; /* as a person names endpoints; "*": everything */
	const char *why;   /* "": not said */
	struct wall from;  /* ms 0: it comes again and again, at minutes of the day in UTC */
	struct wall until;
	unsigned days;  /* bit 0 is Sunday: on which it begins; 0x7f: every day */
	unsigned begin; /* minute of the day, 0 to 1439 */
	unsigned end;   /* the same, or 1440; not after begin: of the next day */
};

/* What the file says of a provider, for its machines that are discovered. */
struct conf_hint {
	const char *provider;
	const char *ca_file; /* NULL: the system's authorities */
	struct pin pin;      /* of its manager; len 0: none */
	struct conf_map {
		uint16_t from; /* the documented port… */
		uint16_t to;   /* …is reached on this one */
	} * maps;
	size_t map_count;
};

enum conf_switch { SWITCH_AUTO, SWITCH_ON, SWITCH_OFF };

enum metrics_detail { METRICS_SUMMARY, METRICS_ENDPOINT, METRICS_ADDRESS };

struct conf {
	const char *path; /* of the file */
	const char *node; /* this node's name; the host name when none is given */
	struct conf_target *targets;
	size_t target_count;
	bool partial; /* more targets may follow: what is not among them is not given up yet */
	const struct discovered *discovered; /* borrowed: what else is known; NULL: nothing */
	size_t strangers; /* hosts that exports name, of no provider that is known */
	struct conf_hint *hints;
	size_t hint_count;
	struct {
		struct span interval;
		struct span serve_interval;
		struct span timeout;
		struct span name_interval;  /* how often names are looked up again */
		struct state_policy policy; /* confirmation and flapping */
		unsigned max_in_flight;
		unsigned per_address;   /* attempts at one address at a time */
		struct span separation; /* between two starts, but to catch up */
		unsigned serve_nodes;   /* how many nodes make serve checks of one endpoint */
		unsigned nodes;         /* how many nodes there are; 1: this one alone */
		/* Who they are, this one among them (rendezvous_hash()); NULL: not known. */
		const uint64_t *peers;
		size_t peer_count;
		uint64_t self;
		double serve_budget; /* serve checks per minute and address, all nodes together; 0: no bound */
		const char *resolver;       /* NULL: the system's */
		int family;                 /* AF_INET, AF_INET6, AF_UNSPEC: both */
		struct span expiry_warning; /* "expiring" when a certificate has less left */
	} probe;
	struct {
		const char *path; /* "": no history is kept */
		struct span keep;
		struct span keep_samples;
		uint64_t max_bytes;
	} history;
	struct {
		const char *directory;        /* of exports; "": no inventory is judged */
		bool endpoints;               /* the hosts that exports name are watched */
		const char *rules;            /* folder of the user's own; "": none */
		const char *release;          /* of Forklift; NULL: as the exports say */
		int warm;                     /* 1, 0; -1: as the plans say */
		const char *target_namespace; /* NULL: as the plans say */
		struct span timeout;          /* of one judgement */
		uint64_t memory_bytes;        /* of the process that makes it */
	} inventory;
	struct {
		const char *socket; /* path; "": none */
		unsigned mode;      /* permission bits of the socket, 0660 */
		const char *group;  /* NULL: as it comes */
		unsigned max_connections;
	} api;
	struct {
		const char *listen; /* "ADDRESS:PORT"; "": no TCP listener */
		enum metrics_detail detail;
	} metrics;
	struct {
		struct span cooldown; /* an alert that comes again within it ends only after it */
		struct span resend;   /* how often active alerts are told again */
		struct span changed_for; /* how long a changed certificate is an alert */
		unsigned loss_pct;       /* of the last 100 looks at an open port: PathDegraded */
		const char **labels;     /* further ones of every alert: "cluster=prod" */
		size_t label_count;
	} alerts;
	struct conf_sink *sinks;
	size_t sink_count;
	struct conf_window *windows;
	size_t window_count;
	struct {
		int enabled;     /* enum conf_switch */
		bool on;         /* what that comes to */
		const char *api; /* URL; "": as the environment says */
		const char *token_file;
		const char *ca_file;
		const char *namespace;    /* of Forklift's objects; "": all */
		const char *inventory;    /* URL of Forklift\'s inventory service; "": not asked */
		const char *inventory_ca; /* as ca_file, for it */
		const char *pods; /* selector of the daemon's own; "": they are not asked for */
	} discovery;
	struct {
		enum log_level level;
	} log;
	void *memory; /* owned; what the texts live in */
};

/*
 * Reads and checks the whole file, and the files that it names.  "${NAME}" in a value becomes
 * the environment's value ("${NAME:-word}": word when it is unset or empty).  NULL with
 * "FILE:LINE: KEY: what is wrong" on failure.  A configuration without any target is taken only
 * if it says so with an empty list of providers or endpoints.
 */
struct conf *conf_load(const char *path, struct err *ret_err);

/* The same for text in memory, without a look at other files; path is for the messages. */
struct conf *conf_parse(const char *text, size_t len, const char *path, struct err *ret_err);

/* NULL is allowed. */
void conf_free(struct conf *c);

/*
 * Every key as `banksmand --help-config` prints it: a line "KEY: TYPE[, required|, default VALUE]",
 * then lines of meaning, which begin with blanks.
 */
void conf_help(struct buf *out);

#endif
