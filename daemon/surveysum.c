/* SPDX-License-Identifier: Apache-2.0 */
/* surveysum.c: see surveysum.h. */
#include "daemon/surveysum.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/must.h"
#include "base/text.h"
#include "daemon/remarks.h"
#include "daemon/store.h"
#include "daemon/survey.h"
#include "daemon/surveypast.h"
#include "report/json.h"

static json_t *counts_of(const uint64_t *n)
{
	json_t *o = report_object();

	for (int i = RULE_SEVERITY_N - 1; i >= 0; i--)
		report_set_number(o, remark_severity((enum rule_severity)i), (long long)n[i]);
	return o;
}

json_t *surveysum_json(const struct inventory_summary *t)
{
	json_t *o = report_object();

	report_set_number(o, "machines", (long long)t->machines);
	report_set_number(o, "ready", (long long)t->ready);
	report_set_number(o, "blocked", (long long)t->blocked);
	report_set_number(o, "undetermined", (long long)t->undetermined);
	report_set_number(o, "plans", (long long)t->plans);
	report_set_number(o, "rules", (long long)t->rules);
	report_set(o, "fail", counts_of(t->failed));
	report_set(o, "unknown", counts_of(t->unknown));
	return o;
}

void surveysum_text(const struct inventory_summary *t, char ret_text[SURVEYSUM_TEXT_SIZE])
{
	text_printf(ret_text, SURVEYSUM_TEXT_SIZE,
		    "%" PRIu64 " machine%s: %" PRIu64 " ready, %" PRIu64 " blocked, %" PRIu64
		    " undetermined",
		    t->machines, t->machines == 1 ? "" : "s", t->ready, t->blocked,
		    t->undetermined);
}

/* ---- the history */

static char *dump(json_t *taken)
{
	char *text = json_dumps(taken, JSON_COMPACT);

	MUST(text != NULL);
	json_decref(taken);
	return text;
}

void surveysum_put(struct surveypast *past, const struct survey_facts *f)
{
	const struct inventory_summary *t = &f->summary;
	json_t *both = report_object();
	char *files = dump(f->files != NULL ? json_deep_copy(f->files) : report_array());
	char *counts;

	report_set(both, "fail", counts_of(t->failed));
	report_set(both, "unknown", counts_of(t->unknown));
	counts = dump(both);
	surveypast_changed(past, &(struct store_judgement){ .at = f->judged,
							    .took = f->took,
							    .machines = t->machines,
							    .ready = t->ready,
							    .blocked = t->blocked,
							    .undetermined = t->undetermined,
							    .plans = t->plans,
							    .rules = t->rules,
							    .counts = counts,
							    .files = files });
	free(counts);
	free(files);
}

static uint64_t count_of(const json_t *o, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(o, key));

	return n > 0 ? (uint64_t)n : 0;
}

static void take_counts(const json_t *o, uint64_t *n)
{
	for (int i = 0; i < RULE_SEVERITY_N; i++)
		n[i] = count_of(o, remark_severity((enum rule_severity)i));
}

struct inventory_summary surveysum_read(const json_t *row)
{
	const json_t *counts = json_object_get(row, "counts");
	struct inventory_summary t = { .machines = count_of(row, "machines"),
				       .ready = count_of(row, "ready"),
				       .blocked = count_of(row, "blocked"),
				       .undetermined = count_of(row, "undetermined"),
				       .plans = count_of(row, "plans"),
				       .rules = count_of(row, "rules") };

	take_counts(json_object_get(counts, "fail"), t.failed);
	take_counts(json_object_get(counts, "unknown"), t.unknown);
	return t;
}
