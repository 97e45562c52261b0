/* SPDX-License-Identifier: Apache-2.0 */
/*
 * series.h: the metrics of single endpoints: of each address, or of all addresses of an endpoint's
 * name together, where the worst counts.
 */
#ifndef DAEMON_SERIES_H
#define DAEMON_SERIES_H

#include <stdint.h>

#include "base/buf.h"

struct metrics_facts;

/* Where the samples of one family go. */
struct writer {
	const struct metrics_facts *facts;
	const char *name; /* of the family, without _total */
	struct buf *out;
};

/* One sample; labels with their braces, or "". */
void writer_value(const struct writer *w, const char *labels, double value);

/* One of a counter: its name ends with _total. */
void writer_count(const struct writer *w, const char *labels, uint64_t value);

void series_info(const struct writer *w);
void series_up(const struct writer *w);
void series_state(const struct writer *w);
void series_rtt(const struct writer *w);
void series_change(const struct writer *w);
void series_service(const struct writer *w);
void series_trust(const struct writer *w);
void series_flapping(const struct writer *w);
void series_not_after(const struct writer *w);
void series_checks(const struct writer *w);
void series_losses(const struct writer *w);

#endif
