/* SPDX-License-Identifier: Apache-2.0 */
/* scene.c: see scene.h. */
#include "tests/sim/scene.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "base/parse.h"
#include "base/text.h"
#include "daemon/registry.h"
#include "tests/sim/bell.h"
#include "tests/sim/record.h"

bool scene_fail(struct scene *s, const char *format, ...)
{
	va_list args;

	s->failures++;
	printf("# %s:%u: ", s->file, s->line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	return false;
}

const char *scene_word(const struct scene *s, size_t i)
{
	return i < s->count ? s->words[i] : "";
}

bool scene_span(struct scene *s, const char *word, struct span *ret_span)
{
	bool back = word[0] == '-';
	const char *length = back || word[0] == '+' ? word + 1 : word;

	if (strcmp(length, "0") == 0) {
		*ret_span = (struct span){ 0 };
		return true;
	}
	if (!parse_span(length, ret_span))
		return scene_fail(s, "'%s' is no length of time", word);
	if (back)
		ret_span->ns = -ret_span->ns;
	return true;
}

/* Parts "a..b" (or "a": both); false when a part is too long. */
static bool split(const char *word, char ret_low[32], char ret_high[32])
{
	const char *dots = strstr(word, "..");
	size_t len = dots != NULL ? (size_t)(dots - word) : strlen(word);
	const char *high = dots != NULL ? dots + 2 : word;

	if (len >= 32 || strlen(high) >= 32)
		return false;
	memcpy(ret_low, word, len);
	ret_low[len] = '\0';
	memcpy(ret_high, high, strlen(high) + 1);
	return true;
}

bool scene_range(struct scene *s, const char *word, struct range *ret_range)
{
	char low[32];
	char high[32];

	if (!split(word, low, high) || !parse_u64(low, 0, UINT64_MAX, &ret_range->low) ||
	    !parse_u64(high, 0, UINT64_MAX, &ret_range->high))
		return scene_fail(s, "'%s' is neither a number nor a range", word);
	return true;
}

bool scene_times(struct scene *s, const char *word, struct range *ret_ms)
{
	char low[32];
	char high[32];
	struct span from;
	struct span to;

	if (!split(word, low, high))
		return scene_fail(s, "'%s' is neither a time nor a range of times", word);
	if (!scene_span(s, low, &from) || !scene_span(s, high, &to))
		return false;
	*ret_ms = (struct range){ (uint64_t)span_ms(from), (uint64_t)span_ms(to) };
	return true;
}

bool scene_addr(struct scene *s, const char *word, struct addr *ret_addr)
{
	char host[LIMIT_HOST_BYTES];
	uint16_t port;

	if (!parse_hostport(word, host, sizeof host, &port) || !addr_parse(host, port, ret_addr))
		return scene_fail(s, "'%s' is no address", word);
	return true;
}

bool scene_within(struct scene *s, const char *what, uint64_t value, const struct range *range)
{
	if (value >= range->low && value <= range->high)
		return true;
	if (range->low == range->high)
		return scene_fail(s, "%s: %llu expected, got %llu", what,
				  (unsigned long long)range->low, (unsigned long long)value);
	return scene_fail(s, "%s: %llu to %llu expected, got %llu", what,
			  (unsigned long long)range->low, (unsigned long long)range->high,
			  (unsigned long long)value);
}

void scene_start(struct scene *s)
{
	if (s->started)
		return;
	s->started = true;
	play_start(&s->play, site_conf(&s->site));
	scene_mark(s);
}

void scene_mark(struct scene *s)
{
	scene_start(s);
	s->net = net_counts(s->play.net);
	round_stats(s->play.round, &s->stats);
	(void)record_events(s->play.record, &s->events);
	(void)record_spans(s->play.record, &s->spans);
	(void)bell_rings(s->play.bell, &s->rings);
	s->traces = bell_traces(s->play.bell);
}

/* Has the name, and the address if one is asked for. */
static bool is_it(const struct endpoint *e, const char *name, size_t len, const char *address)
{
	char text[ADDR_TEXT_SIZE];
	const char *own = e->target->conf->name;

	if (strlen(own) != len || strncmp(own, name, len) != 0)
		return false;
	addr_format(&e->addr, text);
	return address == NULL || strcmp(text, address) == 0;
}

struct endpoint *scene_endpoint(struct scene *s, const char *word)
{
	const char *at = strchr(word, '@');
	size_t len = at != NULL ? (size_t)(at - word) : strlen(word);
	struct registry *r;

	scene_start(s);
	r = round_registry(s->play.round);
	for (struct endpoint *e = NULL; (e = registry_next_endpoint(r, e)) != NULL;)
		if (is_it(e, word, len, at != NULL ? at + 1 : NULL))
			return e;
	(void)scene_fail(s, "there is no endpoint '%s'", word);
	return NULL;
}
