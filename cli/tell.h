/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tell.h: the findings of a check as text, in one format each.
 *
 *	tell_begin(&t, &told, teller, &out);
 *	tell_add(&t, &finding);      // all of them, once for each pass
 *	tell_end(&t);
 */
#ifndef CLI_TELL_H
#define CLI_TELL_H

#include "base/buf.h"
#include "base/clock.h"
#include "cli/options.h"
#include "cli/score.h"
#include "inventory/inventory.h"
#include "report/term.h"

struct objects;
struct differences;
struct lapses;

/* What there is to tell besides the findings; all borrowed. */
struct told {
	const struct options *options;
	const struct inventory_summary *summary;
	const struct score *score;             /* of what is told; rules without findings too */
	const struct objects *objects;         /* NULL: the format has no use for it */
	const struct differences *differences; /* NULL: not asked for */
	const struct lapses *lapses;           /* NULL: none */
	struct term term;
	struct wall now;
};

struct tell;

struct teller {
	void (*begin)(struct tell *t);
	void (*rule)(struct tell *t, const struct score_rule *r); /* its findings follow */
	void (*add)(struct tell *t, const struct ruling *f);
	void (*rule_end)(struct tell *t, const struct score_rule *r); /* those of this pass */
	void (*end)(struct tell *t);
	unsigned passes; /* 2: what fails, then what could not be told */
	bool objects;    /* needs one */
	bool compares;   /* has a place for differences */
};

/* One format at work. */
struct tell {
	const struct told *told;
	const struct teller *teller;
	struct buf *out;
	unsigned pass;
	size_t place;  /* of the rule at hand in the score */
	bool within;   /* there is one */
	size_t number; /* findings of it before this one, in this pass */
	bool told_any; /* the teller's: a comma is due */
};

/* Static. */
const struct teller *tell_table(void), *tell_json(void), *tell_csv(void), *tell_junit(void),
	*tell_html(void);

void tell_begin(struct tell *t, const struct told *told, const struct teller *teller,
		struct buf *out);

/* Those that the pass, or --only, leaves out are passed over. */
void tell_add(struct tell *t, const struct ruling *f);

/* Ends a pass. */
void tell_pass(struct tell *t);

void tell_end(struct tell *t);

/* Whether --only lets it through. */
bool tell_wanted(const struct options *o, const struct rule *r);

/* Whether such a finding makes the exit status that --fail-on asks for. */
bool tell_counts(const struct options *o, const struct ruling *f);

/* The object's name, else its id, else its kind; borrowed from f. */
const char *tell_name(const struct ruling *f);

/* "1 machine", "12 machines". */
void tell_put_count(uint64_t n, const char *one, const char *many, struct buf *out);

#endif
