/* SPDX-License-Identifier: Apache-2.0 */
/* subject.c: see subject.h. */
#include "daemon/subject.h"

#include "base/log.h"
#include "base/text.h"
#include "daemon/registry.h"
#include "daemon/state.h"
#include "daemon/store.h"
#include "probes/verdict.h"

struct subject subject_of_endpoint(struct endpoint *e, enum aspect aspect, const struct icmp *icmp,
				   const char *detail)
{
	return (struct subject){ .id = e->id,
				 .name = e->target->conf->name,
				 .addr = &e->addr,
				 .aspect = aspect,
				 .state = &e->states[aspect],
				 .span_open = &e->span_open[aspect],
				 .icmp = icmp,
				 .detail = detail };
}

struct subject subject_of_host(struct host *h, const char *detail)
{
	return (struct subject){ .id = h->id,
				 .name = h->name,
				 .aspect = ASPECT_NAME,
				 .state = &h->state,
				 .span_open = &h->span_open,
				 .detail = detail };
}

static void put_span(const struct subject *s, struct store *store, const struct change *c,
		     struct wall since)
{
	struct store_span span = { .endpoint = s->id,
				   .aspect = s->aspect,
				   .value = s->state->declared,
				   .since = since,
				   .event = c->changed,
				   .from = c->from };

	if (store == NULL)
		return;
	if (s->icmp != NULL && s->icmp->present) {
		char from[ADDR_TEXT_SIZE];

		addr_format(&s->icmp->from, from);
		text_printf(span.offender, sizeof span.offender, "%s", from);
	}
	text_printf(span.detail, sizeof span.detail, "%s", s->detail);
	store_put_span(store, &span);
}

/* In the room, for a log line. */
static const char *address_of(const struct subject *s, char room[ADDR_TEXT_SIZE])
{
	if (s->addr == NULL)
		return "-";
	addr_format_port(s->addr, room);
	return room;
}

static void put_flapping(const struct subject *s, struct store *store, bool began, struct wall at)
{
	struct store_event e = { .endpoint = s->id,
				 .at = at,
				 .kind = began ? "flapping" : "steady",
				 .before = "",
				 .after = aspect_name(s->aspect),
				 .detail = "" };
	char room[ADDR_TEXT_SIZE];

	log_notice("%s %s endpoint=%s address=%s aspect=%s", s->name,
		   began ? "is flapping" : "is steady again", s->name, address_of(s, room),
		   aspect_name(s->aspect));
	if (store != NULL)
		store_put_event(store, &e);
}

static void log_change(const struct subject *s, const struct change *c)
{
	const char *now = aspect_state(s->aspect, c->to);
	char room[ADDR_TEXT_SIZE];

	/* That all is well from the start is no news. */
	if (c->first && aspect_well(s->aspect, c->to) && !log_enabled(LOG_LEVEL_INFO))
		return;
	log_notice("%s: %s is %s%s%s endpoint=%s address=%s aspect=%s state=%s reason=%s", s->name,
		   aspect_name(s->aspect), now, s->detail[0] != '\0' ? ": " : "", s->detail,
		   s->name, address_of(s, room), aspect_name(s->aspect), now,
		   aspect_reason(s->aspect, c->to));
}

void subject_look(const struct subject *s, struct store *store, const struct state_policy *policy,
		  const struct observation *seen, struct change *ret_change)
{
	struct change *c = ret_change;

	state_observe(s->state, policy, seen, c);
	if (c->changed) {
		put_span(s, store, c, c->since);
		*s->span_open = true;
		if (c->word_changed)
			log_change(s, c);
	} else if (!*s->span_open && s->state->declared == seen->value) {
		put_span(s, store, c, seen->at);
		*s->span_open = true;
	}
	if (c->flap_began || c->flap_ended)
		put_flapping(s, store, c->flap_began, seen->at);
}

void subject_put_again(const struct subject *s, struct store *store)
{
	if (*s->span_open)
		put_span(s, store, &(struct change){ .from = STATE_NOTHING }, s->state->since);
}
