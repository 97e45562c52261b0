/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sinkexec.c: a command, which is given the message of a webhook on its standard input.  It has
 * been told when it exits with 0; 65 (EX_DATAERR of sysexits.h) says that it never will take it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/text.h"
#include "daemon/alertjson.h"
#include "daemon/child.h"
#include "daemon/conf.h"
#include "daemon/sink.h"
#include "daemon/sinklater.h"

enum { EXEC_BATCH = 100, SAID_BYTES = 200 };

struct sink {
	struct event_base *base; /* borrowed */
	char **argv;             /* owned, as its texts are; ended by NULL */
	char *node;              /* owned */
	struct span timeout;
	struct child *child; /* owned; NULL: none.  One that has answered may not have ended */
	struct sinklater later;
	sink_done_fn *done;
	void *owner;
};

static void exec_close(struct sink *s)
{
	child_free(s->child);
	sinklater_done(&s->later);
	for (char **word = s->argv; *word != NULL; word++)
		free(*word);
	free(s->argv);
	free(s->node);
	free(s);
}

static struct sink *exec_open(const struct sink_parts *parts, const struct conf_sink *conf,
			      size_t url, struct err *ret_err)
{
	struct sink *s;
	size_t n = 0;

	(void)url;
	if (conf->command[0] == NULL || conf->command[0][0] != '/') {
		(void)err_set(ret_err, 0, "command: it begins with the absolute path of a program");
		return NULL;
	}
	s = xcalloc(1, sizeof *s);
	s->base = parts->base;
	s->node = xstrdup(parts->node);
	s->timeout = conf->timeout;
	while (conf->command[n] != NULL)
		n++;
	s->argv = xcalloc(n + 1, sizeof *s->argv);
	for (size_t i = 0; i < n; i++)
		s->argv[i] = xstrdup(conf->command[i]);
	sinklater_init(&s->later, s->base);
	return s;
}

/* ---- what became of it */

static enum sink_outcome say_status(int status, struct sink_answer *a)
{
	if (WIFSIGNALED(status)) {
		const char *name = sigdescr_np(WTERMSIG(status));

		text_printf(a->detail, sizeof a->detail, "ended by signal %d (%s)",
			    WTERMSIG(status), name != NULL ? name : "unknown");
		return SINK_FAILED;
	}
	if (WEXITSTATUS(status) == 0)
		return SINK_TAKEN;
	text_printf(a->detail, sizeof a->detail, "exit status %d", WEXITSTATUS(status));
	return WEXITSTATUS(status) == EX_DATAERR ? SINK_REFUSED : SINK_FAILED;
}

static void add_said(struct sink_answer *a, const char *said)
{
	size_t len = strcspn(said, "\r\n");
	AUTO(text) char *line = xstrndup(said, len < SAID_BYTES ? len : SAID_BYTES);
	AUTO(text) char *before = xstrdup(a->detail);

	if (len > 0)
		text_printf(a->detail, sizeof a->detail, "%s: %s", before, line);
}

static void on_end(void *owner, const struct child_end *end)
{
	struct sink *s = owner;
	struct sink_answer a = { .outcome = SINK_FAILED };

	if (!end->ended)
		text_printf(a.detail, sizeof a.detail,
			    "no end within %g s, and it cannot be killed",
			    (double)s->timeout.ns / 1e9);
	else if (end->timed_out)
		text_printf(a.detail, sizeof a.detail, "no end within %g s",
			    (double)s->timeout.ns / 1e9);
	else
		a.outcome = say_status(end->status, &a);
	if (a.outcome != SINK_TAKEN)
		add_said(&a, end->said);
	if (end->ended) {
		child_free(s->child);
		s->child = NULL;
	}
	s->done(s->owner, &a); /* s may be gone after it */
}

/* ---- a telling */

static void fail(struct sink *s, const char *why, sink_done_fn *done, void *owner)
{
	struct sink_answer a = { .outcome = SINK_FAILED };

	text_printf(a.detail, sizeof a.detail, "%s", why);
	sinklater_set(&s->later, &a, done, owner);
}

static void exec_tell(struct sink *s, const struct alert *const *alerts, size_t count,
		      sink_done_fn *done, void *owner)
{
	AUTO(text)
	char *input = alertjson_message(s->node, wall_now(), alertjson_list(alerts, count));
	AUTO(text) char *node = xasprintf("BANKSMAN_NODE=%s", s->node);
	char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	char language[] = "LANG=C.UTF-8";
	char *env[] = { path, language, node, NULL };
	struct child_parts parts = { .base = s->base,
				     .argv = s->argv,
				     .env = env,
				     .input = input,
				     .timeout = s->timeout,
				     .done = on_end,
				     .owner = s };
	struct err err;

	if (s->child != NULL && !child_gone(s->child)) {
		fail(s, "the run before has not ended, and cannot be killed", done, owner);
		return;
	}
	child_free(s->child);
	s->done = done;
	s->owner = owner;
	s->child = child_start(&parts, &err);
	if (s->child == NULL)
		fail(s, err.text, done, owner);
}

const struct sink_class sink_exec = {
	.name = "exec",
	.wants_reminders = false,
	.batch = EXEC_BATCH,
	.open = exec_open,
	.tell = exec_tell,
	.close = exec_close,
};
