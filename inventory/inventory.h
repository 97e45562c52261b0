/* SPDX-License-Identifier: Apache-2.0 */
/* inventory.h: exports in, what the rules say of them out. */
#ifndef INVENTORY_INVENTORY_H
#define INVENTORY_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/*
 *	inv = inventory_new(rules_folder, &err);
 *	inventory_read(inv, "vms.json", &err);      // any number of files
 *	inventory_read_baseline(inv, "before.json", &err);
 *	inventory_judge(inv, &ask, &err);
 *	inventory_rulings(inv, on_ruling, owner, &err);
 *	inventory_free(inv);
 *
 * After a failure only inventory_free() may follow.
 */
struct inventory;

/* How much a rule that is not kept matters; for the worst first, compare. */
enum rule_severity { RULE_INFO, RULE_WARNING, RULE_BLOCKER, RULE_SEVERITY_N };

/* One check; all strings are borrowed from the inventory. */
struct rule {
	const char *id; /* "page.name", "vmware.disk.rdm.detected" */
	enum rule_severity severity;
	const char *category; /* Forklift's: "Critical", "Warning", …; NULL: it has no such rule */
	const char *page;     /* the documented prerequisite, "S-NAME"; or NULL */
	const char *title;
	const char *why;
	const char *remedy;
	const char *source; /* where the rule comes from */
	const char *note;   /* how it differs from Forklift's, "never fires there"; or NULL */
	const char *place;  /* "builtin", or its file in the folder of the user's rules */
};

/* What a rule says of one object; strings are valid while the callback runs. */
struct ruling {
	const struct rule *rule;
	bool unknown;     /* verdict: "unknown", no export tells; else "fail" */
	const char *kind; /* of the object: "vm", "host", "plan", … */
	const char *id;   /* as the source has it; or NULL */
	const char *name; /* any bytes that are UTF-8; or NULL */
	const char *plan; /* "namespace/name", or NULL */
	const char *message;
};

/* What is to be judged; zeroed: all plans there are, else all machines, cold. */
struct inventory_ask {
	const char *plan;             /* NULL: all */
	int warm;                     /* 1, 0; -1: as the plans say */
	const char *target_namespace; /* NULL: as the plans say */
	const char *release;          /* of Forklift, "2.3"; NULL: as the exports say */
};

/*
 * What was read and judged.  Of the judged machines, blocked has a blocker that fails, undetermined
 * none but one that is unknown, ready neither.  Machines that share both id and name share what is
 * found of them.
 */
struct inventory_summary {
	uint64_t machines, ready, blocked, undetermined;
	uint64_t failed[RULE_SEVERITY_N], unknown[RULE_SEVERITY_N]; /* rulings */
	uint64_t plans, rules;                                      /* judged; all there are */
};

/* A plan for which a blocker fails; strings are valid while the callback runs. */
struct blockage {
	const char *plan;  /* "namespace/name"; NULL: what is in no plan, or concerns all */
	uint64_t machines; /* for which a blocker fails… */
	uint64_t total;    /* …of so many */
	uint64_t rules;    /* that fail */
	const char *worst; /* JSON: the first of them with the number of their objects */
};

typedef void blockage_fn(void *owner, const struct blockage *b);
typedef void ruling_fn(void *owner, const struct ruling *r);
typedef void rule_fn(void *owner, const struct rule *r);

/* Something a person should know of a file that was read nevertheless: "no import script knows …". */
typedef void notice_fn(void *owner, const char *file, const char *text);

/* Bytes read of a file; total 0: it is not known. */
typedef void progress_fn(void *owner, const char *file, uint64_t done, uint64_t total);

/* With the builtin scripts and those of a folder (NULL: none); NULL on failure. */
__attribute__((warn_unused_result)) struct inventory *inventory_new(const char *rules_folder,
								    struct err *ret_err);
void inventory_free(struct inventory *inv);

void inventory_on_notice(struct inventory *inv, notice_fn *fn, void *owner);
void inventory_on_progress(struct inventory *inv, progress_fn *fn, void *owner);

/*
 * From now on a file of a folder that cannot be read, and a rule that cannot be judged, are told and
 * passed over.  Such a rule gives one unknown, of kind "rule"; the word of unjudged is its id.
 */
void inventory_on_lapse(struct inventory *inv, notice_fn *unread, notice_fn *unjudged, void *owner);

/* A file, each file of a folder, or standard input ("-"); never after inventory_judge(). */
__attribute__((warn_unused_result)) bool inventory_read(struct inventory *inv, const char *path,
							struct err *ret_err);
__attribute__((warn_unused_result)) bool
inventory_read_baseline(struct inventory *inv, const char *path, struct err *ret_err);

/* Once. */
__attribute__((warn_unused_result)) bool
inventory_judge(struct inventory *inv, const struct inventory_ask *ask, struct err *ret_err);

/* The worst rules first, then by kind and name of the object. */
__attribute__((warn_unused_result)) bool inventory_rulings(struct inventory *inv, ruling_fn *fn,
							   void *owner, struct err *ret_err);

/* After inventory_judge(): what is in no plan first, then the worst plans. */
__attribute__((warn_unused_result)) bool inventory_blocked(struct inventory *inv, blockage_fn *fn,
							   void *owner, struct err *ret_err);

/* All rules, in the order of their files. */
void inventory_rules(const struct inventory *inv, rule_fn *fn, void *owner);

struct inventory_summary inventory_summary(const struct inventory *inv);

#endif
