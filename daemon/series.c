/* SPDX-License-Identifier: Apache-2.0 */
/* series.c: see series.h. */
#include "daemon/series.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "daemon/metrics.h"
#include "daemon/registry.h"
#include "daemon/served.h"
#include "daemon/view.h"
#include "probes/cert.h"

enum { LABELS_BYTES = 4096 };

void writer_value(const struct writer *w, const char *labels, double value)
{
	buf_printf(w->out, "%s%s %.15g\n", w->name, labels, value);
}

void writer_count(const struct writer *w, const char *labels, uint64_t value)
{
	buf_printf(w->out, "%s_total%s %" PRIu64 "\n", w->name, labels, value);
}

/* ---- labels */

static void put_label(struct buf *out, const char *key, const char *value)
{
	buf_printf(out, "%s%s=\"", out->len > 1 ? "," : "", key);
	for (const char *p = value; *p != '\0'; p++) {
		if (*p == '\\' || *p == '"')
			buf_puts(out, "\\");
		if (*p == '\n')
			buf_puts(out, "\\n");
		else
			buf_put(out, p, 1);
	}
	buf_puts(out, "\"");
}

static void put_address(struct buf *out, const struct endpoint *e)
{
	char address[ADDR_TEXT_SIZE];

	addr_format(&e->addr, address);
	put_label(out, "address", address);
}

/* {endpoint="…"} and with each address, that too. */
static void put_labels(const struct writer *w, const struct target *t, const struct endpoint *e,
		       struct buf *out)
{
	buf_puts(out, "{");
	put_label(out, "endpoint", t->conf->name);
	if (w->facts->detail == METRICS_ADDRESS && e != NULL)
		put_address(out, e);
}

/* ---- values */

/* The value of one endpoint; false: it has none. */
typedef bool measure_fn(const struct endpoint *e, double *ret_value);

enum fold { FOLD_LEAST, FOLD_MOST, FOLD_SUM };

static double folded(enum fold fold, double a, double b)
{
	switch (fold) {
	case FOLD_LEAST:
		return a < b ? a : b;
	case FOLD_MOST:
		return a > b ? a : b;
	case FOLD_SUM:
		break;
	}
	return a + b;
}

static void put_sample(const struct writer *w, const struct target *t, const struct endpoint *e,
		       bool counter, double value)
{
	struct buf labels;

	buf_init(&labels, LABELS_BYTES);
	put_labels(w, t, e, &labels);
	buf_puts(&labels, "}");
	if (counter)
		writer_count(w, buf_text(&labels), (uint64_t)value);
	else
		writer_value(w, buf_text(&labels), value);
	buf_done(&labels);
}

static void put_target(const struct writer *w, const struct target *t, measure_fn *measure,
		       enum fold fold)
{
	bool each = w->facts->detail == METRICS_ADDRESS;
	bool any = false;
	double all = 0;

	for (struct link *k = list_first(&t->endpoints); k != NULL;
	     k = list_next(&t->endpoints, k)) {
		struct endpoint *e = container_of(k, struct endpoint, link);
		double value;

		if (!measure(e, &value))
			continue;
		if (each)
			put_sample(w, t, e, fold == FOLD_SUM, value);
		all = any ? folded(fold, all, value) : value;
		any = true;
	}
	if (any && !each)
		put_sample(w, t, NULL, fold == FOLD_SUM, all);
}

static void put_all(const struct writer *w, measure_fn *measure, enum fold fold)
{
	for (struct target *t = NULL; (t = registry_next_target(w->facts->registry, t)) != NULL;)
		put_target(w, t, measure, fold);
}

static int declared(const struct endpoint *e, enum aspect a)
{
	return e->states[a].declared;
}

static bool is_open(const struct endpoint *e)
{
	return declared(e, ASPECT_PORT) == REASON_OK;
}

static bool up(const struct endpoint *e, double *ret_value)
{
	int port = declared(e, ASPECT_PORT);

	*ret_value = port == REASON_OK;
	return port != STATE_NOTHING && !aspect_unknown(ASPECT_PORT, port);
}

static bool rtt(const struct endpoint *e, double *ret_value)
{
	*ret_value = e->rtt_us / 1e6;
	return e->rtt_us >= 0;
}

static bool change(const struct endpoint *e, double *ret_value)
{
	*ret_value = (double)e->states[ASPECT_PORT].since.ms / 1000;
	return declared(e, ASPECT_PORT) != STATE_NOTHING;
}

/* Of what was not tried nothing is told. */
static bool aspect_up(const struct endpoint *e, enum aspect a, int untried, double *ret_value)
{
	int value = declared(e, a);

	if (!is_open(e) || value == STATE_NOTHING || value == untried || aspect_unknown(a, value))
		return false;
	*ret_value = aspect_well(a, value);
	return true;
}

static bool service(const struct endpoint *e, double *ret_value)
{
	return aspect_up(e, ASPECT_SERVICE, SERVICE_UNTRIED, ret_value);
}

static bool trust(const struct endpoint *e, double *ret_value)
{
	return aspect_up(e, ASPECT_TRUST, TRUST_UNTRIED, ret_value);
}

static bool flapping(const struct endpoint *e, double *ret_value)
{
	bool any = false;

	for (int a = 0; a < ENDPOINT_ASPECTS; a++)
		any = any || e->states[a].flapping;
	*ret_value = any;
	return true;
}

static bool not_after(const struct endpoint *e, double *ret_value)
{
	const struct cert *c = e->served != NULL ? served_cert(e->served) : NULL;

	if (c == NULL)
		return false;
	*ret_value = (double)c->not_after.ms / 1000;
	return true;
}

static bool checks(const struct endpoint *e, double *ret_value)
{
	*ret_value = (double)e->checks;
	return true;
}

static bool losses(const struct endpoint *e, double *ret_value)
{
	*ret_value = (double)e->losses;
	return true;
}

/* ---- families */

void series_up(const struct writer *w)
{
	put_all(w, up, FOLD_LEAST);
}

void series_rtt(const struct writer *w)
{
	put_all(w, rtt, FOLD_MOST);
}

void series_change(const struct writer *w)
{
	put_all(w, change, FOLD_MOST);
}

void series_service(const struct writer *w)
{
	put_all(w, service, FOLD_LEAST);
}

void series_trust(const struct writer *w)
{
	put_all(w, trust, FOLD_LEAST);
}

void series_flapping(const struct writer *w)
{
	put_all(w, flapping, FOLD_MOST);
}

void series_not_after(const struct writer *w)
{
	put_all(w, not_after, FOLD_LEAST);
}

void series_checks(const struct writer *w)
{
	put_all(w, checks, FOLD_SUM);
}

void series_losses(const struct writer *w)
{
	put_all(w, losses, FOLD_SUM);
}

static void put_state(const struct writer *w, const struct target *t, const struct endpoint *e,
		      const char *state)
{
	struct buf labels;

	buf_init(&labels, LABELS_BYTES);
	put_labels(w, t, e, &labels);
	put_label(&labels, "state", state);
	buf_puts(&labels, "}");
	writer_value(w, buf_text(&labels), 1);
	buf_done(&labels);
}

/* Of several addresses: the first that is not open. */
static void put_target_state(const struct writer *w, const struct target *t)
{
	const struct endpoint *worst = NULL;

	for (struct link *k = list_first(&t->endpoints); k != NULL;
	     k = list_next(&t->endpoints, k)) {
		struct endpoint *e = container_of(k, struct endpoint, link);

		if (w->facts->detail == METRICS_ADDRESS)
			put_state(w, t, e, view_state(e));
		else if (worst == NULL || (is_open(worst) && !is_open(e)))
			worst = e;
	}
	if (worst != NULL)
		put_state(w, t, NULL, view_state(worst));
	else if (list_empty(&t->endpoints))
		put_state(w, t, NULL, view_nameless_state(t));
}

void series_state(const struct writer *w)
{
	for (struct target *t = NULL; (t = registry_next_target(w->facts->registry, t)) != NULL;)
		put_target_state(w, t);
}

void series_info(const struct writer *w)
{
	for (struct target *t = NULL; (t = registry_next_target(w->facts->registry, t)) != NULL;) {
		const struct conf_target *c = t->conf;
		char port[8];
		struct buf labels;

		(void)snprintf(port, sizeof port, "%u", (unsigned)c->port);
		buf_init(&labels, LABELS_BYTES);
		put_labels(w, t, NULL, &labels);
		put_label(&labels, "provider", c->provider);
		put_label(&labels, "role", role_name(c->role));
		put_label(&labels, "host", c->host);
		put_label(&labels, "port", port);
		put_label(&labels, "check", dialect_name(c->dialect));
		put_label(&labels, "severity", c->rule != NULL ? c->rule->severity : "");
		buf_printf(w->out, "%s_info%s} 1\n", w->name, buf_text(&labels));
		buf_done(&labels);
	}
}
