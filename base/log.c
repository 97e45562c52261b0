/* SPDX-License-Identifier: Apache-2.0 */
/* log.c: see log.h. */
#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/must.h"
#include "base/text.h"

/* Below PIPE_BUF (4096), so that a line in a pipe is never mixed with another's. */
enum { LINE_BYTES = 2048, JOURNAL_BYTES = 48 };

static const struct {
	const char *name;
	int priority; /* as syslog(3) numbers them */
} levels[LOG_LEVEL_N] = {
	[LOG_LEVEL_ERROR] = { "error", 3 },   [LOG_LEVEL_WARN] = { "warn", 4 },
	[LOG_LEVEL_NOTICE] = { "notice", 5 }, [LOG_LEVEL_INFO] = { "info", 6 },
	[LOG_LEVEL_DEBUG] = { "debug", 7 },
};

static atomic_int log_level = LOG_LEVEL_NOTICE;

void log_set_level(enum log_level level)
{
	MUST(level < LOG_LEVEL_N);
	atomic_store(&log_level, (int)level);
}

bool log_enabled(enum log_level level)
{
	return (int)level <= atomic_load(&log_level);
}

const char *log_level_name(enum log_level level)
{
	MUST(level < LOG_LEVEL_N);
	return levels[level].name;
}

enum log_level log_level_find(const char *name)
{
	int level = 0;

	while (level < LOG_LEVEL_N && strcmp(levels[level].name, name) != 0)
		level++;
	return (enum log_level)level;
}

/*
 * systemd.exec(5): JOURNAL_STREAM is "device:inode" of the journal's stream, and is inherited
 * by programs whose standard error went elsewhere since.
 */
static bool journal_reads(void)
{
	const char *stream =
		getenv("JOURNAL_STREAM"); /* NOLINT(concurrency-mt-unsafe): no setenv */
	char own[JOURNAL_BYTES];
	struct stat st;

	if (stream == NULL || fstat(STDERR_FILENO, &st) != 0)
		return false;
	(void)snprintf(own, sizeof own, "%ju:%ju", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino);
	return strcmp(stream, own) == 0;
}

static size_t put_head(enum log_level level, char line[LINE_BYTES])
{
	char time[WALL_TEXT_SIZE];
	int n;

	if (journal_reads()) {
		n = snprintf(line, LINE_BYTES, "<%d>", levels[level].priority);
	} else {
		wall_format(wall_now(), time);
		n = snprintf(line, LINE_BYTES, "%s %s: ", time, levels[level].name);
	}
	MUST(n > 0 && n < LINE_BYTES);
	return (size_t)n;
}

/* No allocation: a line can be written when memory is gone. */
__attribute__((format(printf, 2, 0))) static void put(enum log_level level, const char *format,
						      va_list args)
{
	char text[LINE_BYTES] = "";
	char line[LINE_BYTES];
	int saved = errno;
	ssize_t written;
	size_t len;

	if (!log_enabled(level))
		return;
	(void)vsnprintf(text, sizeof text, format, args);
	len = put_head(level, line);
	text_set(line + len, sizeof line - len - 1, text, strlen(text));
	len += strlen(line + len);
	line[len++] = '\n';
	written = write(STDERR_FILENO, line, len);
	(void)written; /* nobody is left to be told of a failure */
	errno = saved;
}

void log_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put(LOG_LEVEL_ERROR, format, args);
	va_end(args);
}

void log_warn(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put(LOG_LEVEL_WARN, format, args);
	va_end(args);
}

void log_notice(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put(LOG_LEVEL_NOTICE, format, args);
	va_end(args);
}

void log_info(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put(LOG_LEVEL_INFO, format, args);
	va_end(args);
}

void log_debug(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put(LOG_LEVEL_DEBUG, format, args);
	va_end(args);
}
