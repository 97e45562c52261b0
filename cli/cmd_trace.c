/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_trace.c: banksman trace: which device on the way drops or rejects.
 *
 *	name --IPv4, else IPv6--> address --trace--> hops and outcome
 */
#include "probes/trace.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "cli/hosts.h"
#include "cli/loop.h"
#include "cli/options.h"
#include "cli/verb.h"
#include "probes/prober.h"
#include "probes/resolve.h"
#include "report/exit.h"
#include "report/json.h"
#include "report/table.h"
#include "report/term.h"

enum { LOOKUP_TIMEOUT_MS = 3000, SENTENCE_BYTES = 1024 };

struct tracing {
	struct loop loop;
	const struct options *options; /* borrowed */
	struct host host;
	int family;            /* of the lookup under way */
	struct lookup *lookup; /* while under way */
	struct trace *trace;   /* while under way */
	enum reason reason;    /* why there is no address */
	struct addr target;    /* empty: not known */
	size_t others;         /* addresses that are not traced */
	bool finished;
	struct trace_result result; /* when finished */
};

static lookup_done_fn on_addresses;
static trace_done_fn on_traced;

static void on_traced(void *owner, const struct trace_result *result)
{
	struct tracing *t = owner;

	t->trace = NULL;
	t->result = *result;
	t->finished = true;
	loop_stop(&t->loop);
}

static void start_trace(struct tracing *t, const struct addr *address)
{
	t->target = *address;
	addr_set_port(&t->target, t->host.port.actual);
	t->trace = trace_start(t->loop.prober, &t->target, t->options->max_hops,
			       t->options->timeout, on_traced, t);
}

static void start_lookup(struct tracing *t, int family)
{
	t->family = family;
	t->lookup = lookup_start(prober_resolver(t->loop.prober), t->host.name, family,
				 span_of_ms(LOOKUP_TIMEOUT_MS), on_addresses, t);
}

static void on_addresses(void *owner, const struct lookup_result *result)
{
	struct tracing *t = owner;

	t->lookup = NULL;
	if (result->reason == REASON_OK) {
		t->others = result->count - 1;
		start_trace(t, &result->addrs[0]);
		return;
	}
	/* "No IPv4 address" says less than what the first family failed with. */
	if (t->reason == REASON_OK || result->reason != REASON_DNS_NODATA)
		t->reason = result->reason;
	if (t->options->family == AF_UNSPEC && t->family == AF_INET)
		start_lookup(t, AF_INET6);
	else
		loop_stop(&t->loop);
}

static void put_hop(const struct hop *h, struct buf *out)
{
	char address[ADDR_TEXT_SIZE];
	char rtt[RTT_TEXT_SIZE];

	if (!addr_present(&h->from)) {
		buf_printf(out, "%3u  *\n", h->ttl);
		return;
	}
	addr_format(&h->from, address);
	table_format_rtt(h->rtt_us, rtt);
	buf_printf(out, "%3u  %-39s %10s\n", h->ttl, address, rtt);
}

/* What the result means and who should be asked, as a sentence. */
static void put_outcome(const struct trace_result *r, struct buf *out)
{
	char target[ADDR_TEXT_SIZE];
	char by[ADDR_TEXT_SIZE];
	bool itself = addr_same_host(&r->by, &r->target);

	addr_format_port(&r->target, target);
	addr_format(&r->by, by);
	switch (r->outcome) {
	case TRACE_REACHED:
		buf_printf(out, "reached: %s is open", target);
		break;
	case TRACE_REFUSED:
		buf_printf(out,
			   "refused: the whole way is free, but nothing listens on %s (or a "
			   "firewall answers with a reset in its name)",
			   target);
		break;
	case TRACE_REJECTED_BY:
		buf_printf(out,
			   "rejected by %s%s (%s): ask for the firewall there to let %s through",
			   by, itself ? " itself" : "", reason_name(r->reason), target);
		break;
	case TRACE_SILENT_BEYOND:
		if (!addr_present(&r->by))
			buf_printf(out,
				   "silent from here on: no device on the way to %s answers; it is "
				   "dropped on this machine, by the first router, or by one "
				   "that hides",
				   target);
		else if (itself)
			buf_printf(out, "silent at %s itself: its own firewall drops %s", by,
				   target);
		else
			buf_printf(out,
				   "silent beyond %s: that device or the one behind it drops %s; "
				   "ask for the firewall there",
				   by, target);
		break;
	case TRACE_TTL_EXCEEDED:
		buf_printf(out,
			   "not reached: %s is farther than %zu hops away (try --max-hops 64), or "
			   "packets circle in a routing loop",
			   target, r->count);
		break;
	case TRACE_LOCAL:
		buf_printf(out, "not traced: this machine could not send (%s)",
			   r->os_error != 0 ? strerrordesc_np(r->os_error)
					    : reason_sentence(r->reason));
		break;
	case TRACE_OUTCOME_N:
		break;
	}
}

static void put_table(const struct tracing *t, struct buf *out)
{
	const struct trace_result *r = &t->result;
	struct term term = term_find();
	char target[ADDR_TEXT_SIZE];
	struct buf text;

	addr_format_port(&r->target, target);
	buf_printf(out, "the way to %s (%s), at most %u hops\n", t->host.name, target,
		   t->options->max_hops);
	for (size_t i = 0; i < r->count; i++)
		put_hop(&r->hops[i], out);
	buf_init(&text, SENTENCE_BYTES);
	put_outcome(r, &text);
	term_wrap(out, buf_text(&text), 0, 0, term.width);
	buf_done(&text);
}

static json_t *json_of_hop(const struct hop *h)
{
	char address[ADDR_TEXT_SIZE];
	json_t *o = report_object();

	report_set_number(o, "ttl", h->ttl);
	addr_format(&h->from, address);
	report_set_text(o, "address", address);
	if (h->rtt_us >= 0)
		report_set_number(o, "rtt_us", h->rtt_us);
	if (h->icmp.present)
		report_set(o, "icmp", report_icmp(&h->icmp));
	return o;
}

static void put_json(const struct tracing *t, struct buf *out)
{
	const struct trace_result *r = &t->result;
	char address[ADDR_TEXT_SIZE];
	json_t *o = report_object();
	json_t *target = report_object();
	json_t *hops = report_array();

	report_set_text(target, "host", t->host.name);
	addr_format(&r->target, address);
	report_set_text(target, "address", address);
	report_set_number(target, "port", addr_port(&r->target));
	report_set(o, "target", target);
	for (size_t i = 0; i < r->count; i++)
		report_append(hops, json_of_hop(&r->hops[i]));
	report_set(o, "hops", hops);
	report_set_text(o, "outcome", trace_outcome_name(r->outcome));
	addr_format(&r->by, address);
	report_set_text(o, "last_hop", address);
	report_set_text(o, "reason", reason_name(r->reason));
	report_put(o, out);
}

static int show(const struct tracing *t)
{
	int status = STATUS_NOT_CLEAR;
	struct buf out;

	if (t->result.outcome == TRACE_REACHED)
		status = STATUS_CLEAR;
	else if (t->result.outcome == TRACE_LOCAL)
		status = STATUS_LOCAL;
	buf_init(&out, TERM_OUTPUT_BYTES);
	if (t->options->output == OUTPUT_JSON)
		put_json(t, &out);
	else
		put_table(t, &out);
	if (t->others > 0)
		term_complain("note: %s has %zu more address%s; trace them by address",
			      t->host.name, t->others, t->others == 1 ? "" : "es");
	status = term_write(&out, status);
	buf_done(&out);
	return status;
}

static int run(struct tracing *t)
{
	struct addr numeric;
	struct err err;
	bool interrupted;

	if (!loop_init(&t->loop, t->options->resolver, &err)) {
		term_complain("%s", err.text);
		return STATUS_LOCAL;
	}
	if (addr_parse(t->host.name, 0, &numeric))
		start_trace(t, &numeric);
	else
		start_lookup(t, t->options->family == AF_INET6 ? AF_INET6 : AF_INET);
	loop_run(&t->loop);
	interrupted = t->loop.interrupted;
	lookup_cancel(t->lookup);
	trace_abort(t->trace);
	loop_done(&t->loop);
	if (t->finished)
		return show(t);
	if (interrupted)
		term_complain("interrupted");
	else
		term_complain("%s: %s", t->host.name, reason_sentence(t->reason));
	if (interrupted)
		return STATUS_INTERRUPTED;
	return t->reason == REASON_LOCAL ? STATUS_LOCAL : STATUS_NOT_CLEAR;
}

static bool one_target(const struct options *o, struct host *ret_host, struct err *ret_err)
{
	struct hosts hosts = { 0 };
	bool ok = hosts_add_all(&hosts, o->words, ROLE_NONE, o->family, ret_err);

	if (ok && hosts.count != 1)
		ok = err_set(ret_err, EINVAL, "trace takes one HOST:PORT");
	if (ok && hosts.host[0].port.actual == 0)
		ok = err_set(ret_err, EINVAL, "trace needs a port: %s:443 or %s:902",
			     hosts.host[0].name, hosts.host[0].name);
	if (ok)
		*ret_host = hosts.host[0];
	hosts_done(&hosts);
	return ok;
}

int cmd_trace(const struct options *o)
{
	struct tracing t = { .options = o, .reason = REASON_OK };
	struct err err;

	if (!one_target(o, &t.host, &err)) {
		term_complain("%s", err.text);
		return STATUS_USAGE;
	}
	return run(&t);
}
