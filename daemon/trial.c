/* SPDX-License-Identifier: Apache-2.0 */
/* trial.c: see trial.h. */
#include "daemon/trial.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"
#include "daemon/alert.h"

/* One sink's part: told of the alert, then of its end. */
struct hearing {
	struct trial *of; /* borrowed: the owner */
	char *name;       /* owned */
	const struct sink_class *class;
	struct sink *sink; /* owned; NULL: could not be opened */
	bool ending;       /* it is told of the end */
	bool over;
	struct mono begun;
	struct span took;
	struct sink_answer answer;
};

struct trial {
	struct alert *alert;      /* owned; lasts */
	struct alert end;         /* the same, ended; texts are alert's */
	struct event finish;      /* the way out of a sink's stack */
	struct hearing *hearings; /* owned */
	size_t count;
	trial_done_fn *done;
	void *owner;
};

/* ---- the alert */

static void put(json_t *o, const char *key, const char *value)
{
	MUST(json_object_set_new(o, key, json_string(value)) == 0);
}

struct alert *trial_alert(const char *node, const json_t *labels)
{
	struct alert *a = xcalloc(1, sizeof *a);

	a->kind = ALERT_TEST;
	a->severity = SEVERITY_INFO;
	a->subject = xstrdup("");
	a->starts = wall_now();
	a->revision = 1;
	a->labels = json_deep_copy(labels);
	a->annotations = json_object();
	put(a->labels, "alertname", alert_kind_name(a->kind));
	put(a->labels, "severity", severity_name(a->severity));
	put(a->labels, "node", node);
	put(a->annotations, "summary", "somebody tests whether alerts arrive: nothing is wrong");
	put(a->annotations, "resolution", "the test is over");
	return a;
}

/* ---- the hearings */

static void hear(struct hearing *h);

static void hearing_over(struct hearing *h)
{
	static const struct timeval now = { 0 };
	struct trial *t = h->of;

	h->over = true;
	h->took = mono_sub(mono_now(), h->begun);
	for (size_t i = 0; i < t->count; i++)
		if (!t->hearings[i].over)
			return;
	MUST(event_add(&t->finish, &now) == 0);
}

static void on_answer(void *owner, const struct sink_answer *answer)
{
	struct hearing *h = owner;

	h->answer = *answer;
	if (answer->outcome == SINK_TAKEN && !h->ending) {
		h->ending = true;
		hear(h);
		return;
	}
	hearing_over(h);
}

static void hear(struct hearing *h)
{
	const struct alert *a = h->ending ? &h->of->end : h->of->alert;

	h->class->tell(h->sink, &a, 1, on_answer, h);
}

static json_t *result(const struct hearing *h)
{
	json_t *o = json_object();

	put(o, "sink", h->name);
	put(o, "type", h->class->name);
	MUST(json_object_set_new(o, "ok", json_boolean(h->answer.outcome == SINK_TAKEN)) == 0);
	put(o, "detail", h->answer.detail);
	MUST(json_object_set_new(o, "ms", json_integer(span_ms(h->took))) == 0);
	return o;
}

static void on_finish(evutil_socket_t fd, short what, void *data)
{
	struct trial *t = data;
	trial_done_fn *done = t->done;
	void *owner = t->owner;
	json_t *results = json_array();

	(void)fd;
	(void)what;
	for (size_t i = 0; i < t->count; i++)
		MUST(json_array_append_new(results, result(&t->hearings[i])) == 0);
	trial_cancel(t);
	done(owner, results);
	json_decref(results);
}

/* ---- start and end */

static void hearing_init(struct hearing *h, struct trial *t, const struct trial_sink *s)
{
	*h = (struct hearing){ .of = t,
			       .name = xstrdup(s->name),
			       .class = s->class,
			       .sink = s->sink,
			       .begun = mono_now() };
	if (s->sink != NULL)
		return;
	h->over = true;
	h->answer.outcome = SINK_FAILED;
	text_printf(h->answer.detail, sizeof h->answer.detail, "%s", s->trouble);
}

struct trial *trial_start(struct event_base *base, struct alert *alert,
			  const struct trial_sink *sinks, size_t count, trial_done_fn *done,
			  void *owner)
{
	static const struct timeval now = { 0 };
	struct trial *t = xcalloc(1, sizeof *t);
	size_t open = 0;

	t->alert = alert;
	t->end = *alert;
	t->end.ends.ms = alert->starts.ms + 1;
	t->end.revision++;
	t->done = done;
	t->owner = owner;
	t->count = count;
	t->hearings = xcalloc(count, sizeof *t->hearings);
	MUST(evtimer_assign(&t->finish, base, on_finish, t) == 0);
	for (size_t i = 0; i < count; i++)
		hearing_init(&t->hearings[i], t, &sinks[i]);
	for (size_t i = 0; i < count; i++)
		if (!t->hearings[i].over) {
			open++;
			hear(&t->hearings[i]);
		}
	if (open == 0)
		MUST(event_add(&t->finish, &now) == 0);
	return t;
}

void trial_cancel(struct trial *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->count; i++) {
		struct hearing *h = &t->hearings[i];

		if (h->sink != NULL)
			h->class->close(h->sink);
		free(h->name);
	}
	(void)event_del(&t->finish);
	free(t->hearings);
	alert_free(t->alert);
	free(t);
}
