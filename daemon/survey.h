/* SPDX-License-Identifier: Apache-2.0 */
/*
 * survey.h: the exported inventory, watched and judged again whenever it has changed.
 *
 *	exportwatch -"changed"-> survey -> surveyrun (child: surveyor) -> hearing -> remarks
 *	                            |---> blocked -> alerts                             |
 *	                            |---> exported -> confmerge                         |
 *	                            `---> surveypast -> store <-------------------------'
 *
 * One process at a time reads and judges all files of the folder together, within limits of time and
 * memory.  It says all that it found or nothing counts: then the last findings stay in force.
 */
#ifndef DAEMON_SURVEY_H
#define DAEMON_SURVEY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "daemon/hearing.h"
#include "inventory/inventory.h"

struct conf;
struct event_base;
struct exported;
struct ledger;
struct remarks;
struct store;
struct survey;

/* Everything is borrowed and outlives the survey, conf until the next. */
struct survey_parts {
	struct event_base *base;
	struct store *store;   /* NULL: no history is kept */
	struct ledger *ledger; /* NULL: nobody is alarmed */
	const struct conf *conf;
	void *owner;
	/* Other hosts are known, or for the first time which there are; from the loop. */
	void (*changed)(void *owner);
};

struct survey *survey_new(const struct survey_parts *parts);
void survey_free(struct survey *s);

void survey_configure(struct survey *s, const struct conf *conf);

/* The history is a new one. */
void survey_fresh_history(struct survey *s);

/* How it is; borrowed until the next turn of the loop. */
struct survey_facts {
	const char *directory; /* "": nothing is judged */
	struct wall judged;    /* what the findings in force are as of; ms 0: there are none */
	struct span took;
	struct wall judging; /* since when a process is at it; ms 0: none */
	const char *trouble; /* why the last attempt failed; "": it did not */
	struct inventory_summary summary;
	const json_t *files;   /* that were judged; NULL: none */
	const json_t *notices; /* what is to be known of them; NULL: nothing */
	uint64_t judgements;   /* of this process */
	uint64_t failures;
};

void survey_facts(const struct survey *s, struct survey_facts *ret_facts);

const struct remarks *survey_remarks(const struct survey *s);

/* The hosts that the exports in force name. */
const struct exported *survey_exported(const struct survey *s);

/* The exports have not been judged since they are watched: more hosts may follow. */
bool survey_pending(const struct survey *s);

/* NULL: nothing is known of the rule. */
const struct rule_text *survey_rule(const struct survey *s, const char *id);

#endif
