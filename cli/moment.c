/* SPDX-License-Identifier: Apache-2.0 */
/* moment.c: see moment.h. */
#include "cli/moment.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/must.h"
#include "base/text.h"
#include "base/when.h"
#include "cli/shown.h"

enum { MS_PER_S = 1000, YEAR_BASE = 1900, YEAR_MAX = 9999, MANY_DAYS = 10 };

static bool local_of(struct wall t, struct tm *ret_tm)
{
	time_t seconds = (time_t)(t.ms / MS_PER_S - (t.ms % MS_PER_S < 0));

	tzset(); /* localtime_r() need not */
	return localtime_r(&seconds, ret_tm) != NULL && ret_tm->tm_year >= 1 - YEAR_BASE &&
	       ret_tm->tm_year <= YEAR_MAX - YEAR_BASE;
}

void moment_format(struct wall t, char ret_text[MOMENT_TEXT_SIZE])
{
	char raw[MOMENT_TEXT_SIZE];
	struct tm tm;
	size_t len;

	len = local_of(t, &tm) ? strftime(raw, sizeof raw, "%Y-%m-%d %H:%M:%S %Z", &tm) : 0;
	/* The zone's name comes from the environment. */
	text_set(ret_text, MOMENT_TEXT_SIZE, len > 0 ? raw : "-", len > 0 ? len : 1);
}

void moment_format_span(int64_t ms, char ret_text[MOMENT_SPAN_SIZE])
{
	static const struct {
		const char *name;
		int64_t s;
	} units[] = { { "d", 86400 }, { "h", 3600 }, { "min", 60 }, { "s", 1 } };
	int64_t s = ms / MS_PER_S;
	size_t i = 0;
	int64_t rest;

	if (ms < 0) {
		(void)snprintf(ret_text, MOMENT_SPAN_SIZE, "-");
		return;
	}
	if (s == 0) {
		(void)snprintf(ret_text, MOMENT_SPAN_SIZE, "%" PRId64 " ms", ms);
		return;
	}
	while (s < units[i].s)
		i++;
	rest = i + 1 < ARRAY_LEN(units) ? s % units[i].s / units[i + 1].s : 0;
	if (s >= MANY_DAYS * units[0].s)
		rest = 0;
	if (rest > 0)
		(void)snprintf(ret_text, MOMENT_SPAN_SIZE, "%" PRId64 " %s %" PRId64 " %s",
			       s / units[i].s, units[i].name, rest, units[i + 1].name);
	else
		(void)snprintf(ret_text, MOMENT_SPAN_SIZE, "%" PRId64 " %s", s / units[i].s,
			       units[i].name);
}

static bool wall_of(struct tm *tm, struct wall *ret_time)
{
	int day = tm->tm_mday;
	time_t seconds;

	tm->tm_isdst = -1;
	seconds = mktime(tm);
	if (tm->tm_mday != day) /* there is no 31st of February */
		return false;
	*ret_time = (struct wall){ .ms = (int64_t)seconds * MS_PER_S };
	return true;
}

/* text is exactly what format says; the forms hold digits alone. */
static bool scan(const char *text, const char *form, const char *format, struct tm *tm)
{
	const char *end;

	if (strlen(text) != strlen(form))
		return false;
	for (size_t i = 0; form[i] != '\0'; i++)
		if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
			return false;
	end = strptime(text, format, tm);
	return end != NULL && *end == '\0' && tm->tm_sec < 60;
}

/* "03:12": today, or yesterday when today's is still to come. */
static bool parse_clock(const char *text, struct wall now, struct wall *ret_time)
{
	struct tm tm;
	struct tm today;

	if (!local_of(now, &today))
		return false;
	tm = today;
	tm.tm_sec = 0;
	if (!scan(text, "00:00", "%H:%M", &tm) && !scan(text, "00:00:00", "%H:%M:%S", &tm))
		return false;
	today = tm;
	if (!wall_of(&tm, ret_time))
		return false;
	if (ret_time->ms <= now.ms)
		return true;
	today.tm_mday--;
	today.tm_isdst = -1;
	*ret_time = (struct wall){ .ms = (int64_t)mktime(&today) * MS_PER_S };
	return true;
}

static bool parse_date(const char *text, struct wall *ret_time)
{
	static const char *const forms[][2] = {
		{ "0000-00-00 00:00:00", "%Y-%m-%d %H:%M:%S" },
		{ "0000-00-00T00:00:00", "%Y-%m-%dT%H:%M:%S" },
		{ "0000-00-00 00:00", "%Y-%m-%d %H:%M" },
		{ "0000-00-00T00:00", "%Y-%m-%dT%H:%M" },
		{ "0000-00-00", "%Y-%m-%d" },
	};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		struct tm tm = { 0 };

		if (scan(text, forms[i][0], forms[i][1], &tm))
			return wall_of(&tm, ret_time);
	}
	return false;
}

bool moment_parse(const char *text, struct wall now, struct wall *ret_time, struct err *ret_err)
{
	char shown[SHOWN_SIZE];

	if (when_parse(text, now, ret_time) || parse_date(text, ret_time) ||
	    parse_clock(text, now, ret_time))
		return true;
	shown_text(text, shown);
	return err_set(ret_err, EINVAL,
		       "'%s' is no time such as 7d (ago), 03:12, 2026-11-25 03:12 or "
		       "2026-11-25T03:12:00Z",
		       shown);
}
