/* SPDX-License-Identifier: Apache-2.0 */
/* overrun.c: see overrun.h. */
#include "inventory/overrun.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/must.h"

enum { SAID_SIZE = 400 };

/* For the signal's handler, which no argument reaches. */
static const char *volatile watched;

/* Nothing here but what signal-safety(7) allows. */
static void on_alarm(int number)
{
	static const char before[] = "banksman: ";
	static const char behind[] = ": runs too long, and cannot be interrupted\n";
	char said[SAID_SIZE];
	size_t len = sizeof before - 1;

	(void)number;
	memcpy(said, before, len);
	/* A file's name must not drive the terminal. */
	for (const char *p = watched; *p != '\0' && len < SAID_SIZE - sizeof behind; p++)
		said[len++] = (char)(*p >= ' ' && *p <= '~' ? *p : '?');
	memcpy(said + len, behind, sizeof behind - 1);
	len += sizeof behind - 1;
	if (write(STDERR_FILENO, said, len) < 0)
		_exit(OVERRUN_STATUS);
	_exit(OVERRUN_STATUS);
}

static void set_timer(int64_t ms)
{
	struct itimerval timer = { .it_value = { .tv_sec = ms / 1000,
						 .tv_usec = ms % 1000 * 1000 } };

	MUST(setitimer(ITIMER_REAL, &timer, NULL) == 0);
}

void overrun_watch(struct span limit, const char *what)
{
	if (watched == NULL) {
		struct sigaction action = { .sa_handler = on_alarm };

		MUST(sigaction(SIGALRM, &action, NULL) == 0);
	}
	watched = what;
	set_timer(span_ms(limit) + OVERRUN_GRACE_MS);
}

void overrun_done(void)
{
	set_timer(0);
}
