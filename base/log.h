/* SPDX-License-Identifier: Apache-2.0 */
/*
 * log.h: lines for the operator on standard error.  When that is the journal's stream
 * (JOURNAL_STREAM) each begins with its "<N>" priority, else with the time and the level:
 * "2026-11-22T22:14:14Z warn: ".
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level {
	LOG_LEVEL_ERROR,  /* the operator must act */
	LOG_LEVEL_WARN,   /* degraded, continuing */
	LOG_LEVEL_NOTICE, /* a state changed; start, reload, stop */
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_N
};

/*
 * Lines above level (at first LOG_LEVEL_NOTICE) are dropped from now on.
 */
void log_set_level(enum log_level level);
bool log_enabled(enum log_level level);

/* "error", "warn", "notice", "info", "debug"; static. */
const char *log_level_name(enum log_level level);

/* LOG_LEVEL_N when there is no such level. */
enum log_level log_level_find(const char *name);

/*
 * One line: a sentence, then " key=value" words.  Control characters in it become "?".  errno is
 * kept.  May be called from any thread; a line is written whole, and cut at 2047 bytes.
 */
__attribute__((format(printf, 1, 2))) void log_error(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_warn(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_notice(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_info(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_debug(const char *format, ...);

#endif
