/* SPDX-License-Identifier: Apache-2.0 */
/* roster.c: see roster.h. */
#include "daemon/roster.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/parse.h"
#include "daemon/exchange.h"
#include "daemon/params.h"
#include "daemon/registry.h"
#include "daemon/reply.h"
#include "daemon/view.h"
#include "report/json.h"

enum { PIECE = 32, PLACE_TEXT_SIZE = 48 };

const char *const roster_states[ROSTER_STATES] = { "open",        "closed",     "filtered",
						   "unreachable", "unresolved", "unknown",
						   "unobserved",  "failing",    "untrusted",
						   "flapping" };

struct roster {
	const struct registry *registry; /* borrowed */
	struct place_in_roster *places;
	size_t count;
	size_t size;
	size_t total;
	enum match best;
	struct exchange *exchange; /* once it is being sent */
	size_t sent;
	bool any; /* an element was put */
};

/* ---- which */

static bool flaps(const struct endpoint *e)
{
	bool any = false;

	for (int a = 0; a < ENDPOINT_ASPECTS; a++)
		any = any || e->states[a].flapping;
	return any;
}

static bool aspect_is(const struct endpoint *e, enum aspect a, const char *word)
{
	int value = e->states[a].declared;

	return e->states[ASPECT_PORT].declared == REASON_OK && value != STATE_NOTHING &&
	       strcmp(aspect_state(a, value), word) == 0;
}

static bool state_fits(const struct endpoint *e, const char *word)
{
	if (word == NULL || strcmp(word, view_state(e)) == 0)
		return true;
	return (strcmp(word, "failing") == 0 && aspect_is(e, ASPECT_SERVICE, word)) ||
	       (strcmp(word, "untrusted") == 0 && aspect_is(e, ASPECT_TRUST, word)) ||
	       (strcmp(word, "flapping") == 0 && flaps(e));
}

static bool provider_fits(const struct conf_target *c, const char *provider)
{
	return provider == NULL || strcmp(c->provider, provider) == 0;
}

static bool fits(const struct endpoint *e, const struct roster_filter *f)
{
	return state_fits(e, f->state) && provider_fits(e->target->conf, f->provider) &&
	       (!f->problems || view_problem(e));
}

static bool nameless_fits(const struct target *t, const struct roster_filter *f)
{
	const char *state = view_nameless_state(t);

	return (f->state == NULL || strcmp(f->state, state) == 0) &&
	       provider_fits(t->conf, f->provider) &&
	       (!f->problems || strcmp(state, "unobserved") != 0);
}

static enum match how_named(const struct pattern *p, const struct conf_target *c)
{
	struct match_subject s = { .name = c->name,
				   .host = c->host,
				   .provider = c->provider,
				   .port = c->port,
				   .documented_port = c->rule != NULL ? c->rule->port : 0 };

	return p->text[0] == '\0' ? MATCH_EXACT : pattern_match(p, &s);
}

static void add(struct roster *r, int64_t id, unsigned n)
{
	if (r->count == r->size) {
		r->size = r->size > 0 ? 2 * r->size : 64;
		r->places = xreallocarray(r->places, r->size, sizeof *r->places);
	}
	r->places[r->count++] = (struct place_in_roster){ .id = id, .n = n };
}

/* A better name than any before: those were not meant. */
static bool named(struct roster *r, enum match how)
{
	if (how > r->best) {
		r->best = how;
		r->count = 0;
	}
	return how != MATCH_NONE && how == r->best;
}

static void take_endpoints(struct roster *r, const struct roster_filter *f)
{
	for (struct endpoint *e = NULL; (e = registry_next_endpoint(r->registry, e)) != NULL;) {
		enum match how =
			f->pattern.text[0] == '\0' ? MATCH_EXACT : params_match(&f->pattern, e);

		if (named(r, how) && fits(e, f))
			add(r, e->id, 0);
	}
}

static void take_nameless(struct roster *r, const struct roster_filter *f)
{
	for (struct host *h = NULL; (h = registry_next_host(r->registry, h)) != NULL;) {
		unsigned n = 0;

		if (h->addr_count > 0)
			continue;
		for (struct link *k = list_first(&h->targets); k != NULL;
		     k = list_next(&h->targets, k)) {
			struct target *t = container_of(k, struct target, of_host);

			n++;
			if (named(r, how_named(&f->pattern, t->conf)) && nameless_fits(t, f))
				add(r, h->id, n);
		}
	}
}

static int compare(const void *a, const void *b)
{
	const struct place_in_roster *x = a;
	const struct place_in_roster *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return (x->n > y->n) - (x->n < y->n);
}

/* From `after` on, and no more than the limit and one, which says that there is more. */
static void cut(struct roster *r, const struct roster_filter *f)
{
	size_t first = 0;

	while (first < r->count && compare(&r->places[first], &f->after) <= 0)
		first++;
	r->count -= first;
	if (r->count > f->limit + 1)
		r->count = f->limit + 1;
	if (r->count > 0)
		memmove(r->places, r->places + first, r->count * sizeof *r->places);
	r->places = xreallocarray(r->places, r->count + 1, sizeof *r->places);
}

struct roster *roster_new(const struct registry *registry, const struct roster_filter *f)
{
	struct roster *r = xcalloc(1, sizeof *r);

	r->registry = registry;
	take_endpoints(r, f);
	take_nameless(r, f);
	r->total = r->count;
	if (r->count > 0)
		qsort(r->places, r->count, sizeof *r->places, compare);
	cut(r, f);
	r->size = f->limit;
	return r;
}

void roster_free(struct roster *r)
{
	free(r->places);
	free(r);
}

size_t roster_count(const struct roster *r)
{
	return r->count < r->size ? r->count : r->size;
}

const struct place_in_roster *roster_places(const struct roster *r)
{
	return r->places;
}

size_t roster_total(const struct roster *r)
{
	return r->total;
}

bool roster_parse_place(const char *text, struct place_in_roster *ret_place)
{
	char number[PLACE_TEXT_SIZE];
	const char *dot = strchr(text, '.');
	uint64_t id;
	uint64_t n = 0;

	if (strlen(text) >= sizeof number)
		return false;
	(void)snprintf(number, sizeof number, "%.*s", (int)strcspn(text, "."), text);
	if (!parse_u64(number, 0, INT64_MAX, &id) ||
	    (dot != NULL && !parse_u64(dot + 1, 1, UINT32_MAX, &n)))
		return false;
	*ret_place = (struct place_in_roster){ .id = (int64_t)id, .n = (unsigned)n };
	return true;
}

/* ---- sending */

/* Those of one piece, found in one walk. */
struct piece {
	const struct place_in_roster *places;
	size_t count;
	json_t *found[PIECE];
};

static json_t **slot_of(struct piece *p, int64_t id, unsigned n)
{
	struct place_in_roster wanted = { .id = id, .n = n };
	const struct place_in_roster *at =
		bsearch(&wanted, p->places, p->count, sizeof wanted, compare);

	return at != NULL ? &p->found[at - p->places] : NULL;
}

static void find_nameless(struct piece *p, const struct host *h, struct wall now)
{
	unsigned n = 0;

	for (struct link *k = list_first(&h->targets); k != NULL; k = list_next(&h->targets, k)) {
		json_t **slot = slot_of(p, h->id, ++n);

		if (slot != NULL)
			*slot = view_nameless(container_of(k, struct target, of_host), now);
	}
}

static void find_piece(const struct registry *registry, struct piece *p)
{
	struct wall now = wall_now();

	for (struct endpoint *e = NULL; (e = registry_next_endpoint(registry, e)) != NULL;) {
		json_t **slot = slot_of(p, e->id, 0);

		if (slot != NULL)
			*slot = view_endpoint(e, now);
	}
	for (struct host *h = NULL; (h = registry_next_host(registry, h)) != NULL;)
		if (h->addr_count == 0)
			find_nameless(p, h, now);
}

static void put_element(struct roster *r, json_t *o, struct buf *out)
{
	char *text = json_dumps(o, JSON_COMPACT);

	MUST(text != NULL);
	buf_printf(out, "%s%s", r->any ? "," : "", text);
	r->any = true;
	free(text);
	json_decref(o);
}

static void put_end(const struct roster *r, struct buf *out)
{
	const struct place_in_roster *last;

	buf_puts(out, "]");
	if (r->count > r->size) {
		last = &r->places[r->size - 1];
		buf_printf(out, ",\"next\":\"%" PRId64, last->id);
		if (last->n > 0)
			buf_printf(out, ".%u", last->n);
		buf_puts(out, "\"");
	}
	buf_puts(out, "}\n");
}

/* What has gone is left out. */
static bool put_piece(void *owner, struct buf *out)
{
	struct roster *r = owner;
	struct piece p = { .places = r->places + r->sent, .count = roster_count(r) - r->sent };
	bool more = p.count > PIECE;

	p.count = more ? PIECE : p.count;
	if (r->sent == 0)
		buf_puts(out, "{\"endpoints\":[");
	if (p.count > 0)
		find_piece(r->registry, &p);
	for (size_t i = 0; i < p.count; i++)
		if (p.found[i] != NULL)
			put_element(r, p.found[i], out);
	r->sent += p.count;
	if (!more)
		put_end(r, out);
	return more;
}

static void send_piece(void *owner)
{
	struct roster *r = owner;
	struct exchange *x = r->exchange;

	if (reply_piece(x, put_piece, r))
		return;
	roster_free(r);
	exchange_end(x);
}

static void on_gone(void *owner)
{
	roster_free(owner);
}

void roster_send(struct roster *r, struct exchange *x)
{
	r->exchange = x;
	exchange_watch(x, &(struct exchange_watcher){
				  .owner = r, .gone = on_gone, .drained = send_piece });
	exchange_begin(x, "application/json");
	send_piece(r);
}
