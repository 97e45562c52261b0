/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confkeys.h: every key of the configuration in one table, with its type, default, bounds and
 * meaning.  The libcyaml schema, the help, and what fills the structs are made from it.
 */
#ifndef DAEMON_CONFKEYS_H
#define DAEMON_CONFKEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/conf.h"

enum conf_section {
	CONF_TOP, /* keys that stand in no section */
	CONF_PROVIDER,
	CONF_ENDPOINT,
	CONF_PROBE,
	CONF_HISTORY,
	CONF_INVENTORY,
	CONF_API,
	CONF_METRICS,
	CONF_ALERTS,
	CONF_SINK,
	CONF_WINDOW,
	CONF_DISCOVERY,
	CONF_LOG,
	CONF_SECTION_N
};

/* How a text is read, and what it is read into. */
enum conf_type {
	CONF_NAME,         /* const char *: letters, digits and some signs */
	CONF_TIME,         /* struct span */
	CONF_TIME_OR_OFF,  /* struct span; "off" and "0" are 0 */
	CONF_COUNT,        /* unsigned */
	CONF_RATE,         /* double, from a whole number */
	CONF_SHARE,        /* unsigned, in percent */
	CONF_SIZE,         /* uint64_t, in bytes */
	CONF_MODE,         /* unsigned, from octal digits */
	CONF_FLAG,         /* bool */
	CONF_PIN,          /* struct pin */
	CONF_FILE,         /* const char *: an absolute path */
	CONF_FILE_OR_NONE, /* the same, or "" */
	CONF_SOCKET,       /* the same, short enough for a socket */
	CONF_FOLDER,       /* const char *: the absolute path of a folder, or "" */
	CONF_LISTEN,       /* const char *: "ADDRESS:PORT", or "" */
	CONF_SERVERS,      /* const char *: "ADDRESS[:PORT],…" */
	CONF_PLACE,        /* const char *: "HOST[:PORT]" */
	CONF_IMAGE,        /* const char *: an image reference */
	CONF_URL_PATH,     /* const char *: begins with "/" */
	CONF_PROXY,        /* const char *: a URL of host and port alone */
	CONF_TEXT,         /* const char *: any */
	CONF_URL_OR_NONE,  /* const char *: http or https, or "" */
	CONF_SELECTOR,     /* const char *: of labels, or "" */
	CONF_NAMESPACE,    /* const char *: of Kubernetes, or "" */
	CONF_PATTERN,      /* const char *: which endpoints, see match.h */
	CONF_MOMENT,       /* struct wall */
	CONF_CLOCK,        /* unsigned: minute of the day */
	CONF_KIND,         /* int: enum conf_kind; this and the next eight are words */
	CONF_CHECK,        /* int: enum dialect */
	CONF_FAMILY,       /* int: AF_ */
	CONF_DETAIL,       /* int: enum metrics_detail */
	CONF_LEVEL,        /* int: enum log_level */
	CONF_SINK_TYPE,    /* int: enum sink_type */
	CONF_SEVERITY,     /* int: enum severity */
	CONF_SWITCH,       /* int: enum conf_switch */
	CONF_WARM,         /* int: 1, 0; -1: as the plans say */
	CONF_WAITS,        /* struct state_policy; this and the next six are lists */
	CONF_DAYS,         /* unsigned: bit 0 is Sunday; as it was when not given */
	CONF_HOSTS,        /* struct conf_list; so are the next four */
	CONF_MAPPINGS,
	CONF_URLS,
	CONF_LABELS,
	CONF_ARGUMENTS,
	CONF_TYPE_N
};

struct conf_key {
	enum conf_section section;
	enum conf_type type;
	bool needed;
	const char *name;
	const char *fallback; /* the default, as one would write it; NULL: what help says */
	const char *low;      /* bounds, as one would write them; NULL: none */
	const char *high;
	size_t into; /* where the value goes: offset in the section's struct */
	const char *help;
};

enum conf_kind { KIND_VSPHERE, KIND_OVIRT };

/* Also two fields of another struct that follow each other. */
struct conf_list {
	const char **text; /* in the pool; NULL behind the last */
	size_t count;
};

/* What the entries of lists are read into; a window into its own struct, all else into struct conf. */
struct conf_provider {
	const char *name;
	int kind;
	const char *vcenter;
	struct conf_list esxi;
	const char *engine;
	struct conf_list hosts;
	struct conf_list ports;
	struct pin pin;
	const char *ca_file;
};

struct conf_endpoint {
	const char *address;
	int check;
	struct conf_target target;
};

struct conf_outlet {
	struct conf_sink sink;
	struct conf_list command;
};

/* The keys of one section, in the order of the table. */
const struct conf_key *confkeys_of(enum conf_section s, size_t *ret_count);

/* "probe"; "" for CONF_TOP. */
const char *confkeys_section_name(enum conf_section s);

/* A sequence of mappings, not one mapping. */
bool confkeys_section_repeats(enum conf_section s);

/* How many mappings it may have. */
unsigned confkeys_section_max(enum conf_section s);

bool confkeys_type_is_list(enum conf_type t);

#endif
