/* SPDX-License-Identifier: Apache-2.0 */
/* alertfilter.c: see alertfilter.h. */
#include "daemon/alertfilter.h"

#include <string.h>

#include "daemon/params.h"
#include "daemon/registry.h"

/* Nothing that is watched is called so: what was watched may be, however it was named. */
static enum match best_of(const struct registry *registry, const struct pattern *p)
{
	enum match best = MATCH_PREFIX;

	if (p->text[0] == '\0')
		return MATCH_NONE;
	for (struct endpoint *e = NULL; (e = registry_next_endpoint(registry, e)) != NULL;) {
		enum match how = params_match(p, e);

		if (how > best)
			best = how;
	}
	return best;
}

bool alertfilter_read(struct exchange *x, const struct registry *registry,
		      struct alertfilter *ret_filter)
{
	struct alertfilter f = { .pattern = { .text = "" } };
	const char *severities[SEVERITY_N];
	const char *kinds[ALERT_KIND_N];
	size_t severity = SEVERITY_INFO;
	size_t kind = ALERT_KIND_N;

	for (int s = 0; s < SEVERITY_N; s++)
		severities[s] = severity_name((enum severity)s);
	for (int k = 0; k < ALERT_KIND_N; k++)
		kinds[k] = alert_kind_name((enum alert_kind)k);
	if (!params_pattern(x, "match", &f.pattern) ||
	    !params_word(x, "severity", severities, SEVERITY_N, &severity) ||
	    !params_word(x, "alertname", kinds, ALERT_KIND_N, &kind))
		return false;
	f.severity = (enum severity)severity;
	f.any_kind = kind == ALERT_KIND_N;
	f.kind = f.any_kind ? ALERT_PORT_CLOSED : (enum alert_kind)kind;
	f.least = best_of(registry, &f.pattern);
	*ret_filter = f;
	return true;
}

bool alertfilter_all(const struct alertfilter *f)
{
	return f->pattern.text[0] == '\0' && f->severity == SEVERITY_INFO && f->any_kind;
}

static bool named(const struct alertfilter *f, const json_t *labels)
{
	struct match_subject s;

	if (f->pattern.text[0] == '\0')
		return true;
	s = alert_subject(labels);
	return pattern_match(&f->pattern, &s) >= f->least;
}

bool alertfilter_fits(const struct alertfilter *f, enum alert_kind kind, enum severity severity,
		      const json_t *labels)
{
	return severity >= f->severity && (f->any_kind || kind == f->kind) && named(f, labels);
}

bool alertfilter_fits_row(const struct alertfilter *f, const json_t *row)
{
	const char *kind = json_string_value(json_object_get(row, "alertname"));
	const char *severity = json_string_value(json_object_get(row, "severity"));
	enum severity how;
	enum alert_kind what;

	return kind != NULL && severity != NULL && alert_kind_parse(kind, &what) &&
	       severity_parse(severity, &how) &&
	       alertfilter_fits(f, what, how, json_object_get(row, "labels"));
}
