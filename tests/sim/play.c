/* SPDX-License-Identifier: Apache-2.0 */
/* play.c: see play.h. */
#include "tests/sim/play.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/must.h"
#include "base/text.h"
#include "daemon/round.h"
#include "tests/sim/bell.h"
#include "tests/sim/fakeclock.h"
#include "tests/sim/net.h"
#include "tests/sim/record.h"
#include "tests/sim/site.h"

/* More calls than this without any progress of the clock: the round spins. */
enum { SPINNING = 100000, TIMER_NS = 1000, BELL_MS = 100 };

static void wake(void *owner)
{
	struct play *p = owner;

	p->turn = mono_now();
}

void play_init(struct play *p, uint64_t seed)
{
	fakeclock_reset();
	*p = (struct play){ .net = net_new(seed),
			    .record = record_new(),
			    .bell_turn = mono_now(),
			    .began = mono_now(),
			    .began_wall = wall_now() };
	p->bell = bell_new(p->record);
}

void play_done(struct play *p)
{
	if (p->round != NULL)
		play_stop(p, false);
	net_free(p->net);
	bell_free(p->bell);
	record_free(p->record);
}

static void trouble(struct play *p, const char *what)
{
	if (p->trouble[0] == '\0')
		text_printf(p->trouble, sizeof p->trouble, "%s", what);
}

void play_start(struct play *p, struct conf *conf)
{
	struct store_pasts pasts;
	struct err err;

	MUST(p->round == NULL);
	record_mute(p->record, false);
	record_pasts(p->record, &pasts);
	p->round = round_new(
		&(struct round_parts){ .prober = p->net,
				       .store = p->record,
				       .pasts = &pasts,
				       .wake = wake,
				       .owner = p,
				       .alarms = p->alerts ? bell_start(p->bell, &pasts) : NULL });
	bell_set_round(p->bell, p->round);
	record_pasts_free(&pasts);
	p->conf = conf;
	if (!round_configure(p->round, conf, &err))
		trouble(p, err.text);
}

void play_stop(struct play *p, bool killed)
{
	record_mute(p->record, killed);
	round_free(p->round);
	bell_stop(p->bell);
	p->round = NULL;
	site_conf_free(p->conf);
	p->conf = NULL;
	if (net_counts(p->net).under_way > 0)
		trouble(p, "something is still under way after the end");
}

void play_reload(struct play *p, struct conf *conf)
{
	struct err err;

	if (!round_configure(p->round, conf, &err)) {
		trouble(p, err.text);
		site_conf_free(conf);
		return;
	}
	bell_configuration(p->bell, "");
	site_conf_free(p->conf);
	p->conf = conf;
}

/* One call of the round, as its timer or an answer makes it. */
static void turn(struct play *p)
{
	struct mono now = mono_now();
	struct span wait;

	if (mono_before(p->last, now)) {
		p->last = now;
		p->turns = 0;
	}
	if (++p->turns == SPINNING)
		trouble(p, "the round spins: it wants to be called again at once, for ever");
	p->turn.ns = INT64_MAX;
	wait = round_turn(p->round);
	if (!mono_before(now, p->bell_turn)) {
		bell_turn(p->bell);
		p->bell_turn = mono_add(now, span_of_ms(BELL_MS));
	}
	/* The loop's timers count in microseconds. */
	wait.ns = wait.ns <= 0 ? 0 : (wait.ns + TIMER_NS - 1) / TIMER_NS * TIMER_NS;
	if (p->turn.ns == INT64_MAX)
		p->turn = mono_add(now, wait);
}

/* What happens next: true when it is an answer. */
static bool next(const struct play *p, struct mono *ret_at)
{
	struct mono answer;

	*ret_at = p->round != NULL ? p->turn : (struct mono){ .ns = INT64_MAX };
	if (!net_next(p->net, &answer) || mono_before(*ret_at, answer))
		return false;
	*ret_at = answer;
	return true;
}

void play_go_to(struct play *p, struct mono until)
{
	for (;;) {
		struct mono at;
		bool answer = next(p, &at);

		if (mono_before(until, at) || p->trouble[0] != '\0')
			break;
		fakeclock_go_to(at);
		if (answer)
			net_deliver(p->net);
		else
			turn(p);
	}
	fakeclock_go_to(until);
	bell_turn(p->bell); /* whoever looks now looks at what has been told */
}

void play_suspend(struct span length)
{
	fakeclock_go_to(mono_add(mono_now(), length));
}
