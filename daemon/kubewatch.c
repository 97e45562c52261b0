/* SPDX-License-Identifier: Apache-2.0 */
/* kubewatch.c: see kubewatch.h. */
#include "daemon/kubewatch.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/util.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/kubecall.h"
#include "daemon/kubecut.h"

enum {
	PAGE_OBJECTS = 100,
	LIST_TIMEOUT_MS = 60000,
	WATCH_LEAST_S = 240, /* …and at most twice that: not all nodes at once */
	WATCH_GRACE_MS = 30000,
	HEAD_MS = 20000, /* for an answer to begin */
	IDLE_MS = 90000, /* bookmarks come every minute, from servers that send any */
	BRIEF_MS = 1000, /* a watch that ends sooner is no way to go on */
	WAIT_LEAST_MS = 1000,
	WAIT_MOST_MS = 60000,
	WAIT_FORBIDDEN_MS = 300000,
	TARGET_BYTES = 8192,
	CONTINUE_BYTES = 4096,
	VERSION_BYTES = 64
};

/* Who knows no such form sends them whole. */
#define KIND_OF(kind) "application/json;as=" kind ";g=meta.k8s.io;v=v1,application/json"

enum stage { STAGE_LIST, STAGE_WATCH };

struct kubewatch {
	struct kubewatch_parts parts;
	enum stage stage;
	bool asking;        /* a question is under way */
	bool begun;         /* …and its answer has begun when its time for that was over */
	struct event timer; /* the end of a wait, or of the patience with a silent watch */
	struct kubecut *cut;
	char version[VERSION_BYTES];    /* resourceVersion; "": none */
	char continued[CONTINUE_BYTES]; /* of the page before; "": the first */
	unsigned failures;              /* in a row */
	bool refused;                   /* …the last was a token that does not count */
	bool unsteady;  /* the last watch led back to a list, which alone mends nothing */
	unsigned error; /* code of an ERROR in the watch under way; 0: none */
	char error_text[KUBEWATCH_TROUBLE_SIZE];
	struct mono asked;
	struct kubewatch_stats stats;
};

/* ---- waits */

static uint32_t chance(uint32_t below)
{
	uint32_t n = 0;

	evutil_secure_rng_get_bytes(&n, sizeof n);
	return n % below;
}

static void wait_ms(struct kubewatch *w, int64_t ms)
{
	struct timeval tv = span_timeval(span_of_ms(ms));

	(void)event_add(&w->timer, &tv);
}

/* From half to one and a half of what it is. */
static void wait_about(struct kubewatch *w, uint32_t ms)
{
	wait_ms(w, ms / 2 + chance(ms + 1));
}

static uint32_t backoff_ms(unsigned failures)
{
	uint32_t ms = WAIT_LEAST_MS;

	for (unsigned i = 1; i < failures && ms < WAIT_MOST_MS; i++)
		ms *= 2;
	return ms < WAIT_MOST_MS ? ms : WAIT_MOST_MS;
}

/* ---- how it goes */

static void went_well(struct kubewatch *w)
{
	w->refused = false;
	w->stats.heard = wall_now();
	if (w->stage == STAGE_LIST && w->unsteady)
		return;
	w->unsteady = false;
	w->failures = 0;
	if (w->stats.trouble[0] == '\0')
		return;
	w->stats.trouble[0] = '\0';
	log_notice("the Kubernetes API tells of %s again", w->parts.what);
}

/* Said once, not at every attempt. */
static void say_trouble(struct kubewatch *w, const char *why)
{
	char text[KUBEWATCH_TROUBLE_SIZE];

	text_printf(text, sizeof text, "%s", why);
	if (strcmp(text, w->stats.trouble) == 0)
		return;
	memcpy(w->stats.trouble, text, sizeof text);
	log_warn("the Kubernetes API does not tell of %s, continuing with what is known: %s",
		 w->parts.what, text);
}

static void failed(struct kubewatch *w, unsigned status, const char *why)
{
	w->stats.failures++;
	w->failures++;
	w->continued[0] = '\0';
	if (status == 401 && !w->refused) {
		w->refused = true; /* the token may have been exchanged a moment ago */
		wait_ms(w, 0);
		return;
	}
	say_trouble(w, why);
	if (status == 403)
		wait_about(w, WAIT_FORBIDDEN_MS);
	else
		wait_about(w, backoff_ms(w->failures));
}

static void back_to_list(struct kubewatch *w)
{
	w->unsteady = w->unsteady || w->stage == STAGE_WATCH;
	w->stage = STAGE_LIST;
}

/* Nobody knows what has changed since: from the beginning. */
static void list_anew(struct kubewatch *w)
{
	back_to_list(w);
	w->continued[0] = '\0';
	w->failures++;
	w->stats.failures++;
	wait_about(w, backoff_ms(w->failures));
}

/* ---- objects */

static void take_version(struct kubewatch *w, const json_t *o)
{
	const char *v = json_string_value(
		json_object_get(json_object_get(o, "metadata"), "resourceVersion"));

	if (v != NULL && v[0] != '\0' && strlen(v) < sizeof w->version &&
	    strspn(v, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.") ==
		    strlen(v))
		memcpy(w->version, v, strlen(v) + 1);
}

static void take_error(struct kubewatch *w, const json_t *o)
{
	json_int_t code = json_integer_value(json_object_get(o, "code"));
	const char *message = json_string_value(json_object_get(o, "message"));

	w->error = code > 0 && code < 1000 ? (unsigned)code : 500;
	text_printf(w->error_text, sizeof w->error_text, "status %u%s%s", w->error,
		    message != NULL ? ": " : "", message != NULL ? message : "");
}

static bool take_event(struct kubewatch *w, const json_t *event)
{
	const char *type = json_string_value(json_object_get(event, "type"));
	const json_t *o = json_object_get(event, "object");

	if (type == NULL || !json_is_object(o))
		return false;
	if (strcmp(type, "ERROR") == 0) {
		take_error(w, o);
		return false;
	}
	if (strcmp(type, "BOOKMARK") != 0)
		w->parts.object(w->parts.owner, o, strcmp(type, "DELETED") == 0);
	take_version(w, o);
	went_well(w);
	return true;
}

static bool on_object(void *owner, const char *text, size_t len)
{
	struct kubewatch *w = owner;
	json_t *o = json_loadb(text, len, JSON_ALLOW_NUL, NULL);
	bool more = o != NULL;

	if (o != NULL && w->stage == STAGE_WATCH)
		more = take_event(w, o);
	else if (o != NULL)
		w->parts.object(w->parts.owner, o, false);
	json_decref(o);
	return more;
}

static bool on_bytes(void *owner, const char *data, size_t len)
{
	struct kubewatch *w = owner;

	if (w->stage == STAGE_WATCH) {
		w->begun = true;
		wait_ms(w, IDLE_MS);
	}
	if (kubecut_feed(w->cut, data, len))
		return true;
	if (w->error == 0) {
		w->error = 500;
		text_printf(w->error_text, sizeof w->error_text, "what it says is no JSON object");
	}
	return false;
}

/* ---- questions */

static void on_answer(void *owner, const struct fetch_reply *r);

static void ask(struct kubewatch *w, const char *target, struct span timeout)
{
	struct kubecall_question q = {
		.target = target,
		.accept = w->parts.metadata ? KIND_OF("PartialObjectMetadata") : "application/json",
		.timeout = timeout,
		.take = on_bytes,
	};
	struct err err;

	if (w->parts.metadata && w->stage == STAGE_LIST)
		q.accept = KIND_OF("PartialObjectMetadataList");
	w->error = 0;
	w->begun = false;
	w->asked = mono_now();
	kubecut_begin(w->cut, w->stage == STAGE_LIST ? KUBECUT_LIST : KUBECUT_WATCH);
	w->asking = kubecall_ask(w->parts.call, &q, on_answer, w, &err);
	if (!w->asking)
		failed(w, 0, err.text);
}

/* What a query cannot carry as it is. */
static void put_escaped(struct buf *out, const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (strchr("-_.~", *p) != NULL || (*p >= '0' && *p <= '9') ||
		    ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z'))
			buf_put(out, p, 1);
		else
			buf_printf(out, "%%%02X", (unsigned)(unsigned char)*p);
}

static void put_selector(const struct kubewatch *w, struct buf *out)
{
	if (w->parts.selector == NULL)
		return;
	buf_puts(out, "&labelSelector=");
	put_escaped(out, w->parts.selector);
}

static void ask_list(struct kubewatch *w)
{
	struct buf target;

	if (w->continued[0] == '\0') {
		w->stats.lists++;
		w->version[0] = '\0';
		w->parts.begun(w->parts.owner);
	}
	buf_init(&target, TARGET_BYTES);
	buf_printf(&target, "%s?limit=%d", w->parts.path, PAGE_OBJECTS);
	put_selector(w, &target);
	if (w->continued[0] != '\0') {
		buf_puts(&target, "&continue=");
		put_escaped(&target, w->continued);
	}
	ask(w, buf_text(&target), span_of_ms(LIST_TIMEOUT_MS));
	buf_done(&target);
}

static void ask_watch(struct kubewatch *w)
{
	unsigned seconds = WATCH_LEAST_S + chance(WATCH_LEAST_S);
	struct buf target;

	w->stats.watches++;
	buf_init(&target, TARGET_BYTES);
	buf_printf(&target,
		   "%s?watch=1&allowWatchBookmarks=true&timeoutSeconds=%u&resourceVersion=%s",
		   w->parts.path, seconds, w->version);
	put_selector(w, &target);
	ask(w, buf_text(&target), span_of_ms(seconds * 1000 + WATCH_GRACE_MS));
	if (w->asking)
		wait_ms(w, HEAD_MS);
	buf_done(&target);
}

/* ---- the end of an answer */

/* What stands around the items; false: the answer is no list. */
static bool end_page(struct kubewatch *w)
{
	json_t *rest = json_loads(kubecut_rest(w->cut), 0, NULL);
	const json_t *meta = json_object_get(rest, "metadata");
	const char *more = json_string_value(json_object_get(meta, "continue"));
	bool ok = kubecut_complete(w->cut) && json_is_array(json_object_get(rest, "items"));

	w->continued[0] = '\0';
	take_version(w, rest);
	if (more != NULL && strlen(more) < sizeof w->continued)
		memcpy(w->continued, more, strlen(more) + 1);
	else if (more != NULL)
		ok = false;
	json_decref(rest);
	return ok && w->version[0] != '\0';
}

static void end_list(struct kubewatch *w)
{
	if (!end_page(w)) {
		failed(w, 0, "what it says is no list");
		return;
	}
	went_well(w);
	if (w->continued[0] != '\0') {
		ask_list(w);
		return;
	}
	w->stats.listed = true;
	w->stage = STAGE_WATCH;
	w->parts.listed(w->parts.owner);
	ask_watch(w);
}

static bool was_brief(const struct kubewatch *w)
{
	return span_ms(mono_sub(mono_now(), w->asked)) < BRIEF_MS;
}

static void end_watch(struct kubewatch *w)
{
	if (was_brief(w)) {
		w->failures++;
		wait_about(w, backoff_ms(w->failures));
		return;
	}
	went_well(w);
	ask_watch(w);
}

/* What lasted for a while and is cut is no trouble before it cannot be had again. */
static bool only_cut(const struct kubewatch *w, const struct fetch_reply *r)
{
	return w->stage == STAGE_WATCH && r->status == 0 && w->failures == 0 && !was_brief(w);
}

static bool version_unknown(const struct kubewatch *w, unsigned status)
{
	return status == 410 || (status == 400 && w->stage == STAGE_WATCH);
}

static void on_answer(void *owner, const struct fetch_reply *r)
{
	struct kubewatch *w = owner;
	char why[KUBEWATCH_TROUBLE_SIZE];

	w->asking = false;
	(void)event_del(&w->timer);
	w->stats.left_out = kubecut_left_out(w->cut);
	if (version_unknown(w, r->status) || version_unknown(w, w->error)) {
		list_anew(w);
	} else if (w->error != 0) {
		back_to_list(w);
		failed(w, 0, w->error_text);
	} else if (only_cut(w, r)) {
		w->failures++;
		wait_about(w, backoff_ms(w->failures));
	} else if (r->status != 200) {
		kubecall_say(r, why, sizeof why);
		failed(w, r->status, why);
	} else if (w->stage == STAGE_LIST) {
		end_list(w);
	} else {
		end_watch(w);
	}
}

static void on_timer(evutil_socket_t fd, short what, void *data)
{
	struct kubewatch *w = data;
	unsigned status = w->asking ? kubecall_status(w->parts.call) : 0;

	(void)fd;
	(void)what;
	if (status == 200 && !w->begun) {
		w->begun = true;
		went_well(w);
		wait_ms(w, IDLE_MS - HEAD_MS);
		return;
	}
	if (w->asking) {
		kubecall_stop(w->parts.call);
		w->asking = false;
		if (status != 200) {
			failed(w, 0, "no answer");
			return;
		}
	}
	if (w->stage == STAGE_LIST)
		ask_list(w);
	else
		ask_watch(w);
}

/* ---- start and end */

struct kubewatch *kubewatch_new(const struct kubewatch_parts *parts)
{
	struct kubewatch *w = xcalloc(1, sizeof *w);

	w->parts = *parts;
	w->cut = kubecut_new(on_object, w);
	MUST(evtimer_assign(&w->timer, parts->base, on_timer, w) == 0);
	wait_ms(w, 0);
	return w;
}

void kubewatch_free(struct kubewatch *w)
{
	if (w == NULL)
		return;
	(void)event_del(&w->timer);
	kubecall_free(w->parts.call);
	kubecut_free(w->cut);
	free(w);
}

const struct kubewatch_stats *kubewatch_stats(struct kubewatch *w)
{
	return &w->stats;
}
