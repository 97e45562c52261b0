/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sinkkube.c: Events of Kubernetes about the Provider that an alert concerns, so that they stand
 * where its migrations are watched: one when the alert begins, one when it ends.  What
 * concerns no Provider of the cluster has none.
 *
 *	asked for the Provider --> posted --> taken
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "daemon/alert.h"
#include "daemon/conf.h"
#include "daemon/kubecall.h"
#include "daemon/kubeevent.h"
#include "daemon/sink.h"
#include "daemon/sinklater.h"

#define FORKLIFT "/apis/forklift.konveyor.io/v1beta1"
#define LIST     "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"

struct sink {
	struct kubecall *call; /* owned */
	struct sinklater later;
	char *node;      /* owned */
	char *namespace; /* owned; "": all */
	struct span timeout;
	json_t *event;  /* owned: being told; NULL: none */
	char *provider; /* owned: its name; "": any will do, and nothing is kept */
	sink_done_fn *done;
	void *owner;
};

static struct sink *kube_open(const struct sink_parts *parts, const struct conf_sink *conf,
			      size_t url, struct err *ret_err)
{
	struct sink *s = xcalloc(1, sizeof *s);

	(void)ret_err; /* files are read for each telling */
	sinklater_init(&s->later, parts->base);
	s->node = xstrdup(parts->node);
	s->namespace = xstrdup(conf->namespace);
	s->timeout = conf->timeout;
	s->call = kubecall_new(&(struct kubecall_parts){ .base = parts->base,
							 .prober = parts->prober,
							 .url = conf->urls[url],
							 .token_file = conf->token_file,
							 .ca_file = conf->ca_file });
	return s;
}

static void forget(struct sink *s)
{
	json_decref(s->event);
	free(s->provider);
	s->event = NULL;
	s->provider = NULL;
}

/* ---- the answer */

static void answer(struct sink *s, enum sink_outcome outcome, const char *why)
{
	struct sink_answer a = { .outcome = outcome };

	forget(s);
	text_printf(a.detail, sizeof a.detail, "%s", why);
	s->done(s->owner, &a); /* s may be gone after it */
}

/* The same when it is known within kube_tell(). */
static void answer_later(struct sink *s, enum sink_outcome outcome, const char *why)
{
	struct sink_answer a = { .outcome = outcome };

	forget(s);
	text_printf(a.detail, sizeof a.detail, "%s", why);
	sinklater_set(&s->later, &a, s->done, s->owner);
}

static void answer_reply(struct sink *s, const struct fetch_reply *r, const char *what)
{
	bool refused = r->status == 400 || r->status == 413 || r->status == 422;
	char said[160];
	char text[240];

	kubecall_say(r, said, sizeof said);
	text_printf(text, sizeof text, "%s: %s", what, said);
	answer(s, refused ? SINK_REFUSED : SINK_FAILED, text);
}

static bool is_well(const struct fetch_reply *r)
{
	return r->status >= 200 && r->status < 300;
}

/* ---- the Event */

/* 409: it was there already; an answer was lost. */
static void on_posted(void *owner, const struct fetch_reply *r)
{
	struct sink *s = owner;

	if (is_well(r) || r->status == 409)
		answer(s, SINK_TAKEN, "");
	else
		answer_reply(s, r, "the Event");
}

static void post(struct sink *s, const json_t *provider)
{
	const char *namespace = NULL;
	AUTO(text) char *target = NULL;
	struct kubecall_question q = { .accept = "application/json", .timeout = s->timeout };
	struct err err;

	if (!kubeevent_regard(s->event, provider, &namespace, &err)) {
		answer(s, SINK_FAILED, err.text);
		return;
	}
	target = xasprintf("/apis/events.k8s.io/v1/namespaces/%s/events%s", namespace,
			   s->provider[0] == '\0' ? "?dryRun=All" : "");
	q.target = target;
	q.body = json_dumps(s->event, JSON_COMPACT);
	if (q.body == NULL)
		answer(s, SINK_FAILED, "no memory for the Event");
	else if (!kubecall_ask(s->call, &q, on_posted, s, &err))
		answer(s, SINK_FAILED, err.text);
}

/* ---- its Provider */

static void on_list(void *owner, const struct fetch_reply *r)
{
	struct sink *s = owner;
	json_t *list = is_well(r) ? json_loads(r->body, 0, NULL) : NULL;
	const json_t *provider = kubeevent_find(list, s->provider);

	if (!is_well(r) && r->status != 404)
		answer_reply(s, r, "its Provider");
	else if (is_well(r) && list == NULL)
		answer(s, SINK_FAILED, "its Provider: the answer is no JSON");
	else if (provider == NULL) /* nor, with 404, a Forklift */
		answer(s, SINK_TAKEN, "");
	else
		post(s, provider);
	json_decref(list);
}

/* "NAME" or "NAMESPACE/NAME"; false: no Provider can be called so. */
static bool split(const char *label, char **ret_namespace, char **ret_name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
	size_t len = strspn(label, allowed);
	const char *name = label[len] == '/' ? label + len + 1 : label;

	if (name[0] == '\0' || name[strspn(name, allowed)] != '\0')
		return false;
	*ret_namespace = name != label ? xstrndup(label, len) : xstrdup("");
	*ret_name = xstrdup(name);
	return true;
}

/* provider "": a single one, whichever. */
static char *list_target(const struct sink *s, const char *namespace)
{
	const char *within = namespace[0] != '\0' ? namespace : s->namespace;
	AUTO(text)
	char *which = s->provider[0] == '\0'
			      ? xstrdup("limit=1")
			      : xasprintf("fieldSelector=metadata.name%%3D%s", s->provider);

	return within[0] == '\0' ? xasprintf(FORKLIFT "/providers?%s", which)
				 : xasprintf(FORKLIFT "/namespaces/%s/providers?%s", within, which);
}

/* A test is told about any Provider, and kept by nobody. */
static void kube_tell(struct sink *s, const struct alert *const *alerts, size_t count,
		      sink_done_fn *done, void *owner)
{
	const struct alert *a = alerts[0];
	AUTO(text) char *namespace = NULL;
	AUTO(text) char *target = NULL;
	struct err err;

	(void)count;
	s->done = done;
	s->owner = owner;
	if (a->kind == ALERT_TEST) {
		namespace = xstrdup("");
		s->provider = xstrdup("");
	} else if (!split(alert_label(a, "provider"), &namespace, &s->provider)) {
		answer_later(s, SINK_TAKEN, "");
		return;
	}
	s->event = kubeevent_new(a, s->node);
	if (s->event == NULL) {
		answer_later(s, SINK_FAILED, "cannot name the Event");
		return;
	}
	target = list_target(s, namespace);
	if (!kubecall_ask(s->call,
			  &(struct kubecall_question){
				  .target = target, .accept = LIST, .timeout = s->timeout },
			  on_list, s, &err))
		answer_later(s, SINK_FAILED, err.text);
}

static void kube_close(struct sink *s)
{
	sinklater_done(&s->later);
	kubecall_free(s->call);
	forget(s);
	free(s->node);
	free(s->namespace);
	free(s);
}

const struct sink_class sink_kubernetes = {
	.name = "kubernetes",
	.wants_reminders = false,
	.batch = 1,
	.open = kube_open,
	.tell = kube_tell,
	.close = kube_close,
};
