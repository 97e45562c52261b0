/* SPDX-License-Identifier: Apache-2.0 */
/* when.c: see when.h. */
#include "base/when.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/must.h"
#include "base/parse.h"

enum { MS_PER_S = 1000, S_PER_MINUTE = 60, S_PER_HOUR = 3600, S_PER_DAY = 86400 };
enum { YEAR_MAX = 9999, MONTHS = 12, LEAP_YEARS_TO_1970 = 477 };

struct date {
	int year;
	int month;
	int day;
};

/* Exactly `digits` digits; advances *p. */
static bool number(const char **p, int digits, int min, int max, int *ret_value)
{
	int value = 0;

	for (int i = 0; i < digits; i++, (*p)++) {
		if (!isdigit((unsigned char)**p))
			return false;
		value = value * 10 + (**p - '0');
	}
	*ret_value = value;
	return value >= min && value <= max;
}

static bool literal(const char **p, const char *either)
{
	if (**p == '\0' || strchr(either, **p) == NULL)
		return false;
	(*p)++;
	return true;
}

static bool leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int year, int month)
{
	static const int days[MONTHS] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && leap(year));
}

static int64_t days_since_1970(const struct date *d)
{
	int before = d->year - 1;
	int64_t days = (int64_t)(d->year - 1970) * 365 + before / 4 - before / 100 + before / 400 -
		       LEAP_YEARS_TO_1970;

	for (int month = 1; month < d->month; month++)
		days += days_in(d->year, month);
	return days + d->day - 1;
}

static bool parse_date(const char **p, int64_t *ret_days)
{
	struct date d;

	if (!number(p, 4, 1, YEAR_MAX, &d.year) || !literal(p, "-") ||
	    !number(p, 2, 1, MONTHS, &d.month) || !literal(p, "-") ||
	    !number(p, 2, 1, days_in(d.year, d.month), &d.day))
		return false;
	*ret_days = days_since_1970(&d);
	return true;
}

static bool parse_fraction(const char **p, int64_t *ret_ms)
{
	int64_t ms = 0;
	int64_t weight = MS_PER_S / 10;
	const char *start;

	*ret_ms = 0;
	if (**p != '.')
		return true;
	start = ++*p;
	for (; isdigit((unsigned char)**p); (*p)++) {
		ms += weight * (**p - '0');
		weight /= 10;
	}
	*ret_ms = ms;
	return *p > start;
}

static bool parse_clock(const char **p, int64_t *ret_ms)
{
	int hour;
	int minute;
	int second;
	int64_t ms;

	if (!number(p, 2, 0, 23, &hour) || !literal(p, ":") || !number(p, 2, 0, 59, &minute) ||
	    !literal(p, ":") || !number(p, 2, 0, 60, &second) || !parse_fraction(p, &ms))
		return false;
	*ret_ms =
		((int64_t)hour * S_PER_HOUR + (int64_t)minute * S_PER_MINUTE + second) * MS_PER_S +
		ms;
	return true;
}

/* The "+" of a query string that nobody encoded arrives as a blank. */
static bool parse_offset(const char **p, int64_t *ret_ms)
{
	int64_t sign = **p == '-' ? -1 : 1;
	int hours;
	int minutes;

	*ret_ms = 0;
	if (literal(p, "Zz"))
		return true;
	if (!literal(p, "+- ") || !number(p, 2, 0, 23, &hours) || !literal(p, ":") ||
	    !number(p, 2, 0, 59, &minutes))
		return false;
	*ret_ms = sign * ((int64_t)hours * S_PER_HOUR + (int64_t)minutes * S_PER_MINUTE) * MS_PER_S;
	return true;
}

bool when_parse_time(const char *text, struct wall *ret_time)
{
	const char *p = text;
	int64_t days;
	int64_t ms;
	int64_t offset_ms;

	if (!parse_date(&p, &days) || !literal(&p, "Tt ") || !parse_clock(&p, &ms) ||
	    !parse_offset(&p, &offset_ms) || *p != '\0')
		return false;
	*ret_time = (struct wall){ .ms = days * S_PER_DAY * MS_PER_S + ms - offset_ms };
	return true;
}

bool when_parse(const char *text, struct wall now, struct wall *ret_time)
{
	struct span back;

	if (strcmp(text, "now") == 0) {
		*ret_time = now;
		return true;
	}
	if (parse_span(text, &back)) {
		*ret_time = (struct wall){ .ms = now.ms - span_ms(back) };
		return true;
	}
	return when_parse_time(text, ret_time);
}

void when_format(struct wall t, char ret_text[WHEN_TEXT_SIZE])
{
	int64_t ms = t.ms % MS_PER_S + (t.ms % MS_PER_S < 0 ? MS_PER_S : 0);
	char seconds[WALL_TEXT_SIZE];
	size_t len;

	wall_format(t, seconds);
	ret_text[0] = '\0';
	len = strlen(seconds);
	if (len > 0)
		MUST(snprintf(ret_text, WHEN_TEXT_SIZE, "%.*s.%03dZ", (int)len - 1, seconds,
			      (int)ms) > 0);
}
