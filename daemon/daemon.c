/* SPDX-License-Identifier: Apache-2.0 */
/* daemon.c: see daemon.h. */
#include "daemon/daemon.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/fdlimit.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/version.h"
#include "daemon/alerting.h"
#include "daemon/api.h"
#include "daemon/conf.h"
#include "daemon/confwatch.h"
#include "daemon/discovery.h"
#include "daemon/notify.h"
#include "daemon/reload.h"
#include "daemon/round.h"
#include "daemon/store.h"
#include "daemon/survey.h"
#include "daemon/waker.h"
#include "probes/prober.h"

enum {
	STOP_PATIENCE_MS = 5000,
	SPARE_FDS = 64,
	FDS_PER_ATTEMPT = 2,
	SIGNALS = 3,
	PAUSE_SPARE_MS = 1000,
	SETTLE_MS = 500
};

struct daemon {
	const char *path;           /* borrowed; of the configuration */
	struct confwatch_mark read; /* of it, before the start */
	struct conf *conf;          /* owned; the file that is in force… */
	struct conf *merged;        /* owned; …with what was discovered */
	struct event_base *base;
	struct prober *prober;
	struct store *store; /* NULL: no history is kept */
	struct alerting *alerting;
	struct survey *survey;
	struct round *round;
	struct discovery *discovery;
	struct reload *reload;
	struct api *api;
	struct confwatch *watch;
	struct waker *waker; /* of the round */
	struct event alive;
	struct event signals[SIGNALS];
	struct span alive_every; /* ns 0: nobody wants to know */
	struct wall started;
	bool running; /* there may be something worth waiting for at the end */
};

/* ---- the round's clock */

static struct span turn(void *owner)
{
	struct daemon *d = owner;

	return round_turn(d->round);
}

static void wake(void *owner)
{
	struct daemon *d = owner;

	waker_now(d->waker);
}

static void on_alive(evutil_socket_t fd, short what, void *data)
{
	struct daemon *d = data;
	struct timeval wait = span_timeval(d->alive_every);

	(void)fd;
	(void)what;
	notify_alive();
	(void)event_add(&d->alive, &wait);
}

/* ---- the history */

static void on_fresh_store(void *owner)
{
	struct daemon *d = owner;

	round_put_all(d->round);
	api_note_fresh_history(d->api);
	alerting_put_all(d->alerting);
	survey_fresh_history(d->survey);
	discovery_fresh_history(d->discovery);
}

static void put_event(struct daemon *d, const char *kind, const char *detail)
{
	if (d->store != NULL)
		store_put_event(d->store, &(struct store_event){ .at = wall_now(),
								 .kind = kind,
								 .before = "",
								 .after = "",
								 .detail = detail });
}

/* Trouble with the database itself is the store's; only a process without files left fails here. */
static bool open_history(struct daemon *d, struct store_pasts *ret_pasts, struct err *ret_err)
{
	const struct conf *c = d->conf;
	struct store_conf conf = { .path = c->history.path,
				   .node = c->node,
				   .version = VERSION_TEXT,
				   .keep_spans = c->history.keep,
				   .keep_samples = c->history.keep_samples,
				   .max_bytes = c->history.max_bytes };

	if (c->history.path[0] == '\0')
		return true;
	d->store = store_new(&conf, d->base, on_fresh_store, d);
	if (d->store == NULL)
		return err_set(ret_err, 0, "no file descriptor is left for the history");
	store_past(d->store, ret_pasts);
	return true;
}

/* ---- reload */

/* Attempts at once: what was asked for, or what the limit on open files allows of it. */
static void fit_in_flight(struct conf *c)
{
	size_t other = SPARE_FDS + LIMIT_DRAINING + c->api.max_connections;
	size_t need = FDS_PER_ATTEMPT * (size_t)c->probe.max_in_flight + other;
	size_t have = fdlimit_raise(need);
	size_t fits = have / 4;

	if (have >= need || fits >= c->probe.max_in_flight)
		return;
	log_warn("only %zu files may be open, continuing with fewer checks at once "
		 "max_in_flight=%u instead=%zu",
		 have, c->probe.max_in_flight, fits > 0 ? fits : 1);
	c->probe.max_in_flight = fits > 0 ? (unsigned)fits : 1;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* What is set up once: another value needs another start. */
static void warn_of_fixed_keys(const struct conf *old, const struct conf *fresh)
{
	if (!same_text(old->probe.resolver, fresh->probe.resolver))
		log_warn("another resolver needs a restart, continuing with the old one "
			 "key=probe.resolver");
	if (strcmp(old->history.path, fresh->history.path) != 0 ||
	    old->history.keep.ns != fresh->history.keep.ns ||
	    old->history.keep_samples.ns != fresh->history.keep_samples.ns ||
	    old->history.max_bytes != fresh->history.max_bytes)
		log_warn("another history needs a restart, continuing with the old one "
			 "key=history");
}

/* What base, discovery and exports come to is watched from now on. */
static bool watch(struct daemon *d, const struct conf *base, struct err *ret_err)
{
	bool exports = base->inventory.endpoints && base->inventory.directory[0] != '\0';
	bool begun = d->survey != NULL;
	struct conf *old = d->merged;
	struct conf *fresh = discovery_merge(d->discovery, base,
					     exports && begun ? survey_exported(d->survey) : NULL);

	fresh->partial = fresh->partial || (exports && (!begun || survey_pending(d->survey)));
	if (!round_configure(d->round, fresh, ret_err)) {
		conf_free(fresh);
		return false;
	}
	d->merged = fresh;
	conf_free(old);
	return true;
}

static bool adopt(struct daemon *d, struct conf *fresh, struct err *ret_err)
{
	struct conf *old = d->conf;

	fit_in_flight(fresh);
	if (!watch(d, fresh, ret_err))
		return false;
	d->conf = fresh;
	discovery_configure(d->discovery, fresh);
	log_set_level(fresh->log.level);
	warn_of_fixed_keys(old, fresh);
	return true;
}

/* So that every attempt that a reload has begun anew comes to its end before the next one. */
static struct span pause_after(const struct conf *c)
{
	struct span longest = c->probe.timeout;

	for (size_t i = 0; i < c->target_count; i++)
		if (c->targets[i].timeout.ns > longest.ns)
			longest = c->targets[i].timeout;
	return (struct span){ .ns = longest.ns + span_of_ms(PAUSE_SPARE_MS).ns };
}

/* Who is far from the log is told as well. */
static void say_alert(struct daemon *d, const char *what, const char *why)
{
	AUTO(text) char *trouble = xasprintf("%s: %s", what, why);

	alerting_note_configuration(d->alerting, trouble);
}

/* The complete new configuration, or the old one stays. */
static void load(void *owner, struct reload_outcome *ret_outcome)
{
	struct err *refused = &ret_outcome->refused;
	struct daemon *d = owner;
	struct conf *old = d->conf;
	struct conf *fresh;
	struct err sinks;

	notify_reloading(mono_now());
	confwatch_note(d->watch);
	fresh = conf_load(d->path, refused);
	if (fresh == NULL || !adopt(d, fresh, refused)) {
		conf_free(fresh);
		log_error("the configuration was not reloaded, the old one stays: %s",
			  refused->text);
		api_note_refused(d->api, refused->text);
		say_alert(d, "the configuration was refused, the old one is in force",
			  refused->text);
		notify_ready("running on the old configuration: the new one has an error");
		return;
	}
	if (!api_configure(d->api, d->merged, &ret_outcome->deaf))
		log_warn("cannot listen as it says, continuing as before: %s",
			 ret_outcome->deaf.text);
	reload_set_pause(d->reload, pause_after(d->merged));
	if (alerting_configure(d->alerting, fresh, &sinks)) {
		alerting_note_configuration(d->alerting, "");
	} else {
		log_warn("the sinks of alerts stay as before, continuing: %s", sinks.text);
		say_alert(d, "the sinks of alerts stay as before", sinks.text);
	}
	survey_configure(d->survey, fresh);
	conf_free(old);
	log_notice("configuration reloaded targets=%zu endpoints=%zu", d->merged->target_count,
		   registry_endpoint_count(round_registry(d->round)));
	put_event(d, "reloaded", "");
	notify_ready("running");
}

/* What was discovered has changed; when it cannot be taken in, all stays as it was. */
static void merge(void *owner)
{
	struct daemon *d = owner;
	size_t before = d->merged->target_count;
	struct err err;

	if (!watch(d, d->conf, &err)) {
		log_error("what was discovered is not watched, continuing as before: %s", err.text);
		return;
	}
	api_note_targets(d->api, d->merged);
	reload_set_pause(d->reload, pause_after(d->merged));
	if (before != d->merged->target_count)
		log_notice("what is known has changed what is watched targets=%zu endpoints=%zu",
			   d->merged->target_count,
			   registry_endpoint_count(round_registry(d->round)));
}

static void on_discovered(void *owner)
{
	struct daemon *d = owner;

	reload_want_merge(d->reload);
}

static void on_changed_file(void *owner)
{
	struct daemon *d = owner;

	reload_want(d->reload);
}

static void on_signal(evutil_socket_t fd, short what, void *data)
{
	struct daemon *d = data;

	(void)what;
	if (fd == SIGHUP)
		reload_want(d->reload);
	else
		(void)event_base_loopbreak(d->base);
}

/* ---- start and end */

static bool start_events(struct daemon *d, struct err *ret_err)
{
	static const int numbers[SIGNALS] = { SIGTERM, SIGINT, SIGHUP };

	for (int i = 0; i < SIGNALS; i++)
		if (evsignal_assign(&d->signals[i], d->base, numbers[i], on_signal, d) != 0 ||
		    event_add(&d->signals[i], NULL) != 0)
			return err_set(ret_err, 0, "cannot wait for signals");
	d->watch = confwatch_new(&(struct confwatch_parts){ .base = d->base,
							    .path = d->path,
							    .read = d->read,
							    .settle = span_of_ms(SETTLE_MS),
							    .owner = d,
							    .changed = on_changed_file },
				 ret_err);
	if (d->watch == NULL)
		log_warn("%s; a change of it needs a SIGHUP, continuing", ret_err->text);
	if (notify_watchdog(&d->alive_every))
		on_alive(-1, 0, d);
	return true;
}

static bool start_parts(struct daemon *d, struct err *ret_err)
{
	struct store_pasts pasts = { 0 };

	d->waker = waker_new(d->base, turn, d);
	if (d->waker == NULL)
		return err_set(ret_err, 0, "no file descriptor is left for a timer");
	d->prober = prober_new(d->base, d->conf->probe.resolver, ret_err);
	if (d->prober == NULL || !open_history(d, &pasts, ret_err))
		return false;
	d->alerting = alerting_new(&(struct alerting_parts){ .base = d->base,
							     .prober = d->prober,
							     .store = d->store,
							     .pasts = &pasts,
							     .conf = d->conf },
				   ret_err);
	if (d->alerting == NULL) {
		store_past_free(&pasts);
		return false;
	}
	d->round = round_new(&(struct round_parts){ .prober = d->prober,
						    .store = d->store,
						    .pasts = &pasts,
						    .wake = wake,
						    .owner = d,
						    .alarms = alerting_alarms(d->alerting) });
	d->discovery = discovery_new(&(struct discovery_parts){ .base = d->base,
								.prober = d->prober,
								.store = d->store,
								.pasts = &pasts,
								.owner = d,
								.changed = on_discovered });
	store_past_free(&pasts);
	fit_in_flight(d->conf);
	if (!watch(d, d->conf, ret_err) || (d->store != NULL && !store_start(d->store, ret_err)))
		return false;
	d->survey = survey_new(&(struct survey_parts){ .base = d->base,
						       .store = d->store,
						       .ledger = alerting_ledger(d->alerting),
						       .conf = d->conf,
						       .owner = d,
						       .changed = on_discovered });
	d->reload = reload_new(&(struct reload_parts){
		.base = d->base, .owner = d, .load = load, .merge = merge });
	reload_set_pause(d->reload, pause_after(d->merged));
	d->api = api_new(&(struct api_parts){ .base = d->base,
					      .round = d->round,
					      .store = d->store,
					      .conf = d->merged,
					      .started = d->started,
					      .reload = d->reload,
					      .alerting = d->alerting,
					      .discovery = d->discovery,
					      .survey = d->survey },
			 ret_err);
	if (d->api == NULL || !start_events(d, ret_err))
		return false;
	alerting_start(d->alerting, d->round);
	discovery_configure(d->discovery, d->conf);
	return true;
}

struct daemon *daemon_new(struct conf *conf, const char *path, const struct confwatch_mark *read,
			  struct err *ret_err)
{
	struct daemon *d = xcalloc(1, sizeof *d);

	d->conf = conf;
	d->path = path;
	d->read = *read;
	d->started = wall_now();
	d->base = prober_loop_new();
	MUST(d->base != NULL);
	MUST(evtimer_assign(&d->alive, d->base, on_alive, d) == 0);
	if (start_parts(d, ret_err))
		return d;
	daemon_free(d);
	return NULL;
}

void daemon_run(struct daemon *d)
{
	put_event(d, "started", VERSION_TEXT);
	log_notice("banksmand %s is running node=%s targets=%zu", VERSION_TEXT, d->conf->node,
		   d->merged->target_count);
	notify_ready("running");
	d->running = true;
	(void)event_base_dispatch(d->base);
	notify_stopping();
	log_notice("stopping");
	put_event(d, "stopped", "");
}

void daemon_free(struct daemon *d)
{
	if (d == NULL)
		return;
	api_free(d->api);
	reload_free(d->reload);
	confwatch_free(d->watch);
	(void)event_del(&d->alive);
	for (int i = 0; i < SIGNALS; i++)
		if (event_initialized(&d->signals[i]))
			(void)event_del(&d->signals[i]);
	survey_free(d->survey);
	round_free(d->round);
	waker_free(d->waker);
	alerting_free(d->alerting);
	discovery_free(d->discovery);
	if (d->store != NULL)
		store_free(d->store, span_of_ms(d->running ? STOP_PATIENCE_MS : 0));
	prober_free(d->prober);
	event_base_free(d->base);
	conf_free(d->merged);
	conf_free(d->conf);
	free(d);
}
