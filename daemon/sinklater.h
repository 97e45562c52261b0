/* SPDX-License-Identifier: Apache-2.0 */
/* sinklater.h: an answer that is known at once and given from the loop, as sink.h promises. */
#ifndef DAEMON_SINKLATER_H
#define DAEMON_SINKLATER_H

#include <event2/event_struct.h>

#include "daemon/sink.h"

struct sinklater {
	struct event ev;
	struct sink_answer answer;
	sink_done_fn *done;
	void *owner;
};

void sinklater_init(struct sinklater *l, struct event_base *base);

/* answer is copied. */
void sinklater_set(struct sinklater *l, const struct sink_answer *answer, sink_done_fn *done,
		   void *owner);

/* done will not run. */
void sinklater_done(struct sinklater *l);

#endif
