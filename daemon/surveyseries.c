/* SPDX-License-Identifier: Apache-2.0 */
/* surveyseries.c: see surveyseries.h. */
#include "daemon/surveyseries.h"

#include <inttypes.h>
#include <stdbool.h>

#include "daemon/metrics.h"
#include "daemon/remarks.h"
#include "daemon/series.h"
#include "daemon/survey.h"

/* False: no inventory is judged. */
static bool facts_of(const struct writer *w, struct survey_facts *ret_facts)
{
	if (w->facts->survey == NULL)
		return false;
	survey_facts(w->facts->survey, ret_facts);
	return ret_facts->directory[0] != '\0';
}

/* …or never was yet. */
static bool judged(const struct writer *w, struct survey_facts *ret_facts)
{
	return facts_of(w, ret_facts) && ret_facts->judged.ms != 0;
}

void surveyseries_findings(const struct writer *w)
{
	struct survey_facts f;

	if (!judged(w, &f))
		return;
	for (int s = 0; s < RULE_SEVERITY_N; s++) {
		const char *severity = remark_severity((enum rule_severity)s);

		buf_printf(w->out, "%s{severity=\"%s\",verdict=\"fail\"} %" PRIu64 "\n", w->name,
			   severity, f.summary.failed[s]);
		buf_printf(w->out, "%s{severity=\"%s\",verdict=\"unknown\"} %" PRIu64 "\n", w->name,
			   severity, f.summary.unknown[s]);
	}
}

void surveyseries_machines(const struct writer *w)
{
	struct survey_facts f;

	if (!judged(w, &f))
		return;
	writer_value(w, "{state=\"ready\"}", (double)f.summary.ready);
	writer_value(w, "{state=\"blocked\"}", (double)f.summary.blocked);
	writer_value(w, "{state=\"undetermined\"}", (double)f.summary.undetermined);
}

void surveyseries_judged(const struct writer *w)
{
	struct survey_facts f;

	if (judged(w, &f))
		writer_value(w, "", (double)f.judged.ms / 1000);
}

void surveyseries_took(const struct writer *w)
{
	struct survey_facts f;

	if (judged(w, &f))
		writer_value(w, "", (double)f.took.ns / 1e9);
}

void surveyseries_well(const struct writer *w)
{
	struct survey_facts f;

	if (facts_of(w, &f) && (f.judgements > 0 || f.failures > 0))
		writer_value(w, "", f.trouble[0] == '\0' ? 1 : 0);
}

void surveyseries_judgements(const struct writer *w)
{
	struct survey_facts f;

	if (facts_of(w, &f))
		writer_count(w, "", f.judgements);
}

void surveyseries_failures(const struct writer *w)
{
	struct survey_facts f;

	if (facts_of(w, &f))
		writer_count(w, "", f.failures);
}
