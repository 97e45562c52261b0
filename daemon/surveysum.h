/* SPDX-License-Identifier: Apache-2.0 */
/* surveysum.h: how many machines and findings of which kind, for programs and for the history. */
#ifndef DAEMON_SURVEYSUM_H
#define DAEMON_SURVEYSUM_H

#include <jansson.h>

#include "base/clock.h"
#include "inventory/inventory.h"

struct survey_facts;
struct store;
struct surveypast;

/* {"machines":…, "ready":…, …, "fail":{"blocker":…, …}, "unknown":{…}} */
json_t *surveysum_json(const struct inventory_summary *t);

/* "12 machines: 3 ready, 8 blocked, 1 undetermined" */
enum { SURVEYSUM_TEXT_SIZE = 160 };
void surveysum_text(const struct inventory_summary *t, char ret_text[SURVEYSUM_TEXT_SIZE]);

/* The judgement that f tells of, to be written. */
void surveysum_put(struct surveypast *past, const struct survey_facts *f);

/* What was written so: {"machines":…, …, "counts":{…}}. */
struct inventory_summary surveysum_read(const json_t *row);

#endif
