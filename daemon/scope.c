/* SPDX-License-Identifier: Apache-2.0 */
/* scope.c: see scope.h. */
#include "daemon/scope.h"

#include <string.h>

#include "daemon/draft.h"
#include "daemon/ledger.h"
#include "daemon/provider.h"
#include "daemon/registry.h"

enum {
	LOST_PCT = 90,  /* of what was seen: "all" */
	LEAST_LOST = 3, /* two that go together are no catastrophe */
	PROVIDER_HOSTS = 3,
	NODE_HOSTS = 2,
	JUDGE_MS = 250,            /* between two gatherings of evidence for the same scope */
	AROUND_MS = 5000,          /* between two samples */
	ENOUGH = SCOPE_SAMPLE / 4, /* of what is not told of yet, however many there are */
};

static bool within(const struct endpoint *e, const struct provider *provider)
{
	return provider == NULL || e->target->provider == provider;
}

/* Not open, and the check could be run. */
static bool last_was_lost(const struct endpoint *e)
{
	return e->last != REASON_OK && e->last != REASON_LOCAL;
}

/* Its loss was told of before: it says nothing of the others. */
static bool told_alone(const struct endpoint *e)
{
	return (e->alarm.raised >> ALERT_PORT_CLOSED & 1) != 0;
}

void scope_gather(const struct registry *r, const struct provider *provider, struct mono since,
		  struct evidence *ret_evidence)
{
	const struct host *last = NULL;
	struct evidence x = { 0 };

	for (struct endpoint *e = NULL; (e = registry_next_endpoint(r, e)) != NULL;) {
		bool fresh = e->looked.ns != 0 && !mono_before(e->looked, since);

		if (!within(e, provider) || told_alone(e))
			continue;
		if (last_was_lost(e) &&
		    (fresh || state_ill(&e->states[ASPECT_PORT], ASPECT_PORT))) {
			x.lost++;
			/* Targets of one host follow each other. */
			x.lost_hosts += e->target->host != last;
			last = e->target->host;
		} else if (fresh && e->last == REASON_OK) {
			x.kept++;
		} else {
			x.unseen++;
		}
	}
	*ret_evidence = x;
}

/* Half of all, or of what a sample can be expected to show. */
static bool seen_enough(const struct evidence *x)
{
	unsigned seen = x->lost + x->kept;

	return seen >= ENOUGH || seen >= x->unseen;
}

bool scope_is_lost(const struct evidence *x, unsigned hosts)
{
	return seen_enough(x) && x->lost >= LEAST_LOST && x->lost_hosts >= hosts &&
	       x->lost * 100 >= (x->lost + x->kept) * LOST_PCT;
}

/* ---- lost and back */

static const char *name_of(const struct provider *provider)
{
	return provider != NULL ? provider->name : "";
}

static enum alert_kind kind_of(const struct provider *provider)
{
	return provider != NULL ? ALERT_PROVIDER_UNREACHABLE : ALERT_NODE_ISOLATED;
}

bool scope_covers(const struct scopes *s, const struct endpoint *e)
{
	return s->node.lost || (e->target->provider != NULL && e->target->provider->scope.lost);
}

static bool judged_just_now(const struct scope *scope, struct mono now)
{
	return scope->judged.ns != 0 &&
	       mono_before(now, mono_add(scope->judged, span_of_ms(JUDGE_MS)));
}

/* True when all of it was lost: then its alert has been raised. */
static bool judge(struct scopes *s, struct scope *scope, const struct provider *provider,
		  const struct endpoint *e, struct mono now)
{
	struct alert_draft d;
	struct evidence x;

	if (judged_just_now(scope, now))
		return false;
	scope->judged = now;
	scope_gather(s->registry, provider, e->surprised[ASPECT_PORT], &x);
	if (!scope_is_lost(&x, provider != NULL ? PROVIDER_HOSTS : NODE_HOSTS))
		return false;
	d = draft_scope(s->conf, kind_of(provider), name_of(provider), &x, e);
	(void)ledger_raise(s->ledger, &d);
	scope->lost = true;
	return true;
}

bool scope_took(struct scopes *s, const struct endpoint *e, struct mono now)
{
	struct provider *p = e->target->provider;

	if (scope_covers(s, e) || judge(s, &s->node, NULL, e, now))
		return true;
	return p != NULL && judge(s, &p->scope, p, e, now);
}

static void end(struct scopes *s, const struct provider *provider, struct wall at, const char *why)
{
	struct alert *a = ledger_active(s->ledger, kind_of(provider), name_of(provider));

	if (a != NULL)
		ledger_end(s->ledger, a, at, why);
}

/*
 * More than half of those whose loss was not told of alone.  Those of which nothing is known do
 * not count; half is not most, for with two addresses each one of them may be back alone.
 */
static bool mostly_ill(const struct registry *r, const struct provider *provider)
{
	size_t ill = 0;
	size_t known = 0;

	for (struct endpoint *e = NULL; (e = registry_next_endpoint(r, e)) != NULL;) {
		int value = e->states[ASPECT_PORT].declared;

		if (!within(e, provider) || told_alone(e) || value == STATE_NOTHING ||
		    aspect_unknown(ASPECT_PORT, value))
			continue;
		known++;
		ill += state_ill(&e->states[ASPECT_PORT], ASPECT_PORT);
	}
	return ill * 2 > known;
}

static void judge_return(struct scopes *s, struct scope *scope, const struct provider *provider,
			 struct mono now, struct wall at)
{
	if (!scope->lost || judged_just_now(scope, now))
		return;
	scope->judged = now;
	if (mostly_ill(s->registry, provider))
		return;
	scope->lost = false;
	scope->regained = now;
	end(s, provider, at, "most of it answers again");
}

void scope_returns(struct scopes *s, const struct endpoint *e, struct mono now, struct wall at)
{
	struct provider *p = e->target->provider;

	judge_return(s, &s->node, NULL, now, at);
	if (p != NULL)
		judge_return(s, &p->scope, p, now, at);
}

/* Before, it may be found ill only because nobody has looked again. */
bool scope_looked_since(const struct scopes *s, const struct endpoint *e)
{
	const struct provider *p = e->target->provider;

	return mono_before(s->node.regained, e->looked) &&
	       (p == NULL || mono_before(p->scope.regained, e->looked));
}

static bool provider_watched(const struct registry *r, const char *name)
{
	for (struct target *t = NULL; (t = registry_next_target(r, t)) != NULL;)
		if (strcmp(t->conf->provider, name) == 0)
			return true;
	return false;
}

void scope_sweep(struct scopes *s, struct wall at)
{
	static const char why[] = "it is not watched any more";

	if (s->node.lost && registry_endpoint_count(s->registry) == 0) {
		s->node.lost = false;
		end(s, NULL, at, why);
	}
	for (struct alert *a = NULL; (a = ledger_next(s->ledger, a)) != NULL;)
		if (a->kind == ALERT_PROVIDER_UNREACHABLE && alert_active(a) &&
		    !provider_watched(s->registry, a->subject))
			ledger_end(s->ledger, a, at, why);
	/* A provider that was gone and is back begins as any other. */
	for (struct target *t = NULL; (t = registry_next_target(s->registry, t)) != NULL;)
		if (t->provider != NULL && t->provider->scope.lost &&
		    ledger_active(s->ledger, ALERT_PROVIDER_UNREACHABLE, t->provider->name) == NULL)
			t->provider->scope.lost = false;
}

/* ---- evidence that is still to be gathered */

static bool worth_a_look(const struct endpoint *e, struct mono since)
{
	int value = e->states[ASPECT_PORT].declared;

	return mono_before(e->looked, since) && (value == REASON_OK || value == STATE_NOTHING);
}

/* Every n-th that is worth it, so that `most` of them are spread over all. */
static size_t spread(const struct registry *r, const struct provider *provider, struct mono since,
		     struct endpoint **list, size_t most)
{
	size_t all = 0;
	size_t seen = 0;
	size_t n = 0;

	for (struct endpoint *e = NULL; (e = registry_next_endpoint(r, e)) != NULL;)
		all += within(e, provider) && worth_a_look(e, since);
	for (struct endpoint *e = NULL; n < most && (e = registry_next_endpoint(r, e)) != NULL;)
		if (within(e, provider) && worth_a_look(e, since) &&
		    seen++ * most / (all > most ? all : most) >= n)
			list[n++] = e;
	return n;
}

size_t scope_sample(struct scopes *s, const struct endpoint *e, struct mono now,
		    struct endpoint *ret_list[SCOPE_SAMPLE])
{
	const struct provider *p = e->target->provider;
	size_t n = 0;

	if (scope_covers(s, e) ||
	    (s->around.ns != 0 && mono_before(now, mono_add(s->around, span_of_ms(AROUND_MS)))))
		return 0;
	s->around = now;
	if (p != NULL)
		n = spread(s->registry, p, e->looked, ret_list, SCOPE_SAMPLE / 2);
	return n + spread(s->registry, NULL, e->looked, ret_list + n, SCOPE_SAMPLE - n);
}
