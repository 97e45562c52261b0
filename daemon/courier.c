/* SPDX-License-Identifier: Apache-2.0 */
/* courier.c: see courier.h. */
#include "daemon/courier.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/when.h"
#include "daemon/conf.h"
#include "daemon/ledger.h"
#include "daemon/sinkconf.h"
#include "daemon/trial.h"

/* One URL of a sink, or a sink without any. */
struct place {
	char *name;                 /* owned */
	struct sinkconf *conf;      /* owned */
	struct timespec ca_changed; /* the file may be another with the same name */
	int slot;
	struct sink *fresh;    /* owned until its outbox has it; NULL: the old one goes on */
	struct outbox *outbox; /* owned */
};

struct places {
	struct place list[ALERT_SINKS_MAX];
	size_t count;
};

struct courier {
	struct courier_parts parts;
	char *node;     /* owned; NULL: not configured yet */
	json_t *labels; /* owned; those of every alert */
	struct span resend;
	struct places places;
	struct event turn;
	struct courier_test *test; /* owned; NULL: none */
};

static void put(json_t *o, const char *key, json_t *value)
{
	MUST(value != NULL && json_object_set_new(o, key, value) == 0);
}

/* ---- the clock */

static bool all_know(const struct courier *c, const struct alert *a, struct mono now)
{
	for (size_t i = 0; i < c->places.count; i++)
		if (!outbox_knows(c->places.list[i].outbox, a, now))
			return false;
	return true;
}

static void settle(struct courier *c, struct mono now)
{
	struct alert *next;

	for (struct alert *a = ledger_next(c->parts.ledger, NULL); a != NULL; a = next) {
		next = ledger_next(c->parts.ledger, a);
		if (!alert_active(a) && all_know(c, a, now))
			ledger_settle(c->parts.ledger, a);
	}
}

static void on_turn(evutil_socket_t fd, short what, void *data)
{
	struct courier *c = data;
	struct mono now = mono_now();
	struct span wait = { .ns = INT64_MAX };
	struct timeval tv;

	(void)fd;
	(void)what;
	for (size_t i = 0; i < c->places.count; i++) {
		struct span one = outbox_turn(c->places.list[i].outbox, now);

		if (one.ns < wait.ns)
			wait = one;
	}
	settle(c, now);
	tv = span_timeval(wait);
	if (c->places.count > 0)
		(void)event_add(&c->turn, &tv);
}

void courier_wake(struct courier *c)
{
	static const struct timeval now = { 0 };

	(void)event_add(&c->turn, &now);
}

static void wake(void *owner)
{
	courier_wake(owner);
}

/* ---- which places there are */

static void places_done(struct places *p)
{
	for (size_t i = 0; i < p->count; i++) {
		struct place *one = &p->list[i];

		if (one->fresh != NULL)
			sink_class_of(one->conf->sink.type)->close(one->fresh);
		outbox_free(one->outbox);
		sinkconf_free(one->conf);
		free(one->name);
	}
	p->count = 0;
}

static struct place *find(struct places *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->list[i].name, name) == 0)
			return &p->list[i];
	return NULL;
}

static struct timespec changed(const char *path)
{
	struct stat st;

	return path != NULL && stat(path, &st) == 0 ? st.st_mtim : (struct timespec){ 0 };
}

static bool add_place(struct places *p, const struct conf_sink *s, size_t url, struct err *ret_err)
{
	if (p->count == ALERT_SINKS_MAX)
		return err_set(ret_err, 0, "sinks: more than %d places to tell", ALERT_SINKS_MAX);
	p->list[p->count++] = (struct place){
		.name = sinkconf_place(s, url),
		.conf = sinkconf_new(s, url),
		.ca_changed = changed(s->ca_file),
		.slot = -1,
	};
	return true;
}

static bool list_places(struct places *p, const struct conf *conf, struct err *ret_err)
{
	for (size_t i = 0; i < conf->sink_count; i++) {
		const struct conf_sink *s = &conf->sinks[i];
		size_t count = s->url_count > 0 ? s->url_count : 1;

		for (size_t url = 0; url < count; url++)
			if (!add_place(p, s, url, ret_err))
				return false;
	}
	return true;
}

/* ---- what stays as it is */

static bool same_place(const struct place *a, const struct place *b)
{
	return sinkconf_same(a->conf, b->conf) && a->ca_changed.tv_sec == b->ca_changed.tv_sec &&
	       a->ca_changed.tv_nsec == b->ca_changed.tv_nsec;
}

/* What all of them have in common. */
static bool same_rest(const struct courier *c, const struct conf *conf)
{
	return c->node != NULL && strcmp(c->node, conf->node) == 0 &&
	       c->resend.ns == conf->alerts.resend.ns;
}

static struct sink *open_sink(const struct courier *c, const struct place *p, const char *node,
			      struct span resend, struct err *ret_err)
{
	struct sink_parts parts = {
		.base = c->parts.base, .prober = c->parts.prober, .node = node, .resend = resend
	};

	return sink_class_of(p->conf->sink.type)->open(&parts, &p->conf->sink, 0, ret_err);
}

/* Opens what is new or other than before. */
static bool open_places(struct courier *c, const struct conf *conf, struct places *fresh,
			struct err *ret_err)
{
	bool same = same_rest(c, conf);

	for (size_t i = 0; i < fresh->count; i++) {
		struct place *p = &fresh->list[i];
		const struct place *old = find(&c->places, p->name);

		if (same && old != NULL && same_place(old, p))
			continue;
		p->fresh = open_sink(c, p, conf->node, conf->alerts.resend, ret_err);
		if (p->fresh == NULL)
			return err_add(ret_err, "sink %s", p->name);
	}
	return true;
}

/* ---- from the old places to the new */

static uint32_t slots_of(const struct places *p)
{
	uint32_t slots = 0;

	for (size_t i = 0; i < p->count; i++)
		if (p->list[i].slot >= 0)
			slots |= UINT32_C(1) << p->list[i].slot;
	return slots;
}

/* Those who stay keep theirs; what was told in one that changes hands is forgotten. */
static void assign_slots(struct courier *c, struct places *fresh)
{
	for (size_t i = 0; i < fresh->count; i++) {
		const struct place *old = find(&c->places, fresh->list[i].name);

		if (old != NULL)
			fresh->list[i].slot = old->slot;
	}
	ledger_use_slots(c->parts.ledger, slots_of(fresh));
	for (size_t i = 0; i < fresh->count; i++) {
		uint32_t used = slots_of(fresh);

		if (fresh->list[i].slot < 0)
			fresh->list[i].slot = __builtin_ctz(~used);
	}
	ledger_use_slots(c->parts.ledger, slots_of(fresh));
}

/* Who is reached in another manner may take what was refused: 400 may have meant the wrong port. */
static void forgive(struct courier *c, int slot)
{
	for (struct alert *a = NULL; (a = ledger_next(c->parts.ledger, a)) != NULL;)
		a->told[slot].refused = 0;
}

static void take_over(struct courier *c, struct place *p, const struct conf *conf)
{
	struct place *old = find(&c->places, p->name);

	if (p->fresh == NULL) {
		MUST(old != NULL);
		p->outbox = old->outbox;
		old->outbox = NULL;
		return;
	}
	forgive(c, p->slot);
	p->outbox = outbox_new(&(struct outbox_parts){ .name = p->name,
						       .slot = p->slot,
						       .least = (enum severity)p->conf->sink.least,
						       .class = sink_class_of(p->conf->sink.type),
						       .sink = p->fresh,
						       .ledger = c->parts.ledger,
						       .store = c->parts.store,
						       .resend = conf->alerts.resend,
						       .owner = c,
						       .wake = wake });
	p->fresh = NULL;
}

/* "cluster=prod" */
static json_t *labels_of(const struct conf *conf)
{
	json_t *labels = json_object();

	for (size_t i = 0; i < conf->alerts.label_count; i++) {
		const char *label = conf->alerts.labels[i];
		size_t len = strcspn(label, "=");
		AUTO(text) char *key = xstrndup(label, len);

		if (label[len] == '=')
			put(labels, key, json_string(label + len + 1));
	}
	return labels;
}

static void keep_rest(struct courier *c, const struct conf *conf)
{
	free(c->node);
	c->node = xstrdup(conf->node);
	c->resend = conf->alerts.resend;
	json_decref(c->labels);
	c->labels = labels_of(conf);
}

bool courier_configure(struct courier *c, const struct conf *conf, struct err *ret_err)
{
	struct places fresh = { 0 };

	if (!list_places(&fresh, conf, ret_err) || !open_places(c, conf, &fresh, ret_err)) {
		places_done(&fresh);
		return false;
	}
	assign_slots(c, &fresh);
	for (size_t i = 0; i < fresh.count; i++)
		take_over(c, &fresh.list[i], conf);
	places_done(&c->places);
	c->places = fresh;
	keep_rest(c, conf);
	courier_wake(c);
	return true;
}

int courier_slot(void *courier, const char *sink)
{
	struct courier *c = courier;
	const struct place *p = find(&c->places, sink);

	return p != NULL ? p->slot : -1;
}

const char *courier_name(const struct courier *c, int slot)
{
	for (size_t i = 0; i < c->places.count; i++)
		if (c->places.list[i].slot == slot)
			return c->places.list[i].name;
	return NULL;
}

/* ---- how they are */

size_t courier_count(const struct courier *c)
{
	return c->places.count;
}

void courier_stats(const struct courier *c, size_t i, struct outbox_stats *ret_stats)
{
	MUST(i < c->places.count);
	outbox_stats(c->places.list[i].outbox, ret_stats);
}

void courier_owed(const struct courier *c, size_t i, struct outbox_owed *ret_owed)
{
	MUST(i < c->places.count);
	outbox_owed(c->places.list[i].outbox, ret_owed);
}

static void put_count(json_t *o, const char *key, uint64_t value)
{
	put(o, key, json_integer((json_int_t)value));
}

static void put_time(json_t *o, const char *key, struct wall t)
{
	char text[WHEN_TEXT_SIZE];

	if (t.ms == 0)
		return;
	when_format(t, text);
	put(o, key, json_string(text));
}

static json_t *json_of(const struct outbox_stats *s, const struct outbox_owed *owed)
{
	json_t *o = json_object();

	put(o, "sink", json_string(s->name));
	put(o, "type", json_string(s->type));
	put(o, "failing", json_boolean(s->failing));
	if (s->failing)
		put(o, "trouble", json_string(s->trouble));
	put_count(o, "taken", s->taken);
	put_count(o, "refused", s->refused);
	put_count(o, "failures", s->failures);
	put_count(o, "coalesced", s->coalesced);
	put_count(o, "pending", owed->count);
	put_time(o, "oldest", owed->oldest);
	put_time(o, "told", s->told);
	return o;
}

json_t *courier_json(const struct courier *c, size_t i)
{
	struct outbox_stats s;
	struct outbox_owed owed;

	courier_stats(c, i, &s);
	courier_owed(c, i, &owed);
	return json_of(&s, &owed);
}

/* ---- a test */

struct courier_test {
	struct courier *of; /* borrowed: the owner */
	struct trial *trial;
	courier_test_fn *done;
	void *owner;
};

static void on_results(void *owner, const json_t *results)
{
	struct courier_test *t = owner;
	courier_test_fn *done = t->done;
	void *asker = t->owner;

	t->of->test = NULL;
	free(t);
	done(asker, results);
}

struct courier_test *courier_test(struct courier *c, courier_test_fn *done, void *owner)
{
	struct trial_sink sinks[ALERT_SINKS_MAX];
	struct err errs[ALERT_SINKS_MAX];
	struct courier_test *t;

	if (c->test != NULL || c->node == NULL)
		return NULL;
	for (size_t i = 0; i < c->places.count; i++) {
		const struct place *p = &c->places.list[i];

		errs[i].text[0] = '\0';
		sinks[i] = (struct trial_sink){ .name = p->name,
						.class = sink_class_of(p->conf->sink.type),
						.sink = open_sink(c, p, c->node, c->resend,
								  &errs[i]) };
		sinks[i].trouble = errs[i].text;
	}
	t = c->test = xcalloc(1, sizeof *t);
	t->of = c;
	t->done = done;
	t->owner = owner;
	t->trial = trial_start(c->parts.base, trial_alert(c->node, c->labels), sinks,
			       c->places.count, on_results, t);
	return t;
}

void courier_test_cancel(struct courier_test *t)
{
	if (t == NULL)
		return;
	t->of->test = NULL;
	trial_cancel(t->trial);
	free(t);
}

/* ---- start and end */

struct courier *courier_new(const struct courier_parts *parts)
{
	struct courier *c = xcalloc(1, sizeof *c);

	c->parts = *parts;
	MUST(evtimer_assign(&c->turn, parts->base, on_turn, c) == 0);
	return c;
}

void courier_free(struct courier *c)
{
	if (c == NULL)
		return;
	courier_test_cancel(c->test);
	places_done(&c->places);
	(void)event_del(&c->turn);
	free(c->node);
	json_decref(c->labels);
	free(c);
}
