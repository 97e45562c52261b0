/* SPDX-License-Identifier: Apache-2.0 */
/* bell.c: see bell.h. */
#include "tests/sim/bell.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/alarms.h"
#include "daemon/ledger.h"
#include "daemon/round.h"
#include "daemon/store.h"

enum { SLOT = 0 };

struct bell {
	struct store *record;  /* borrowed */
	struct ledger *ledger; /* owned; NULL: no process */
	struct alarms *alarms; /* owned; NULL: no process */
	struct round *round;   /* borrowed; NULL: none yet */
	struct ring *rings;    /* owned */
	size_t count, size;
	size_t traces;
};

static void ring(struct bell *b, struct alert *a)
{
	struct ring *to;

	if (b->count == b->size) {
		b->size = b->size == 0 ? 64 : b->size * 2;
		b->rings = xreallocarray(b->rings, b->size, sizeof *b->rings);
	}
	to = &b->rings[b->count++];
	*to = (struct ring){ .kind = a->kind,
			     .ended = !alert_active(a),
			     .first = a->told[SLOT].revision == 0,
			     .at = wall_now(),
			     .starts = a->starts };
	text_printf(to->subject, sizeof to->subject, "%s", a->subject);
	a->told[SLOT] = (struct telling){ .revision = a->revision,
					  .at = wall_now(),
					  .ended = !alert_active(a) };
	ledger_told(b->ledger, a, SLOT, "bell");
}

/* Everybody who is to be told is told at once. */
static void tell(struct bell *b)
{
	struct alert *next;

	for (struct alert *a = ledger_next(b->ledger, NULL); a != NULL; a = next) {
		next = ledger_next(b->ledger, a);
		if (a->told[SLOT].revision < a->revision)
			ring(b, a);
		if (!alert_active(a))
			ledger_settle(b->ledger, a);
	}
}

static void look(void *owner, struct endpoint *const *list, size_t count)
{
	struct bell *b = owner;

	if (b->round != NULL)
		round_look(b->round, list, count);
}

static void trace(void *owner, struct endpoint *e)
{
	struct bell *b = owner;

	(void)e;
	b->traces++;
}

static int slot(void *owner, const char *sink)
{
	(void)owner;
	(void)sink;
	return SLOT;
}

struct bell *bell_new(struct store *record)
{
	struct bell *b = xcalloc(1, sizeof *b);

	b->record = record;
	return b;
}

void bell_free(struct bell *b)
{
	bell_stop(b);
	free(b->rings);
	free(b);
}

struct alarms *bell_start(struct bell *b, const struct store_pasts *pasts)
{
	b->ledger = ledger_new(&(struct ledger_parts){ .store = b->record });
	ledger_use_slots(b->ledger, 1U << SLOT);
	ledger_restore(b->ledger, pasts, slot, NULL);
	b->alarms = alarms_new(&(struct alarms_parts){
		.ledger = b->ledger, .owner = b, .look = look, .trace = trace });
	return b->alarms;
}

void bell_set_round(struct bell *b, struct round *round)
{
	b->round = round;
}

void bell_stop(struct bell *b)
{
	alarms_free(b->alarms);
	ledger_free(b->ledger);
	b->alarms = NULL;
	b->ledger = NULL;
	b->round = NULL;
}

void bell_turn(struct bell *b)
{
	if (b->alarms == NULL || b->round == NULL)
		return;
	alarms_turn(b->alarms, NULL, mono_now(), wall_now());
	tell(b);
}

void bell_configuration(struct bell *b, const char *trouble)
{
	if (b->alarms != NULL)
		alarms_configuration(b->alarms, trouble, wall_now());
}

const struct ring *bell_rings(const struct bell *b, size_t *ret_count)
{
	*ret_count = b->count;
	return b->rings;
}

const struct alert *bell_active(const struct bell *b, enum alert_kind kind, const char *subject)
{
	return b->ledger != NULL ? ledger_active(b->ledger, kind, subject) : NULL;
}

size_t bell_active_count(const struct bell *b)
{
	size_t n = 0;

	for (int s = 0; b->ledger != NULL && s < SEVERITY_N; s++)
		n += ledger_active_count(b->ledger, (enum severity)s);
	return n;
}

size_t bell_traces(const struct bell *b)
{
	return b->traces;
}
