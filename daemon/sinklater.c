/* SPDX-License-Identifier: Apache-2.0 */
/* sinklater.c: see sinklater.h. */
#include "daemon/sinklater.h"

#include <event2/event.h>

#include "base/must.h"

static void on_later(evutil_socket_t fd, short what, void *data)
{
	struct sinklater *l = data;
	struct sink_answer answer = l->answer; /* l may be gone, or in use again, during done */

	(void)fd;
	(void)what;
	l->done(l->owner, &answer);
}

void sinklater_init(struct sinklater *l, struct event_base *base)
{
	MUST(evtimer_assign(&l->ev, base, on_later, l) == 0);
}

void sinklater_set(struct sinklater *l, const struct sink_answer *answer, sink_done_fn *done,
		   void *owner)
{
	static const struct timeval now = { 0 };

	l->answer = *answer;
	l->done = done;
	l->owner = owner;
	MUST(event_add(&l->ev, &now) == 0);
}

void sinklater_done(struct sinklater *l)
{
	(void)event_del(&l->ev);
}
