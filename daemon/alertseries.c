/* SPDX-License-Identifier: Apache-2.0 */
/* alertseries.c: see alertseries.h. */
#include "daemon/alertseries.h"

#include "base/must.h"
#include "daemon/courier.h"
#include "daemon/ledger.h"
#include "daemon/metrics.h"
#include "daemon/series.h"

/* With the escapes that the text format wants. */
static void put_label(struct buf *out, const char *value)
{
	for (const char *p = value; *p != '\0'; p++)
		if (*p == '"' || *p == '\\')
			buf_printf(out, "\\%c", *p);
		else
			buf_put(out, p, 1);
}

void alertseries_active(const struct writer *w)
{
	const struct ledger *l = w->facts->ledger;

	for (int s = 0; l != NULL && s < SEVERITY_N; s++)
		buf_printf(w->out, "%s{severity=\"%s\"} %zu\n", w->name,
			   severity_name((enum severity)s),
			   ledger_active_count(l, (enum severity)s));
}

void alertseries_unsettled(const struct writer *w)
{
	if (w->facts->ledger != NULL)
		buf_printf(w->out, "%s %zu\n", w->name, ledger_count(w->facts->ledger));
}

/* ---- sinks */

static void put_sink(const struct writer *w, const char *suffix, const struct outbox_stats *s,
		     double value)
{
	buf_printf(w->out, "%s%s{sink=\"", w->name, suffix);
	put_label(w->out, s->name);
	buf_printf(w->out, "\",type=\"%s\"} %.17g\n", s->type, value);
}

/* One number of each sink; false: it has none. */
typedef bool number_fn(const struct outbox_stats *s, double *ret_value);

static void put_sinks(const struct writer *w, const char *suffix, number_fn *number)
{
	const struct courier *c = w->facts->courier;
	struct outbox_stats s;
	double value;

	for (size_t i = 0; c != NULL && i < courier_count(c); i++) {
		courier_stats(c, i, &s);
		if (number(&s, &value))
			put_sink(w, suffix, &s, value);
	}
}

/* …and of what it is owed. */
typedef bool owed_fn(const struct outbox_owed *owed, double *ret_value);

static void put_owed(const struct writer *w, owed_fn *number)
{
	const struct courier *c = w->facts->courier;
	struct outbox_stats s;
	struct outbox_owed owed;
	double value;

	for (size_t i = 0; c != NULL && i < courier_count(c); i++) {
		courier_stats(c, i, &s);
		courier_owed(c, i, &owed);
		if (number(&owed, &value))
			put_sink(w, "", &s, value);
	}
}

static bool up(const struct outbox_stats *s, double *ret_value)
{
	*ret_value = s->failing ? 0 : 1;
	return true;
}

static bool pending(const struct outbox_owed *owed, double *ret_value)
{
	*ret_value = (double)owed->count;
	return true;
}

static bool moment(struct wall t, double *ret_value)
{
	*ret_value = (double)t.ms / 1000;
	return t.ms != 0;
}

static bool oldest(const struct outbox_owed *owed, double *ret_value)
{
	return moment(owed->oldest, ret_value);
}

static bool told(const struct outbox_stats *s, double *ret_value)
{
	return moment(s->told, ret_value);
}

static bool taken(const struct outbox_stats *s, double *ret_value)
{
	*ret_value = (double)s->taken;
	return true;
}

static bool refused(const struct outbox_stats *s, double *ret_value)
{
	*ret_value = (double)s->refused;
	return true;
}

static bool failures(const struct outbox_stats *s, double *ret_value)
{
	*ret_value = (double)s->failures;
	return true;
}

static bool coalesced(const struct outbox_stats *s, double *ret_value)
{
	*ret_value = (double)s->coalesced;
	return true;
}

void alertseries_sink_up(const struct writer *w)
{
	put_sinks(w, "", up);
}

void alertseries_sink_pending(const struct writer *w)
{
	put_owed(w, pending);
}

void alertseries_sink_oldest(const struct writer *w)
{
	put_owed(w, oldest);
}

void alertseries_sink_told(const struct writer *w)
{
	put_sinks(w, "", told);
}

void alertseries_sink_taken(const struct writer *w)
{
	put_sinks(w, "_total", taken);
}

void alertseries_sink_refused(const struct writer *w)
{
	put_sinks(w, "_total", refused);
}

void alertseries_sink_failures(const struct writer *w)
{
	put_sinks(w, "_total", failures);
}

void alertseries_sink_coalesced(const struct writer *w)
{
	put_sinks(w, "_total", coalesced);
}
