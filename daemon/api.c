/* SPDX-License-Identifier: Apache-2.0 */
/* api.c: which question is answered by whom; see api.h and docs/openapi.yaml. */
#include "daemon/api.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/parse.h"
#include "daemon/alertapi.h"
#include "daemon/alerting.h"
#include "daemon/ask.h"
#include "daemon/door.h"
#include "daemon/exchange.h"
#include "daemon/findingapi.h"
#include "daemon/follow.h"
#include "daemon/http.h"
#include "daemon/order.h"
#include "daemon/params.h"
#include "daemon/reload.h"
#include "daemon/reply.h"
#include "daemon/roster.h"
#include "daemon/round.h"
#include "daemon/scrape.h"
#include "daemon/silenceapi.h"
#include "daemon/status.h"
#include "daemon/store.h"
#include "daemon/view.h"
#include "report/json.h"

struct api {
	struct api_parts parts;
	const struct conf *conf; /* borrowed; in force */
	struct door *socket;     /* owned; everything */
	struct door *metrics;    /* owned; metrics and health alone */
	struct follows *follows; /* owned; NULL: no history is kept */
	struct wall loaded;
	struct err refused; /* why the last attempt at another failed; "": it did not */
	struct err deaf;    /* where conf wants it to listen and it does not; "": nowhere */
};

/* ---- answers */

static struct status_facts facts(const struct api *a)
{
	const struct alerting *alerting = a->parts.alerting;

	return (struct status_facts){
		.round = a->parts.round,
		.store = a->parts.store,
		.conf = a->conf,
		.started = a->parts.started,
		.loaded = a->loaded,
		.refused = a->refused.text,
		.deaf = a->deaf.text,
		.connections = door_connections(a->socket) + door_connections(a->metrics),
		.ledger = alerting != NULL ? alerting_ledger(alerting) : NULL,
		.discovery = a->parts.discovery,
		.courier = alerting != NULL ? alerting_courier(alerting) : NULL,
		.survey = a->parts.survey,
	};
}

static void get_status(struct api *a, struct exchange *x)
{
	struct status_facts f = facts(a);

	if (params_known(x, NULL, 0))
		reply_json(x, 200, status_json(&f));
}

static void get_endpoints(struct api *a, struct exchange *x)
{
	static const char *const names[] = { "match",    "state", "provider",
					     "problems", "limit", "after" };
	const struct request *r = exchange_request(x);
	const char *after = request_param(r, "after");
	struct roster_filter f = { .provider = request_param(r, "provider") };
	uint64_t limit = PARAMS_LIMIT;
	size_t state = ROSTER_STATES;

	if (!params_known(x, names, ARRAY_LEN(names)) || !params_pattern(x, "match", &f.pattern) ||
	    !params_word(x, "state", roster_states, ROSTER_STATES, &state) ||
	    !params_flag(x, "problems", &f.problems) ||
	    !params_number(x, "limit", 1, PARAMS_LIMIT_MAX, &limit))
		return;
	if (after != NULL && !roster_parse_place(after, &f.after)) {
		reply_fail(x, 400, NULL, "after is the `next` of the page before");
		return;
	}
	f.state = state < ROSTER_STATES ? roster_states[state] : NULL;
	f.limit = (size_t)limit;
	roster_send(roster_new(round_registry(a->parts.round), &f), x);
}

static void get_endpoint(struct api *a, struct exchange *x)
{
	const char *path = exchange_request(x)->path;
	const struct endpoint *e = NULL;
	uint64_t id;

	if (!params_known(x, NULL, 0))
		return;
	if (parse_u64(strrchr(path, '/') + 1, 1, INT64_MAX, &id))
		e = registry_find(round_registry(a->parts.round), (int64_t)id);
	if (e == NULL)
		reply_fail(x, 404, NULL, "there is no such endpoint");
	else
		reply_json(x, 200, view_endpoint(e, wall_now()));
}

static struct asker asker(const struct api *a)
{
	return (struct asker){ .registry = round_registry(a->parts.round),
			       .store = a->parts.store };
}

static void get_history(struct api *a, struct exchange *x)
{
	struct asker k = asker(a);

	ask_history(&k, x);
}

static void get_at(struct api *a, struct exchange *x)
{
	struct asker k = asker(a);

	ask_at(&k, x);
}

static void get_events(struct api *a, struct exchange *x)
{
	struct asker k = asker(a);
	bool follow = false;

	if (!params_flag(x, "follow", &follow))
		return;
	if (follow && a->follows != NULL)
		follows_add(a->follows, x);
	else
		ask_events(&k, x);
}

static void get_certificates(struct api *a, struct exchange *x)
{
	struct asker k = asker(a);

	ask_certificates(&k, x);
}

static void get_traces(struct api *a, struct exchange *x)
{
	struct asker k = asker(a);

	ask_traces(&k, x);
}

static void post_probe(struct api *a, struct exchange *x)
{
	if (params_known(x, NULL, 0))
		order_probe(&(struct order_parts){ .base = a->parts.base,
						   .round = a->parts.round,
						   .conf = a->conf },
			    x);
}

static void post_reload(struct api *a, struct exchange *x)
{
	if (params_known(x, NULL, 0))
		reload_order(a->parts.reload, x);
}

static struct alertapi_parts alerts(const struct api *a)
{
	return (struct alertapi_parts){ .alerting = a->parts.alerting,
					.registry = round_registry(a->parts.round),
					.store = a->parts.store };
}

static void get_alerts(struct api *a, struct exchange *x)
{
	struct alertapi_parts p = alerts(a);

	alertapi_list(&p, x);
}

static void post_alerts_test(struct api *a, struct exchange *x)
{
	struct alertapi_parts p = alerts(a);

	alertapi_test(&p, x);
}

static void get_silences(struct api *a, struct exchange *x)
{
	struct alertapi_parts p = alerts(a);

	silenceapi_list(&p, x);
}

static void post_silences(struct api *a, struct exchange *x)
{
	struct alertapi_parts p = alerts(a);

	silenceapi_add(&p, x);
}

static void delete_silence(struct api *a, struct exchange *x)
{
	struct alertapi_parts p = alerts(a);

	silenceapi_end(&p, x);
}

static void get_findings(struct api *a, struct exchange *x)
{
	findingapi_list(a->parts.survey, a->parts.store, x);
}

static void get_metrics(struct api *a, struct exchange *x)
{
	struct status_facts f = facts(a);

	if (params_known(x, NULL, 0))
		scrape_send(&f, x);
}

static void reply_well(struct exchange *x)
{
	json_t *o = report_object();

	report_set_text(o, "status", "ok");
	reply_json(x, 200, o);
}

/* The loop is alive: it answers. */
static void get_health(struct api *a, struct exchange *x)
{
	(void)a;
	if (params_known(x, NULL, 0))
		reply_well(x);
}

/* Never about what is watched: a firewall elsewhere must not have this process restarted. */
static void get_ready(struct api *a, struct exchange *x)
{
	struct store_stats s = { .writable = true };

	if (!params_known(x, NULL, 0))
		return;
	if (a->parts.store != NULL)
		store_stats(a->parts.store, &s);
	if (s.writable)
		reply_well(x);
	else
		reply_fail(x, 503, NULL, "the history cannot be written: %s", s.trouble);
}

/* ---- routes */

enum { ALLOW_BYTES = 64 };

struct route {
	const char *path;   /* ends with "/": and one more word */
	enum method method; /* METHOD_GET answers HEAD as well */
	bool everywhere;    /* over TCP, too */
	void (*answer)(struct api *a, struct exchange *x);
};

static const struct route routes[] = {
	{ "/v1/status", METHOD_GET, false, get_status },
	{ "/v1/endpoints", METHOD_GET, false, get_endpoints },
	{ "/v1/endpoints/", METHOD_GET, false, get_endpoint },
	{ "/v1/history", METHOD_GET, false, get_history },
	{ "/v1/at", METHOD_GET, false, get_at },
	{ "/v1/events", METHOD_GET, false, get_events },
	{ "/v1/certificates", METHOD_GET, false, get_certificates },
	{ "/v1/traces", METHOD_GET, false, get_traces },
	{ "/v1/probe", METHOD_POST, false, post_probe },
	{ "/v1/reload", METHOD_POST, false, post_reload },
	{ "/v1/alerts", METHOD_GET, false, get_alerts },
	{ "/v1/alerts/test", METHOD_POST, false, post_alerts_test },
	{ "/v1/silences", METHOD_GET, false, get_silences },
	{ "/v1/silences", METHOD_POST, false, post_silences },
	{ "/v1/silences/", METHOD_DELETE, false, delete_silence },
	{ "/v1/findings", METHOD_GET, false, get_findings },
	{ "/metrics", METHOD_GET, true, get_metrics },
	{ "/healthz", METHOD_GET, true, get_health },
	{ "/readyz", METHOD_GET, true, get_ready },
};

static bool path_fits(const struct route *r, const char *path)
{
	size_t len = strlen(r->path);

	if (r->path[len - 1] != '/')
		return strcmp(r->path, path) == 0;
	return strncmp(r->path, path, len) == 0 && path[len] != '\0' &&
	       strchr(path + len, '/') == NULL;
}

static bool method_fits(const struct route *r, enum method m)
{
	return m == r->method || (m == METHOD_HEAD && r->method == METHOD_GET);
}

/* NULL: nothing is there, or not for this method. */
static const struct route *find_route(const char *path, enum method m, bool local)
{
	for (size_t i = 0; i < ARRAY_LEN(routes); i++)
		if ((local || routes[i].everywhere) && method_fits(&routes[i], m) &&
		    path_fits(&routes[i], path))
			return &routes[i];
	return NULL;
}

/* What can be done at a path ("*": anywhere), for people and programs that tried otherwise. */
static void refuse_method(struct exchange *x, bool local)
{
	static const char *const names[] = { [METHOD_GET] = "GET",
					     [METHOD_HEAD] = "HEAD",
					     [METHOD_POST] = "POST",
					     [METHOD_DELETE] = "DELETE" };
	const struct request *r = exchange_request(x);
	bool all = strcmp(r->path, "*") == 0 && r->method == METHOD_OPTIONS;
	struct buf allow;

	buf_init(&allow, ALLOW_BYTES);
	for (size_t m = 0; m < ARRAY_LEN(names); m++)
		if (all || find_route(r->path, (enum method)m, local) != NULL)
			buf_printf(&allow, "%s, ", names[m]);
	buf_puts(&allow, allow.len > 0 ? "OPTIONS" : "");
	if (allow.len > 0)
		exchange_field(x, "Allow", buf_text(&allow));
	if (allow.len == 0)
		reply_fail(x, 404, NULL, "there is nothing at '%.64s'", r->path);
	else if (r->method == METHOD_OPTIONS)
		exchange_reply(x, 204, "", "", 0);
	else
		reply_fail(x, 405, NULL, "this is asked for in another way: see Allow");
	buf_done(&allow);
}

static void serve(struct api *a, bool local, struct exchange *x)
{
	const struct request *r = exchange_request(x);
	const struct route *route = find_route(r->path, r->method, local);

	if (route == NULL)
		refuse_method(x, local);
	else if (route->method != METHOD_GET && !exchange_trusted(x))
		reply_fail(x, 403, NULL, "only root and the daemon's own user may do that");
	else
		route->answer(a, x);
}

static void serve_local(void *owner, struct exchange *x)
{
	serve(owner, true, x);
}

static void serve_tcp(void *owner, struct exchange *x)
{
	serve(owner, false, x);
}

/* ---- the outside */

static bool open_doors(struct api *a, const struct conf *c, struct err *ret_err)
{
	struct err local = { .text = "" };
	struct err tcp = { .text = "" };
	bool both = door_open_local(a->socket, c->api.socket, c->api.mode, c->api.group, &local);

	both = door_open_tcp(a->metrics, c->metrics.listen, &tcp) && both;
	if (!both)
		(void)err_set(ret_err, 0, "%s%s%s", local.text,
			      local.text[0] != '\0' && tcp.text[0] != '\0' ? "; " : "", tcp.text);
	return both;
}

void api_note_fresh_history(struct api *a)
{
	follows_fresh(a->follows);
}

void api_note_targets(struct api *a, const struct conf *conf)
{
	a->conf = conf;
}

bool api_configure(struct api *a, const struct conf *conf, struct err *ret_err)
{
	a->conf = conf;
	a->loaded = wall_now();
	a->refused.text[0] = a->deaf.text[0] = '\0';
	door_limit(a->socket, conf->api.max_connections);
	door_limit(a->metrics, conf->api.max_connections);
	if (open_doors(a, conf, &a->deaf))
		return true;
	*ret_err = a->deaf;
	return false;
}

void api_note_refused(struct api *a, const char *why)
{
	(void)err_set(&a->refused, 0, "%s", why);
}

struct api *api_new(const struct api_parts *parts, struct err *ret_err)
{
	struct api *a = xcalloc(1, sizeof *a);

	a->parts = *parts;
	a->socket = door_new(
		&(struct http_parts){ .base = parts->base, .owner = a, .serve = serve_local });
	a->metrics = door_new(
		&(struct http_parts){ .base = parts->base, .owner = a, .serve = serve_tcp });
	if (parts->store != NULL)
		a->follows = follows_new(parts->base, round_registry(parts->round), parts->store);
	if (api_configure(a, parts->conf, ret_err))
		return a;
	api_free(a);
	return NULL;
}

void api_free(struct api *a)
{
	if (a == NULL)
		return;
	door_free(a->socket);
	door_free(a->metrics);
	follows_free(a->follows);
	free(a);
}
