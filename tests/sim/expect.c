/* SPDX-License-Identifier: Apache-2.0 */
/* expect.c: see expect.h.  Each expectation is one function. */
#include "tests/sim/expect.h"
#include "tests/sim/expectalert.h"

#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "daemon/registry.h"
#include "tests/sim/record.h"
#include "tests/sim/scene.h"
#include "tests/sim/ways.h"

/* Words 0 and 1 are "expect" and what. */
enum { FIRST = 2 };

static const char *word(const struct scene *s, size_t i)
{
	return scene_word(s, FIRST + i);
}

/* ---- whose state */

static struct host *host_named(struct scene *s, const char *name)
{
	struct registry *r;

	scene_start(s);
	r = round_registry(s->play.round);
	for (struct host *h = NULL; (h = registry_next_host(r, h)) != NULL;)
		if (strcmp(h->name, name) == 0)
			return h;
	(void)scene_fail(s, "there is no host '%s'", name);
	return NULL;
}

static bool aspect_of(struct scene *s, const char *name, enum aspect *ret_aspect)
{
	for (int a = 0; a < ASPECT_N; a++)
		if (strcmp(aspect_name((enum aspect)a), name) == 0) {
			*ret_aspect = (enum aspect)a;
			return true;
		}
	return scene_fail(s, "'%s' is no aspect", name);
}

struct whose {
	enum aspect aspect;
	int64_t id;
	const struct state *state;
};

/* NAME ASPECT: a target's endpoint, or a host's name. */
static bool whose(struct scene *s, struct whose *ret_whose)
{
	enum aspect aspect = ASPECT_N;

	if (!aspect_of(s, word(s, 1), &aspect))
		return false;
	if (aspect == ASPECT_NAME) {
		struct host *h = host_named(s, word(s, 0));

		if (h == NULL)
			return false;
		*ret_whose = (struct whose){ aspect, h->id, &h->state };
	} else {
		struct endpoint *e = scene_endpoint(s, word(s, 0));

		if (e == NULL)
			return false;
		*ret_whose = (struct whose){ aspect, e->id, &e->states[aspect] };
	}
	return true;
}

/* ---- states and spans */

/* state NAME ASPECT WORD [REASON]; WORD may be "nothing" */
static bool expect_state(struct scene *s)
{
	const char *got = "nothing";
	const char *reason = "";
	struct whose w;

	if (!whose(s, &w))
		return false;
	if (w.state->declared != STATE_NOTHING) {
		got = aspect_state(w.aspect, w.state->declared);
		reason = aspect_reason(w.aspect, w.state->declared);
	}
	if (strcmp(got, word(s, 2)) != 0 ||
	    (s->count > FIRST + 3 && strcmp(reason, word(s, 3)) != 0))
		return scene_fail(s, "%s is %s %s", word(s, 0), got, reason);
	return true;
}

/* flapping NAME ASPECT yes|no */
static bool expect_flapping(struct scene *s)
{
	struct whose w;

	if (!whose(s, &w))
		return false;
	return w.state->flapping == (strcmp(word(s, 2), "yes") == 0) ||
	       scene_fail(s, "it is %sflapping", w.state->flapping ? "" : "not ");
}

static uint64_t scenario_ms(const struct scene *s, struct wall t)
{
	return (uint64_t)(t.ms - s->play.began_wall.ms);
}

/* since NAME ASPECT TIMES: of the state in force, by the wall clock */
static bool expect_since(struct scene *s)
{
	struct range times;
	struct whose w;

	if (!whose(s, &w) || !scene_times(s, word(s, 2), &times))
		return false;
	return scene_within(s, "since, in ms", scenario_ms(s, w.state->since), &times);
}

/* span NAME ASPECT REASON TIMES: it was put, beginning then */
static bool expect_span(struct scene *s)
{
	struct range times;
	struct whose w;
	const struct record_span *spans;
	size_t count;
	uint64_t nearest = UINT64_MAX;

	if (!whose(s, &w) || !scene_times(s, word(s, 3), &times))
		return false;
	spans = record_spans(s->play.record, &count);
	for (size_t i = 0; i < count; i++) {
		if (spans[i].endpoint != w.id || spans[i].aspect != w.aspect ||
		    strcmp(aspect_reason(w.aspect, spans[i].value), word(s, 2)) != 0)
			continue;
		nearest = scenario_ms(s, spans[i].since);
		if (nearest >= times.low && nearest <= times.high)
			return true;
	}
	if (nearest == UINT64_MAX)
		return scene_fail(s, "there is no such span");
	return scene_fail(s, "there is none: the last one begins at %llu ms",
			  (unsigned long long)nearest);
}

/* Of [NAME ASPECT], or of everything: spans that were put since the mark. */
static bool count_spans(struct scene *s, bool events_only)
{
	struct whose w = { .id = 0 };
	struct range range;
	const struct record_span *spans;
	size_t count;
	uint64_t found = 0;

	if (!scene_range(s, scene_word(s, s->count - 1), &range))
		return false;
	if (s->count > FIRST + 1 && !whose(s, &w))
		return false;
	spans = record_spans(s->play.record, &count);
	for (size_t i = s->spans; i < count; i++)
		if ((w.id == 0 || (spans[i].endpoint == w.id && spans[i].aspect == w.aspect)) &&
		    (!events_only || (spans[i].event && spans[i].from != STATE_NOTHING)))
			found++;
	return scene_within(s, events_only ? "changes" : "spans", found, &range);
}

/* changes [NAME ASPECT] RANGE: declared, the first of all aside */
static bool expect_changes(struct scene *s)
{
	return count_spans(s, true);
}

/* spans [NAME ASPECT] RANGE */
static bool expect_spans(struct scene *s)
{
	return count_spans(s, false);
}

/* no change: since the mark */
static bool expect_no(struct scene *s)
{
	char zero[] = "0";

	if (strcmp(word(s, 0), "change") != 0)
		return scene_fail(s, "expect no change");
	s->words[FIRST] = zero;
	return count_spans(s, true);
}

/* event KIND RANGE: since the mark */
static bool expect_event(struct scene *s)
{
	const struct record_event *events;
	struct range range;
	uint64_t found = 0;
	size_t count;

	if (!scene_range(s, word(s, 1), &range))
		return false;
	events = record_events(s->play.record, &count);
	for (size_t i = s->events; i < count; i++)
		found += strcmp(events[i].kind, word(s, 0)) == 0;
	return scene_within(s, word(s, 0), found, &range);
}

/* told KIND BEFORE AFTER: the last event of that kind; "-" is nothing */
static bool expect_told(struct scene *s)
{
	const struct record_event *events;
	char after[sizeof events->after] = "";
	size_t count;

	for (size_t i = 2; i < s->count - FIRST; i++)
		(void)snprintf(after + strlen(after), sizeof after - strlen(after), "%s%s",
			       i > 2 ? " " : "", word(s, i));
	events = record_events(s->play.record, &count);
	while (count > 0 && strcmp(events[count - 1].kind, word(s, 0)) != 0)
		count--;
	if (count == 0)
		return scene_fail(s, "there is no event '%s'", word(s, 0));
	events += count - 1;
	if (strcmp(events->after, after) != 0 ||
	    strcmp(events->before[0] != '\0' ? events->before : "-", word(s, 1)) != 0)
		return scene_fail(s, "from '%s' to '%s'", events->before, events->after);
	return true;
}

/* ---- samples */

static const struct record_endpoint *record_of(struct scene *s, const char *name)
{
	struct endpoint *e = scene_endpoint(s, name);
	const struct record_endpoint *of = NULL;

	if (e != NULL) {
		of = record_endpoint(s->play.record, e->id);
		if (of == NULL)
			(void)scene_fail(s, "the history does not know '%s'", name);
	}
	return of;
}

/* samples NAME [answered|lost|not-run] RANGE: with those still in memory */
static bool expect_samples(struct scene *s)
{
	const struct record_endpoint *e;
	struct range range;
	uint64_t n;

	if (!scene_range(s, scene_word(s, s->count - 1), &range))
		return false;
	scene_start(s);
	round_flush(s->play.round);
	e = record_of(s, word(s, 0));
	if (e == NULL)
		return false;
	n = e->answered + e->lost + e->not_run;
	if (strcmp(word(s, 1), "answered") == 0)
		n = e->answered;
	else if (strcmp(word(s, 1), "lost") == 0)
		n = e->lost;
	else if (strcmp(word(s, 1), "not-run") == 0)
		n = e->not_run;
	return scene_within(s, "samples", n, &range);
}

/* sighted NAME RANGE: certificates told of; touched NAME RANGE: looks at an unchanged port */
static bool expect_told_of(struct scene *s)
{
	const struct record_endpoint *e;
	struct range range;

	if (!scene_range(s, word(s, 1), &range))
		return false;
	scene_start(s);
	round_flush(s->play.round);
	e = record_of(s, word(s, 0));
	if (e == NULL)
		return false;
	return scene_within(s, scene_word(s, 1),
			    strcmp(scene_word(s, 1), "sighted") == 0 ? e->sightings : e->touches,
			    &range);
}

/* steady NAME TIME: no chunk is further off the first one's grid on the wall clock */
static bool expect_steady(struct scene *s)
{
	const struct record_endpoint *e = record_of(s, word(s, 0));
	struct range range;

	if (e == NULL || !scene_times(s, word(s, 1), &range))
		return false;
	range.low = 0;
	return scene_within(s, "off the grid, in ms", (uint64_t)e->astray_ms, &range);
}

/* ---- counts */

/* Of what the daemon counts itself since the mark. */
static bool within_stats(struct scene *s, const char *what)
{
	struct round_stats now;
	struct range range;
	uint64_t n = 0;

	if (!scene_range(s, word(s, 0), &range))
		return false;
	scene_start(s);
	round_stats(s->play.round, &now);
	if (strcmp(what, "skipped") == 0)
		n = now.skipped - s->stats.skipped;
	else if (strcmp(what, "local") == 0)
		n = now.local - s->stats.local;
	else if (strcmp(what, "waiting") == 0)
		n = now.waiting;
	return scene_within(s, what, n, &range);
}

static bool expect_stats(struct scene *s)
{
	return within_stats(s, scene_word(s, 1));
}

/* late TIME RANGE: regular starts since the mark that were later than a bucket's bound */
static bool expect_late(struct scene *s)
{
	struct round_stats now;
	struct range range;
	struct span bound;
	uint64_t n = 0;

	if (!scene_span(s, word(s, 0), &bound) || !scene_range(s, word(s, 1), &range))
		return false;
	scene_start(s);
	round_stats(s->play.round, &now);
	for (size_t i = 0; i <= ROUND_BUCKETS; i++)
		if (i > 0 && round_bucket_seconds[i - 1] * 1e9 >= (double)bound.ns - 1)
			n += now.late[i] - s->stats.late[i];
	return scene_within(s, "late", n, &range);
}

/* started RANGE, served RANGE, asked RANGE: checks and lookups since the mark */
static bool expect_started(struct scene *s)
{
	struct net_counts now = net_counts(s->play.net);
	const char *what = scene_word(s, 1);
	struct range range;
	unsigned n = now.reaches - s->net.reaches;

	if (!scene_range(s, word(s, 0), &range))
		return false;
	if (strcmp(what, "served") == 0)
		n = now.services - s->net.services;
	else if (strcmp(what, "asked") == 0)
		n = now.lookups - s->net.lookups;
	return scene_within(s, what, n, &range);
}

/* looks WAY reach|serve RANGE: since the beginning */
static bool expect_looks(struct scene *s)
{
	struct range range;
	struct addr addr;
	struct way *w;

	if (!scene_addr(s, word(s, 0), &addr) || !scene_range(s, word(s, 2), &range))
		return false;
	w = ways_get(net_ways(s->play.net), &addr);
	return scene_within(s, "looks", strcmp(word(s, 1), "serve") == 0 ? w->services : w->reaches,
			    &range);
}

/* peak RANGE: most checks at once; crowd RANGE: …at one address */
static bool expect_peak(struct scene *s)
{
	struct net_counts now = net_counts(s->play.net);
	bool crowd = strcmp(scene_word(s, 1), "crowd") == 0;
	struct range range;

	if (!scene_range(s, word(s, 0), &range))
		return false;
	return scene_within(s, scene_word(s, 1), crowd ? now.crowd : now.peak, &range);
}

/* gap TIME: no two starts were closer */
static bool expect_gap(struct scene *s)
{
	struct span least;
	struct span gap = net_counts(s->play.net).gap;

	if (!scene_span(s, word(s, 0), &least))
		return false;
	return gap.ns >= least.ns ||
	       scene_fail(s, "two starts were %lld us apart", (long long)span_us(gap));
}

/* ---- what is watched */

/* addresses HOST ADDRESS... */
static bool expect_addresses(struct scene *s)
{
	struct host *h = host_named(s, word(s, 0));
	struct range range = { s->count - FIRST - 1, s->count - FIRST - 1 };

	if (h == NULL || !scene_within(s, "addresses", h->addr_count, &range))
		return false;
	for (size_t i = 0; i < h->addr_count; i++) {
		char text[ADDR_TEXT_SIZE];

		addr_format(&h->addrs[i].addr, text);
		if (strcmp(text, word(s, i + 1)) != 0)
			return scene_fail(s, "%s is in the place of %s", text, word(s, i + 1));
	}
	return true;
}

/* endpoints RANGE; retired RANGE */
static bool expect_endpoints(struct scene *s)
{
	bool retired = strcmp(scene_word(s, 1), "retired") == 0;
	struct range range;

	if (!scene_range(s, word(s, 0), &range))
		return false;
	scene_start(s);
	return scene_within(s, scene_word(s, 1),
			    retired ? record_retired(s->play.record)
				    : registry_endpoint_count(round_registry(s->play.round)),
			    &range);
}

/* id NAME RANGE: of the endpoint in the history */
static bool expect_id(struct scene *s)
{
	struct endpoint *e = scene_endpoint(s, word(s, 0));
	struct range range;

	if (e == NULL || !scene_range(s, word(s, 1), &range))
		return false;
	return scene_within(s, "id", (uint64_t)e->id, &range);
}

static const struct {
	const char *word;
	bool (*check)(struct scene *s);
} expectations[] = {
	{ "state", expect_state },
	{ "flapping", expect_flapping },
	{ "since", expect_since },
	{ "span", expect_span },
	{ "changes", expect_changes },
	{ "spans", expect_spans },
	{ "no", expect_no },
	{ "event", expect_event },
	{ "told", expect_told },
	{ "samples", expect_samples },
	{ "steady", expect_steady },
	{ "skipped", expect_stats },
	{ "local", expect_stats },
	{ "waiting", expect_stats },
	{ "late", expect_late },
	{ "started", expect_started },
	{ "served", expect_started },
	{ "asked", expect_started },
	{ "looks", expect_looks },
	{ "peak", expect_peak },
	{ "crowd", expect_peak },
	{ "gap", expect_gap },
	{ "addresses", expect_addresses },
	{ "endpoints", expect_endpoints },
	{ "sighted", expect_told_of },
	{ "touched", expect_told_of },
	{ "retired", expect_endpoints },
	{ "id", expect_id },
	{ "alert", expect_alert },
	{ "alerts", expect_alerts },
	{ "rung", expect_rung },
	{ "says", expect_says },
	{ "traces", expect_traces },
};

bool expect_check(struct scene *s)
{
	s->checked++;
	for (size_t i = 0; i < ARRAY_LEN(expectations); i++)
		if (strcmp(scene_word(s, 1), expectations[i].word) == 0)
			return expectations[i].check(s);
	return scene_fail(s, "'%s' is no expectation", scene_word(s, 1));
}
