/* SPDX-License-Identifier: Apache-2.0 */
/* findingfilter.c: see findingfilter.h. */
#include "daemon/findingfilter.h"

#include <string.h>

#include "base/must.h"
#include "daemon/exchange.h"
#include "daemon/params.h"
#include "daemon/remarkrow.h"
#include "daemon/remarks.h"
#include "daemon/reply.h"

static bool take_text(struct exchange *x, const char *key, char *field, size_t size)
{
	const char *text = request_param(exchange_request(x), key);
	size_t len = text != NULL ? strlen(text) : 0;

	if (len >= size) {
		reply_fail(x, 400, NULL, "%s is longer than %zu bytes", key, size - 1);
		return false;
	}
	if (text != NULL)
		memcpy(field, text, len + 1);
	return true;
}

bool findingfilter_read(struct exchange *x, struct findingfilter *ret_filter)
{
	static const char *const verdicts[] = { "fail", "unknown" };
	const char *severities[RULE_SEVERITY_N];
	struct findingfilter f = { .least = RULE_INFO };
	size_t severity = RULE_INFO;
	size_t verdict = ARRAY_LEN(verdicts);

	for (int i = 0; i < RULE_SEVERITY_N; i++)
		severities[i] = remark_severity((enum rule_severity)i);
	if (!params_word(x, "severity", severities, RULE_SEVERITY_N, &severity) ||
	    !params_word(x, "verdict", verdicts, ARRAY_LEN(verdicts), &verdict) ||
	    !take_text(x, "rule", f.rule, sizeof f.rule) ||
	    !take_text(x, "kind", f.kind, sizeof f.kind) ||
	    !take_text(x, "name", f.name, sizeof f.name) ||
	    !take_text(x, "plan", f.plan, sizeof f.plan))
		return false;
	f.least = (enum rule_severity)severity;
	f.any_verdict = verdict == ARRAY_LEN(verdicts);
	f.unknown = verdict == 1;
	*ret_filter = f;
	return true;
}

/* Whether pattern, with * and ?, is all of text.  A bracket is a character like any other. */
static bool glob_fits(const char *pattern, const char *text)
{
	const char *star = NULL;
	const char *again = NULL;

	while (*text != '\0') {
		if (*pattern == '*') {
			star = pattern++;
			again = text;
		} else if (*pattern == *text || *pattern == '?') {
			pattern++;
			text++;
		} else if (star != NULL) {
			pattern = star + 1;
			text = ++again;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

static bool fits(const char *pattern, const char *text)
{
	return pattern[0] == '\0' || glob_fits(pattern, text);
}

bool findingfilter_fits(const struct findingfilter *f, const struct remark *m)
{
	return m->severity >= f->least && (f->any_verdict || m->unknown == f->unknown) &&
	       fits(f->rule, m->rule) && fits(f->kind, m->kind) && fits(f->plan, m->plan) &&
	       (fits(f->name, m->name) || fits(f->name, m->id));
}

bool findingfilter_fits_row(const struct findingfilter *f, const json_t *row)
{
	struct remark m;

	return remarkrow_read(row, &m) && findingfilter_fits(f, &m);
}
