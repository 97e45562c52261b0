/* SPDX-License-Identifier: Apache-2.0 */
/* status.c: see status.h. */
#include "daemon/status.h"

#include <string.h>

#include "base/version.h"
#include "daemon/conf.h"
#include "daemon/confmerge.h"
#include "daemon/courier.h"
#include "daemon/discovery.h"
#include "daemon/exported.h"
#include "daemon/findingapi.h"
#include "daemon/ledger.h"
#include "daemon/remarks.h"
#include "daemon/round.h"
#include "daemon/store.h"
#include "daemon/survey.h"
#include "daemon/tally.h"
#include "daemon/view.h"
#include "report/json.h"

static void set_count(json_t *o, const char *key, uint64_t count)
{
	report_set_number(o, key, (long long)count);
}

static void set_endpoints(json_t *o, const struct tally *t)
{
	json_t *endpoints = report_object();
	json_t *names = report_object();

	set_count(endpoints, "total", t->total);
	for (int s = 0; s < PORT_STATE_N; s++)
		set_count(endpoints, port_state_name((enum port_state)s), t->states[s]);
	set_count(endpoints, "unobserved", t->unobserved);
	set_count(endpoints, "failing", t->failing);
	set_count(endpoints, "untrusted", t->untrusted);
	set_count(endpoints, "flapping", t->flapping);
	report_set(o, "endpoints", endpoints);
	set_count(names, "total", t->names);
	set_count(names, "unresolved", t->names_unresolved);
	report_set(o, "names", names);
}

static json_t *store_of(struct store *store)
{
	json_t *o = report_object();
	struct store_stats s;

	store_stats(store, &s);
	report_set(o, "writable", json_boolean(s.writable));
	report_set_text(o, "trouble", s.trouble);
	set_count(o, "bytes", s.bytes);
	set_count(o, "queued", s.queued);
	set_count(o, "dropped", s.dropped);
	set_count(o, "failures", s.failures);
	view_set_time(o, "committed", s.committed);
	return o;
}

/* The bound of the bucket that 99 of 100 starts are under; none when nothing was started yet. */
static void set_lateness(json_t *o, const struct round_stats *r)
{
	uint64_t all = 0;
	uint64_t sum = 0;
	size_t i = 0;

	for (size_t k = 0; k <= ROUND_BUCKETS; k++)
		all += r->late[k];
	if (all == 0)
		return;
	while (i < ROUND_BUCKETS - 1 && (sum += r->late[i]) * 100 < all * 99)
		i++;
	report_set(o, "lateness_p99_ms", json_real(round_bucket_seconds[i] * 1000));
}

static json_t *schedule_of(const struct round *round)
{
	json_t *o = report_object();
	struct round_stats r;

	round_stats(round, &r);
	set_count(o, "in_flight", r.in_flight);
	set_count(o, "waiting", r.waiting);
	set_count(o, "started", r.started);
	set_count(o, "served", r.served);
	set_count(o, "skipped", r.skipped);
	set_count(o, "local", r.local);
	set_lateness(o, &r);
	return o;
}

static json_t *alerts_of(const struct ledger *ledger, const struct courier *courier)
{
	json_t *o = report_object();
	struct outbox_stats sink;
	uint64_t failing = 0;

	for (int s = 0; s < SEVERITY_N; s++)
		set_count(o, severity_name((enum severity)s),
			  ledger_active_count(ledger, (enum severity)s));
	for (size_t i = 0; i < courier_count(courier); i++) {
		courier_stats(courier, i, &sink);
		failing += sink.failing;
	}
	set_count(o, "sinks", courier_count(courier));
	set_count(o, "sinks_failing", failing);
	return o;
}

static json_t *configuration_of(const struct status_facts *f)
{
	json_t *o = report_object();

	report_set_text(o, "path", f->conf->path);
	view_set_time(o, "loaded", f->loaded);
	set_count(o, "targets", f->conf->target_count);
	report_set_text(o, "error", f->refused);
	report_set_text(o, "listen_error", f->deaf);
	return o;
}

static json_t *resource_of(const struct discovery_resource *r)
{
	json_t *o = report_object();

	report_set_text(o, "resource", r->name);
	report_set(o, "listed", json_boolean(r->watch.listed));
	set_count(o, "objects", r->objects);
	set_count(o, "left_out", r->left_out + r->watch.left_out);
	set_count(o, "lists", r->watch.lists);
	set_count(o, "watches", r->watch.watches);
	set_count(o, "failures", r->watch.failures);
	view_set_time(o, "heard", r->watch.heard);
	view_set_time(o, "last_known", r->last_known);
	report_set_text(o, "trouble", r->watch.trouble);
	return o;
}

static json_t *discovery_of(const struct discovery *d, const struct conf *c)
{
	json_t *o = report_object();
	json_t *list = report_array();
	struct discovery_resource r;

	for (size_t i = 0; i < discovery_count(d); i++) {
		discovery_resource(d, i, &r);
		report_append(list, resource_of(&r));
	}
	report_set(o, "synced", json_boolean(discovery_synced(d)));
	if (c->probe.peers != NULL)
		set_count(o, "peers", c->probe.peer_count);
	report_set(o, "resources", list);
	return o;
}

static json_t *hosts_of(const struct exported *e, const struct conf *c)
{
	json_t *o = report_object();
	size_t targets = 0;

	for (size_t i = 0; i < c->target_count; i++)
		targets += c->targets[i].origin != NULL &&
			   strcmp(c->targets[i].origin, CONFMERGE_EXPORT) == 0;
	set_count(o, "named", e->count);
	set_count(o, "left_out", e->left_out);
	set_count(o, "strangers", c->strangers);
	set_count(o, "targets", targets);
	return o;
}

/* NULL: nobody judges one. */
static json_t *inventory_of(const struct survey *survey, const struct conf *c)
{
	struct survey_facts facts;
	json_t *o;

	survey_facts(survey, &facts);
	if (facts.directory[0] == '\0')
		return NULL;
	o = findingapi_head(survey);
	set_count(o, "findings", remarks_count(survey_remarks(survey)));
	set_count(o, "judgements", facts.judgements);
	set_count(o, "failures", facts.failures);
	if (c->inventory.endpoints)
		report_set(o, "hosts", hosts_of(survey_exported(survey), c));
	return o;
}

json_t *status_json(const struct status_facts *f)
{
	json_t *o = report_object();
	json_t *inventory = f->survey != NULL ? inventory_of(f->survey, f->conf) : NULL;
	struct wall now = wall_now();
	struct tally t;

	tally_count(round_registry(f->round), &t);
	report_set_text(o, "node", f->conf->node);
	report_set_text(o, "version", VERSION_TEXT);
	view_set_time(o, "started", f->started);
	view_set_time(o, "time", now);
	report_set_number(o, "uptime_s", (now.ms - f->started.ms) / 1000);
	set_endpoints(o, &t);
	if (f->store != NULL)
		report_set(o, "store", store_of(f->store));
	report_set(o, "schedule", schedule_of(f->round));
	if (f->ledger != NULL && f->courier != NULL)
		report_set(o, "alerts", alerts_of(f->ledger, f->courier));
	if (f->discovery != NULL && discovery_on(f->discovery))
		report_set(o, "discovery", discovery_of(f->discovery, f->conf));
	if (inventory != NULL)
		report_set(o, "inventory", inventory);
	report_set(o, "configuration", configuration_of(f));
	return o;
}
