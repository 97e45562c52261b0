/* SPDX-License-Identifier: Apache-2.0 */
/* degraded.c: see degraded.h. */
#include "daemon/degraded.h"

#include "daemon/alarm.h"
#include "daemon/conf.h"
#include "daemon/draft.h"
#include "daemon/registry.h"

enum {
	LOOKS = 100,   /* that are counted */
	CALM_PART = 3, /* it ends below a third of what began it */
	FORGET_MS = 10 * 60 * 1000
};

static void push_look(struct alarm_memory *m, bool lost)
{
	m->losses[1] = m->losses[1] << 1 | m->losses[0] >> 63;
	m->losses[0] = m->losses[0] << 1 | lost;
	if (m->looks < LOOKS)
		m->looks++;
}

static unsigned count_losses(const struct alarm_memory *m)
{
	const uint64_t mask = (UINT64_C(1) << (LOOKS - 64)) - 1;

	return (unsigned)(__builtin_popcountll(m->losses[0]) +
			  __builtin_popcountll(m->losses[1] & mask));
}

/* What was lost before a short outage counts on; before a long one it is of the past. */
static void forget_losses(struct endpoint *e, struct wall at)
{
	struct alarm_memory *m = &e->alarm;

	if (at.ms - e->states[ASPECT_PORT].since.ms < FORGET_MS)
		return;
	m->looks = 0;
	m->losses[0] = m->losses[1] = 0;
}

void degraded_take(struct endpoint *e, bool lost, struct wall at)
{
	if (e->states[ASPECT_PORT].declared != REASON_OK)
		forget_losses(e, at);
	else if (!e->states[ASPECT_PORT].flapping)
		push_look(&e->alarm, lost);
}

void degraded_restore(struct endpoint *e, unsigned most)
{
	for (unsigned i = 0; i < LOOKS; i++)
		push_look(&e->alarm, i * most / LOOKS != (i + 1) * most / LOOKS);
}

/* Losses on an open and steady way; most 0: nobody asks. */
static bool degraded(const struct endpoint *e, unsigned most, bool before)
{
	unsigned count = count_losses(&e->alarm);

	if (most == 0 || e->states[ASPECT_PORT].flapping)
		return false;
	return before ? count * CALM_PART >= most : count >= most;
}

void degraded_judge(struct ledger *l, const struct conf *conf, struct endpoint *e, struct wall at)
{
	const struct alarm_memory *m = &e->alarm;
	bool has = alarm_raised(e, ALERT_PATH_DEGRADED);
	char room[SUBJECT_BYTES];
	struct alert_draft d;

	if ((m->losses[0] | m->losses[1]) == 0 && !has)
		return;
	if (degraded(e, conf->alerts.loss_pct, has) == has)
		return;
	if (has) {
		alarm_end(l, e, ALERT_PATH_DEGRADED, at,
			  "hardly any check is lost on the open way any more");
		return;
	}
	d = draft_degraded(conf, e, count_losses(m), m->looks, at, room);
	alarm_put(l, e, &d);
}
