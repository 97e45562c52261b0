/* SPDX-License-Identifier: Apache-2.0 */
/* inventory.h: exports in, findings out. */
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
 *	inventory_findings(inv, on_finding, owner);
 *	inventory_free(inv);
 */
struct inventory;

/* How much a rule that is not kept matters; for the worst first, compare. */
enum rule_severity { RULE_INFO, RULE_WARNING, RULE_BLOCKER, RULE_SEVERITY_N };

/* One check; all strings are borrowed from the inventory. */
struct rule {
	const char *id;       /* "page.name", "vmware.disk.rdm.detected" */
	enum rule_severity severity;
	const char *category; /* Forklift's: "Critical", "Warning", "Information", a condition's; or NULL */
	const char *page;     /* the documented prerequisite, "S-NAME"; or NULL */
	const char *title;
	const char *why;
	const char *remedy;
	const char *source;   /* where the rule comes from */
	const char *note;     /* how it differs from Forklift's, "never fires there"; or NULL */
	const char *place;    /* "builtin", or its file in the folder of the user's rules */
};

/* What a rule says of one object. */
struct finding {
	const struct rule *rule;
	bool unknown;         /* verdict: "unknown", no export tells; else "fail" */
	const char *kind;     /* of the object: "vm", "host", "plan", … */
	const char *id;       /* as the source has it; or NULL */
	const char *name;     /* any bytes that are UTF-8; or NULL */
	const char *plan;     /* "namespace/name", or NULL */
	const char *message;
};

/* What is to be judged; zeroed: all plans there are, else all machines, cold. */
struct inventory_ask {
	const char *plan;             /* NULL: all */
	int warm;                     /* 1, 0; -1: as the plans say */
	const char *target_namespace; /* NULL: as the plans say */
	const char *release;          /* of Forklift, "2.3"; NULL: as the exports say */
};

/* What was read and judged. */
struct inventory_summary {
	uint64_t machines, ready, blocked, undetermined; /* of judged machines: see inventory.c */
	uint64_t failed[RULE_SEVERITY_N], unknown[RULE_SEVERITY_N];
	uint64_t plans, rules;
};

typedef void finding_fn(void *owner, const struct finding *f);
typedef void rule_fn(void *owner, const struct rule *r);

/* Something a person should know of a file that was read nevertheless: "no import script knows …". */
typedef void notice_fn(void *owner, const char *file, const char *text);

#endif
