/* SPDX-License-Identifier: Apache-2.0 */
/* dbfunc.c: see dbfunc.h.  Every argument may come from a hostile file. */
#include "daemon/dbfunc.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/known.h"
#include "probes/cert.h"

enum {
	RFC3339_SIZE = WALL_TEXT_SIZE + 4,
	CHUNK_SLOTS_MAX = 4096, /* of one row; more is not ours */
	RTT_MAX_US = 1000000000,
	STATS_JSON_SIZE = 400,
};

static void f_rfc3339(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct wall t = { .ms = sqlite3_value_int64(argv[0]) };
	int64_t ms = t.ms % 1000 + (t.ms % 1000 < 0 ? 1000 : 0);
	char seconds[WALL_TEXT_SIZE];
	char text[RFC3339_SIZE];
	size_t len;

	(void)argc;
	if (sqlite3_value_type(argv[0]) != SQLITE_INTEGER)
		return;
	wall_format(t, seconds);
	len = strlen(seconds);
	if (len == 0)
		return;
	MUST(snprintf(text, sizeof text, "%.*s.%03dZ", (int)len - 1, seconds, (int)ms) > 0);
	sqlite3_result_text(ctx, text, -1, SQLITE_TRANSIENT);
}

static void f_fingerprint(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	const uint8_t *bytes = sqlite3_value_blob(argv[0]);
	int len = sqlite3_value_bytes(argv[0]);
	char text[FINGERPRINT_TEXT_SIZE];

	(void)argc;
	if (bytes == NULL || len <= 0 || len > SHA256_BYTES)
		return;
	fingerprint_format(bytes, (size_t)len, text);
	sqlite3_result_text(ctx, text, -1, SQLITE_TRANSIENT);
}

static void f_endpoint_id(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	const struct known *known = sqlite3_user_data(ctx);
	int64_t row = sqlite3_value_int64(argv[0]);

	(void)argc;
	if (sqlite3_value_type(argv[0]) == SQLITE_INTEGER)
		sqlite3_result_int64(ctx, known != NULL ? known_id(known, row) : row);
}

/* ---- rtt_stats */

struct stats {
	int64_t count, lost, not_run;
	int64_t sum_us;
	int64_t jitter_sum_us, pairs;
	uint32_t *rtt_us;      /* owned: of those that answered */
	size_t answered, size; /* of rtt_us: used and allocated */
	int64_t last_ms;       /* time of the last slot that answered */
	bool last_answered;
};

/* The slots that count. */
struct window {
	int64_t interval_ms, from_ms, to_ms;
};

static void stats_answered(struct stats *s, uint32_t us, int64_t at_ms, int64_t interval_ms)
{
	if (s->answered == s->size) {
		s->size = s->size > 0 ? s->size * 2 : 256;
		s->rtt_us = xreallocarray(s->rtt_us, s->size, sizeof *s->rtt_us);
	}
	if (s->last_answered && at_ms - s->last_ms == interval_ms) {
		s->jitter_sum_us += labs((long)us - (long)s->rtt_us[s->answered - 1]);
		s->pairs++;
	}
	s->rtt_us[s->answered++] = us;
	s->sum_us += us;
	s->count++;
	s->last_ms = at_ms;
	s->last_answered = true;
}

/* One element of the array; NULL when it is none of ours. */
static const char *stats_element(struct stats *s, const char *p, int64_t at_ms,
				 const struct window *w)
{
	bool inside = at_ms >= w->from_ms && at_ms < w->to_ms;
	bool negative = *p == '-';
	int64_t value = 0;

	if (strncmp(p, "null", 4) == 0) {
		s->count += inside;
		s->lost += inside;
		s->last_answered = s->last_answered && !inside;
		return p + 4;
	}
	p += negative;
	if (*p < '0' || *p > '9')
		return NULL;
	for (; *p >= '0' && *p <= '9'; p++)
		if (value < RTT_MAX_US)
			value = value * 10 + (*p - '0');
	if (negative && inside) {
		s->not_run++;
		s->last_answered = false;
	} else if (inside) {
		stats_answered(s, (uint32_t)(value < RTT_MAX_US ? value : RTT_MAX_US), at_ms,
			       w->interval_ms);
	}
	return p;
}

static void stats_chunk(struct stats *s, const char *p, int64_t start_ms, const struct window *w)
{
	int64_t at_ms = start_ms;

	if (*p++ != '[')
		return;
	for (int slot = 0; slot < CHUNK_SLOTS_MAX; slot++) {
		p = stats_element(s, p, at_ms, w);
		if (p == NULL || *p++ != ',' ||
		    __builtin_add_overflow(at_ms, w->interval_ms, &at_ms))
			return;
	}
}

static void step_rtt_stats(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct stats *s = sqlite3_aggregate_context(ctx, sizeof *s);
	const char *text = (const char *)sqlite3_value_text(argv[0]);
	struct window w = { sqlite3_value_int64(argv[2]), sqlite3_value_int64(argv[3]),
			    sqlite3_value_int64(argv[4]) };

	(void)argc;
	if (s != NULL && text != NULL && w.interval_ms > 0)
		stats_chunk(s, text, sqlite3_value_int64(argv[1]), &w);
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a;
	uint32_t y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* The smallest value that at least pct of all do not exceed. */
static uint32_t nearest_rank(const struct stats *s, size_t pct)
{
	return s->rtt_us[(s->answered * pct + 99) / 100 - 1];
}

static void final_rtt_stats(sqlite3_context *ctx)
{
	static const struct stats nothing;
	struct stats *s = sqlite3_aggregate_context(ctx, 0);
	const struct stats *r = s != NULL ? s : &nothing;
	char text[STATS_JSON_SIZE];
	char jitter[24] = "null";
	int64_t n = (int64_t)r->answered;

	if (r->pairs > 0)
		MUST(snprintf(jitter, sizeof jitter, "%lld",
			      (long long)((r->jitter_sum_us + r->pairs / 2) / r->pairs)) > 0);
	if (n > 0)
		qsort(r->rtt_us, r->answered, sizeof *r->rtt_us, by_size);
	if (n > 0)
		MUST(snprintf(text, sizeof text,
			      "{\"count\":%lld,\"lost\":%lld,\"not_run\":%lld,\"min\":%u,"
			      "\"mean\":%lld,\"p50\":%u,\"p95\":%u,\"max\":%u,\"jitter\":%s}",
			      (long long)r->count, (long long)r->lost, (long long)r->not_run,
			      r->rtt_us[0], (long long)((r->sum_us + n / 2) / n),
			      nearest_rank(r, 50), nearest_rank(r, 95), r->rtt_us[n - 1],
			      jitter) > 0);
	else
		MUST(snprintf(text, sizeof text,
			      "{\"count\":%lld,\"lost\":%lld,\"not_run\":%lld,\"min\":null,"
			      "\"mean\":null,\"p50\":null,\"p95\":null,\"max\":null,\"jitter\":"
			      "null}",
			      (long long)r->count, (long long)r->lost, (long long)r->not_run) > 0);
	if (s != NULL)
		free(s->rtt_us);
	sqlite3_result_text(ctx, text, -1, SQLITE_TRANSIENT);
}

int dbfunc_register(struct sqlite3 *raw, struct known *known)
{
	enum { PURE = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY };
	int rc = sqlite3_create_function(raw, "rfc3339", 1, PURE, NULL, f_rfc3339, NULL, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_create_function(raw, "fingerprint", 1, PURE, NULL, f_fingerprint, NULL,
					     NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_create_function(raw, "endpoint_id", 1, SQLITE_UTF8 | SQLITE_DIRECTONLY,
					     known, f_endpoint_id, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_create_function(raw, "rtt_stats", 5, PURE, NULL, NULL, step_rtt_stats,
					     final_rtt_stats);
	return rc;
}
