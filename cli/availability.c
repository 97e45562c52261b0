/* SPDX-License-Identifier: Apache-2.0 */
/* availability.c: see availability.h. */
#include "cli/availability.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/got.h"
#include "cli/moment.h"
#include "report/table.h"

/* From here on two decimals are not enough. */
#define FINE_FROM_PCT 99.9

enum { WORD_SIZE = 64 };

void availability_format(double pct, char ret_text[AVAILABILITY_PCT_SIZE])
{
	double part = pct < FINE_FROM_PCT ? 100 : 10000;
	char *end;

	if (!(pct >= 0 && pct <= 100)) {
		(void)snprintf(ret_text, AVAILABILITY_PCT_SIZE, "-");
		return;
	}
	/* The product may be a hair below the number that is meant. */
	(void)snprintf(ret_text, AVAILABILITY_PCT_SIZE, "%.4f",
		       (double)(int64_t)(pct * part + 1e-6) / part);
	end = ret_text + strlen(ret_text);
	while (end[-1] == '0')
		end--;
	if (end[-1] == '.')
		end--;
	(void)snprintf(end, AVAILABILITY_PCT_SIZE - (size_t)(end - ret_text), " %%");
}

void availability_put_brief(const json_t *summary, struct buf *out)
{
	int64_t outages = got_number(summary, "outages", 0);
	int64_t longest_ms = got_number(got_object(summary, "longest_outage"), "ms", -1);
	char text[AVAILABILITY_PCT_SIZE];
	char span[MOMENT_SPAN_SIZE];
	double pct;

	if (!got_real(summary, "availability_pct", &pct)) {
		buf_puts(out, "not observed");
		return;
	}
	availability_format(pct, text);
	buf_printf(out, "available %s; ", text);
	if (outages == 0) {
		buf_puts(out, "no outage");
		return;
	}
	buf_printf(out, "%" PRId64 " outage%s", outages, outages == 1 ? "" : "s");
	if (longest_ms >= 0) {
		moment_format_span(longest_ms, span);
		buf_printf(out, ", the longest %s", span);
	}
}

static void put_longest(const json_t *longest, struct buf *out)
{
	char reason[WORD_SIZE];
	char text[MOMENT_TEXT_SIZE];
	struct wall from;

	if (!got_time(longest, "from", &from))
		return;
	moment_format(from, text);
	buf_printf(out, " from %s", text);
	if (got_text(longest, "reason", reason, sizeof reason)[0] != '\0')
		buf_printf(out, " (%s)", reason);
}

static void put_rtt(const json_t *rtt, const char *key, const char *word, struct buf *out)
{
	char text[RTT_TEXT_SIZE];
	int64_t us = got_number(rtt, key, -1);

	if (us < 0)
		return;
	table_format_rtt(us, text);
	buf_printf(out, "%s %s", word, text);
}

void availability_put(const json_t *summary, struct buf *out)
{
	int64_t unobserved_ms = got_number(summary, "unobserved_ms", 0);
	int64_t samples = got_number(summary, "samples", 0);
	const json_t *rtt = got_object(summary, "rtt_us");
	char text[AVAILABILITY_PCT_SIZE];
	char span[MOMENT_SPAN_SIZE];
	double pct;

	availability_put_brief(summary, out);
	put_longest(got_object(summary, "longest_outage"), out);
	if (unobserved_ms >= 1000 && got_real(summary, "availability_pct", &pct)) {
		moment_format_span(unobserved_ms, span);
		buf_printf(out, "; %s not observed", span);
	}
	if (samples <= 0)
		return;
	buf_printf(out, "; %" PRId64 " of %" PRId64 " packets lost", got_number(summary, "lost", 0),
		   samples);
	if (got_real(summary, "loss_pct", &pct)) {
		availability_format(pct, text);
		buf_printf(out, " (%s)", text);
	}
	put_rtt(rtt, "p50", "; RTT p50", out);
	put_rtt(rtt, "p95", ", p95", out);
	put_rtt(rtt, "max", ", max", out);
	put_rtt(summary, "jitter_us", "; jitter", out);
}
