/* SPDX-License-Identifier: Apache-2.0 */
/* child.c: see child.h. */
#include "daemon/child.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"

enum { TERM_MS = 2000, KILL_MS = 1000, CHUNK = 4096, FAREWELL_MS = 100, FIRST_OTHER_FD = 3 };

enum stage { STAGE_RUNNING, STAGE_TERMINATING, STAGE_KILLING, STAGE_ANSWERED };

struct child {
	enum stage stage;
	pid_t pid; /* also its group's; 0: gone */
	bool timed_out;
	int status;
	int in;      /* our end of its standard input; -1: closed */
	int out;     /* of its standard error, and of its standard output when nobody listens */
	int told;    /* of its standard output when somebody does; else -1 */
	char *input; /* owned */
	size_t len, pos;
	struct buf said;
	size_t output; /* bytes that came */
	struct event on_in, on_out, on_told, timer, death;
	child_done_fn *done;
	child_heard_fn *heard;
	void *owner;
};

static void close_end(struct event *ev, int *fd)
{
	if (*fd < 0)
		return;
	(void)event_del(ev);
	(void)close(*fd);
	*fd = -1;
}

static void arm(struct child *c, enum stage stage, struct span wait)
{
	struct timeval tv = span_timeval(wait);

	c->stage = stage;
	MUST(event_add(&c->timer, &tv) == 0);
}

/* c may be gone after it. */
static void answer(struct child *c)
{
	struct child_end end = { .ended = c->pid == 0,
				 .timed_out = c->timed_out,
				 .status = c->status };
	AUTO(text) char *said = xstrdup(buf_text(&c->said));

	end.said = said;
	c->stage = STAGE_ANSWERED;
	(void)event_del(&c->timer);
	close_end(&c->on_in, &c->in);
	close_end(&c->on_out, &c->out);
	close_end(&c->on_told, &c->told);
	c->done(c->owner, &end);
}

/* ---- its descriptors */

static void on_writable(evutil_socket_t fd, short what, void *data)
{
	struct child *c = data;
	ssize_t n = write(fd, c->input + c->pos, c->len - c->pos);

	(void)what;
	if (n > 0)
		c->pos += (size_t)n;
	/* It may close its end without having read all: its exit status is what counts. */
	if (c->pos == c->len || (n < 0 && errno != EAGAIN && errno != EINTR))
		close_end(&c->on_in, &c->in);
}

/* False: there is no more, now or ever. */
static bool read_some(struct child *c)
{
	char chunk[CHUNK];
	ssize_t n = read(c->out, chunk, sizeof chunk);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n > 0) {
		buf_put(&c->said, chunk, (size_t)n);
		c->output += (size_t)n;
	}
	/* Who says too much is cut off, and dies of it or goes on unheard. */
	if (n <= 0 || c->output >= CHILD_OUTPUT_BYTES)
		close_end(&c->on_out, &c->out);
	return c->out >= 0;
}

static void on_readable(evutil_socket_t fd, short what, void *data)
{
	(void)fd;
	(void)what;
	(void)read_some(data);
}

/* The same of what somebody listens to. */
static bool hear_some(struct child *c)
{
	char chunk[CHUNK];
	ssize_t n = read(c->told, chunk, sizeof chunk);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n <= 0 || !c->heard(c->owner, chunk, (size_t)n))
		close_end(&c->on_told, &c->told);
	return c->told >= 0;
}

static void on_heard(evutil_socket_t fd, short what, void *data)
{
	(void)fd;
	(void)what;
	(void)hear_some(data);
}

/* ---- its end */

static void signal_group(const struct child *c, int number)
{
	if (c->pid != 0) /* 0 would be our own */
		(void)kill(-c->pid, number);
}

/* While its leader is not waited for, the group's number is nobody else's. */
static bool reap(struct child *c)
{
	siginfo_t info = { 0 };

	if (c->pid == 0)
		return true;
	if (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
	    info.si_pid != c->pid)
		return false;
	signal_group(c, SIGKILL);
	(void)waitpid(c->pid, &c->status, 0);
	c->pid = 0;
	(void)event_del(&c->death);
	return true;
}

static void on_death(evutil_socket_t fd, short what, void *data)
{
	struct child *c = data;

	(void)fd;
	(void)what;
	if (!reap(c) || c->stage == STAGE_ANSWERED)
		return;
	while (c->out >= 0 && read_some(c))
		;
	while (c->told >= 0 && hear_some(c)) /* no more than a pipe holds */
		;
	answer(c);
}

static void on_timer(evutil_socket_t fd, short what, void *data)
{
	struct child *c = data;

	(void)fd;
	(void)what;
	switch (c->stage) {
	case STAGE_RUNNING:
		c->timed_out = true;
		signal_group(c, SIGTERM);
		arm(c, STAGE_TERMINATING, span_of_ms(TERM_MS));
		return;
	case STAGE_TERMINATING:
		signal_group(c, SIGKILL);
		arm(c, STAGE_KILLING, span_of_ms(KILL_MS));
		return;
	case STAGE_KILLING:
		answer(c);
		return;
	case STAGE_ANSWERED:
		return;
	}
}

bool child_gone(const struct child *c)
{
	return c->pid == 0;
}

void child_free(struct child *c)
{
	if (c == NULL)
		return;
	close_end(&c->on_in, &c->in);
	close_end(&c->on_out, &c->out);
	close_end(&c->on_told, &c->told);
	signal_group(c, SIGKILL);
	/* A killed process is gone in a moment; one that is not would stay a zombie of ours. */
	for (int ms = 0; ms < FAREWELL_MS && !reap(c); ms++)
		(void)poll(NULL, 0, 1);
	(void)event_del(&c->timer);
	(void)event_del(&c->death);
	buf_done(&c->said);
	free(c->input);
	free(c);
}

/* ---- start */

/* Its ends of the pipes; -1: none. */
struct ends {
	int in, out, told;
};

static int set_attributes(posix_spawnattr_t *a)
{
	sigset_t all;
	sigset_t none;
	int rc;

	(void)sigfillset(&all);
	(void)sigemptyset(&none);
	rc = posix_spawnattr_setflags(
		a, (short)(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK));
	rc = rc != 0 ? rc : posix_spawnattr_setpgroup(a, 0);
	rc = rc != 0 ? rc : posix_spawnattr_setsigdefault(a, &all);
	return rc != 0 ? rc : posix_spawnattr_setsigmask(a, &none);
}

/* libcurl 7.88 opens its sockets without close-on-exec, so that all are closed by number. */
static int set_actions(posix_spawn_file_actions_t *f, const struct ends *ends)
{
	int told = ends->told >= 0 ? ends->told : ends->out;
	int rc = posix_spawn_file_actions_adddup2(f, ends->in, STDIN_FILENO);

	rc = rc != 0 ? rc : posix_spawn_file_actions_adddup2(f, told, STDOUT_FILENO);
	rc = rc != 0 ? rc : posix_spawn_file_actions_adddup2(f, ends->out, STDERR_FILENO);
	rc = rc != 0 ? rc : posix_spawn_file_actions_addclosefrom_np(f, FIRST_OTHER_FD);
	return rc != 0 ? rc : posix_spawn_file_actions_addchdir_np(f, "/");
}

/*
 * The error number, 0 when it runs.  posix_spawn() knows why an exec fails only where vfork() is
 * no plain fork(), as it is under valgrind: what can be asked before is.
 */
static int spawn(struct child *c, const struct child_parts *parts, const struct ends *ends)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	pid_t pid = 0;
	int rc;

	if (access(parts->argv[0], X_OK) != 0)
		return errno;
	MUST(posix_spawn_file_actions_init(&actions) == 0);
	MUST(posix_spawnattr_init(&attributes) == 0);
	rc = set_attributes(&attributes);
	rc = rc != 0 ? rc : set_actions(&actions, ends);
	rc = rc != 0 ? rc
		     : posix_spawn(&pid, parts->argv[0], &actions, &attributes, parts->argv,
				   parts->env);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)posix_spawnattr_destroy(&attributes);
	if (rc == 0)
		c->pid = pid;
	return rc;
}

static bool open_pipe(int *ret_read, int *ret_write, bool we_write)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	/* Ours alone does not block. */
	(void)fcntl(ends[we_write ? 1 : 0], F_SETFL, O_NONBLOCK);
	*ret_read = ends[0];
	*ret_write = ends[1];
	return true;
}

static void close_some(int *fds, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (fds[i] >= 0)
			(void)close(fds[i]);
}

/* The pipes and the process. */
static int run(struct child *c, const struct child_parts *parts)
{
	struct ends ends = { -1, -1, -1 };
	int rc = 0;

	if (!open_pipe(&ends.in, &c->in, true) || !open_pipe(&c->out, &ends.out, false) ||
	    (parts->heard != NULL && !open_pipe(&c->told, &ends.told, false)))
		rc = errno;
	rc = rc != 0 ? rc : spawn(c, parts, &ends);
	close_some((int[]){ ends.in, ends.out, ends.told }, 3);
	return rc;
}

static void watch(struct child *c, const struct child_parts *parts)
{
	MUST(event_assign(&c->on_in, parts->base, c->in, EV_WRITE | EV_PERSIST, on_writable, c) ==
	     0);
	MUST(event_assign(&c->on_out, parts->base, c->out, EV_READ | EV_PERSIST, on_readable, c) ==
	     0);
	MUST(event_add(&c->on_in, NULL) == 0 && event_add(&c->on_out, NULL) == 0);
	if (c->told >= 0)
		MUST(event_assign(&c->on_told, parts->base, c->told, EV_READ | EV_PERSIST, on_heard,
				  c) == 0 &&
		     event_add(&c->on_told, NULL) == 0);
	arm(c, STAGE_RUNNING, parts->timeout);
}

struct child *child_start(const struct child_parts *parts, struct err *ret_err)
{
	struct child *c = xcalloc(1, sizeof *c);
	int rc;

	c->in = c->out = c->told = -1;
	c->done = parts->done;
	c->heard = parts->heard;
	c->owner = parts->owner;
	c->input = xstrdup(parts->input);
	c->len = strlen(c->input);
	buf_init(&c->said, CHILD_SAID_BYTES);
	MUST(evtimer_assign(&c->timer, parts->base, on_timer, c) == 0);
	/* Before it runs: it may be very quick. */
	MUST(evsignal_assign(&c->death, parts->base, SIGCHLD, on_death, c) == 0);
	rc = event_add(&c->death, NULL) == 0 ? run(c, parts) : ENOMEM;
	if (rc == 0) {
		watch(c, parts);
		return c;
	}
	(void)err_set(ret_err, rc, "cannot run %s: %s", parts->argv[0], strerrordesc_np(rc));
	close_some((int[]){ c->in, c->out, c->told }, 3);
	c->in = c->out = c->told = -1;
	child_free(c);
	return NULL;
}
