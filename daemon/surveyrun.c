/* SPDX-License-Identifier: Apache-2.0 */
/* surveyrun.c: see surveyrun.h. */
#include "daemon/surveyrun.h"

#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "daemon/child.h"
#include "daemon/conf.h"
#include "daemon/exports.h"
#include "daemon/hearing.h"
#include "daemon/remarks.h"
#include "daemon/surveyor.h"

enum { FIRST_FILE = 2 /* in the argument vector */ };

#define PROGRAM "/proc/self/exe"

struct surveyrun {
	struct child *child;     /* owned */
	struct hearing *hearing; /* owned */
	struct span timeout;
	uint64_t memory_bytes;
	void *owner;
	surveyrun_done_fn *done;
};

static bool on_heard(void *owner, const char *data, size_t len)
{
	struct surveyrun *r = owner;

	return hearing_put(r->hearing, data, len);
}

static bool killed_by(const struct child_end *end, int number)
{
	return end->ended && WIFSIGNALED(end->status) && WTERMSIG(end->status) == number;
}

/* SQLite, too, has a limit of its own there, and takes any want of memory for that. */
#define SQLITE_BYTES (UINT64_C(1) << 30)

static bool starved(const struct surveyrun *r, const struct child_end *end)
{
	if (strstr(end->said, "MiB of memory") != NULL)
		return r->memory_bytes < SQLITE_BYTES;
	return strstr(end->said, "out of memory") != NULL ||
	       strstr(end->said, "Cannot allocate memory") != NULL;
}

/* Why it did not say all, in words. */
static void explain(const struct surveyrun *r, const struct child_end *end,
		    char ret_why[SURVEYRUN_WHY_SIZE])
{
	AUTO(text) char *said = xstrndup(end->said, strcspn(end->said, "\n"));

	if (hearing_error(r->hearing)[0] != '\0')
		text_printf(ret_why, SURVEYRUN_WHY_SIZE, "%s", hearing_error(r->hearing));
	else if (end->timed_out || killed_by(end, SIGXCPU))
		text_printf(ret_why, SURVEYRUN_WHY_SIZE,
			    "it took longer than %" PRId64 " s (inventory.timeout)",
			    span_ms(r->timeout) / 1000);
	else if (starved(r, end))
		text_printf(ret_why, SURVEYRUN_WHY_SIZE,
			    "it wanted more memory than %" PRIu64 " MiB (inventory.memory)",
			    r->memory_bytes >> 20);
	else if (end->ended && WIFSIGNALED(end->status))
		text_printf(ret_why, SURVEYRUN_WHY_SIZE, "its process was ended by SIG%s%s%s",
			    sigabbrev_np(WTERMSIG(end->status)), said[0] != '\0' ? ": " : "", said);
	else
		text_printf(ret_why, SURVEYRUN_WHY_SIZE, "%s",
			    said[0] != '\0' ? said : "its process did not say all");
}

static void on_end(void *owner, const struct child_end *end)
{
	struct surveyrun *r = owner;
	bool well = end->ended && WIFEXITED(end->status) && WEXITSTATUS(end->status) == 0;
	struct heard heard;
	char why[SURVEYRUN_WHY_SIZE] = "";

	if (well && hearing_complete(r->hearing, &heard)) {
		r->done(r->owner, &heard, why);
		return;
	}
	explain(r, end, why);
	r->done(r->owner, NULL, why);
}

/*
 * This program; by its link when its file has been replaced meanwhile.  By that link alone valgrind
 * 3.19 would run itself.
 */
static char *program(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink(PROGRAM, path, sizeof path - 1);

	if (n <= 0)
		return xstrdup(PROGRAM);
	path[n] = '\0'; /* of a replaced file it ends with " (deleted)" */
	return xstrdup(access(path, X_OK) == 0 ? path : PROGRAM);
}

static char **arguments(const struct surveyrun_parts *parts)
{
	const struct exports *e = parts->files;
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
	char **argv = xcalloc(FIRST_FILE + e->count + 1, sizeof *argv);

	argv[0] = program();
	argv[1] = xstrdup(SURVEYOR_OPTION);
	for (size_t i = 0; i < e->count; i++)
		argv[FIRST_FILE + i] = xasprintf("%s/%s", parts->folder, e->list[i].name);
	return argv;
}

static void spawn(struct surveyrun *r, const struct surveyrun_parts *parts, struct err *ret_err)
{
	char **argv = arguments(parts);
	AUTO(text) char *order = surveyor_order(parts->conf);
	char path[] = "PATH=/usr/bin:/bin";
	char language[] = "LANG=C.UTF-8";
	const char *where = getenv("TMPDIR"); /* NOLINT(concurrency-mt-unsafe): nobody sets any */
	AUTO(text) char *folder = xasprintf("TMPDIR=%s", where != NULL ? where : "");
	char *env[] = { path, language, folder, NULL };

	r->child = child_start(&(struct child_parts){ .base = parts->base,
						      .argv = argv,
						      .env = env,
						      .input = order,
						      .timeout = parts->conf->inventory.timeout,
						      .done = on_end,
						      .heard = on_heard,
						      .owner = r },
			       ret_err);
	for (char **p = argv; *p != NULL; p++)
		free(*p);
	free(argv);
}

struct surveyrun *surveyrun_start(const struct surveyrun_parts *parts, struct err *ret_err)
{
	struct surveyrun *r = xcalloc(1, sizeof *r);

	remarks_begin(parts->remarks);
	r->hearing = hearing_new(parts->remarks, parts->at);
	r->timeout = parts->conf->inventory.timeout;
	r->memory_bytes = parts->conf->inventory.memory_bytes;
	r->owner = parts->owner;
	r->done = parts->done;
	spawn(r, parts, ret_err);
	if (r->child != NULL)
		return r;
	surveyrun_free(r);
	return NULL;
}

bool surveyrun_gone(const struct surveyrun *r)
{
	return child_gone(r->child);
}

void surveyrun_free(struct surveyrun *r)
{
	if (r == NULL)
		return;
	child_free(r->child);
	hearing_free(r->hearing);
	free(r);
}
