/* SPDX-License-Identifier: Apache-2.0 */
/* loop.c: see loop.h. */
#include "cli/loop.h"

#include <errno.h>
#include <event2/event.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/must.h"
#include "probes/prober.h"
#include "report/exit.h"
#include "report/term.h"

enum { LINGER_MS = 300 };

/* Runs in the loop, not in the signal's handler. */
static void on_signal(evutil_socket_t number, short what, void *arg)
{
	struct loop *l = arg;

	(void)number;
	(void)what;
	l->interrupted = true;
	loop_stop(l);
}

static void on_linger_end(evutil_socket_t fd, short what, void *arg)
{
	struct loop *l = arg;

	(void)fd;
	(void)what;
	l->lingered = true;
}

static const int ending_signals[LOOP_SIGNALS] = { SIGINT, SIGTERM };

/*
 * timeout(1) sends its signal twice.  The second must not end us while what is known
 * is being written: libevent gives back what it found, so that is to ignore it.
 */
static bool add_signals(struct loop *l)
{
	for (size_t i = 0; i < LOOP_SIGNALS; i++) {
		(void)signal(ending_signals[i], SIG_IGN);
		l->signals[i] = evsignal_new(l->base, ending_signals[i], on_signal, l);
		if (l->signals[i] == NULL || event_add(l->signals[i], NULL) != 0)
			return false;
	}
	return true;
}

/* libevent gives up inside event_base_new() when it gets no descriptors; its own exit says 1. */
static void on_fatal(int code)
{
	(void)code;
	term_complain("the event loop could not be started: no file descriptors or memory left");
	_exit(STATUS_LOCAL);
}

/* While it starts, the one sentence of on_fatal() says it all. */
static void on_log(int severity, const char *text)
{
	(void)severity;
	(void)text;
}

bool loop_init(struct loop *l, const char *dns_servers, struct err *ret_err)
{
	event_set_log_callback(on_log);
	event_set_fatal_callback(on_fatal);
	*l = (struct loop){ .base = prober_loop_new() };
	if (l->base == NULL)
		return err_set(ret_err, ENOMEM, "the event loop could not be started");
	event_set_log_callback(NULL);
	l->prober = prober_new(l->base, dns_servers, ret_err);
	if (l->prober != NULL) {
		if (add_signals(l))
			return true;
		(void)err_set(ret_err, ENOMEM, "signals could not be caught");
	}
	loop_done(l);
	return false;
}

void loop_run(struct loop *l)
{
	if (event_base_dispatch(l->base) < 0)
		l->interrupted = true;
}

void loop_stop(struct loop *l)
{
	(void)event_base_loopbreak(l->base);
}

/* Lets the connections that are being closed end well, as long as that is soon. */
static void linger(struct loop *l)
{
	struct timeval most = span_timeval(span_of_ms(LINGER_MS));
	struct event *end = evtimer_new(l->base, on_linger_end, l);

	if (end == NULL || event_add(end, &most) != 0)
		l->lingered = true;
	/* One event is our own. */
	while (!l->lingered && event_base_get_num_events(l->base, EVENT_BASE_COUNT_ADDED) > 1)
		if (event_base_loop(l->base, EVLOOP_ONCE) != 0)
			break;
	if (end != NULL)
		event_free(end);
}

void loop_done(struct loop *l)
{
	for (size_t i = 0; i < ARRAY_LEN(l->signals); i++)
		if (l->signals[i] != NULL)
			event_free(l->signals[i]);
	if (l->prober != NULL) {
		if (!l->interrupted)
			linger(l);
		prober_free(l->prober);
	}
	if (l->base != NULL)
		event_base_free(l->base);
	for (size_t i = 0; i < LOOP_SIGNALS && !l->interrupted; i++)
		(void)signal(ending_signals[i], SIG_DFL);
	*l = (struct loop){ 0 };
}
