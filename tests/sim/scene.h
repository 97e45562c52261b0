/* SPDX-License-Identifier: Apache-2.0 */
/* scene.h: one scenario under way, and the words of its lines. */
#ifndef TESTS_SIM_SCENE_H
#define TESTS_SIM_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "daemon/round.h"
#include "tests/sim/net.h"
#include "tests/sim/play.h"
#include "tests/sim/site.h"

enum { SCENE_WORDS = 24 };

struct scene {
	const char *file;
	unsigned line;
	char *words[SCENE_WORDS]; /* of the line; into it */
	size_t count;
	struct site site;
	struct play play;
	bool started;
	/* What `mark` remembers: expectations count from there. */
	struct net_counts net;
	struct round_stats stats;
	size_t events, spans, rings, traces;
	unsigned checked;  /* expectations that were looked at */
	unsigned failures; /* …and failed, or lines that cannot be understood */
};

/* A failure of the line under way; returns false. */
__attribute__((format(printf, 2, 3))) bool scene_fail(struct scene *s, const char *format, ...);

/* The word at i; "" beyond the end. */
const char *scene_word(const struct scene *s, size_t i);

/* "0", "250ms", "30d", with a sign if one is allowed for. */
bool scene_span(struct scene *s, const char *word, struct span *ret_span);

/* "7" or "7..9". */
struct range {
	uint64_t low, high;
};
bool scene_range(struct scene *s, const char *word, struct range *ret_range);

/* The same of times: milliseconds. */
bool scene_times(struct scene *s, const char *word, struct range *ret_ms);

/* "10.1.7.14:902". */
bool scene_addr(struct scene *s, const char *word, struct addr *ret_addr);

/* value must lie in range; what: its name. */
bool scene_within(struct scene *s, const char *what, uint64_t value, const struct range *range);

/* Starts the process, if it was not yet. */
void scene_start(struct scene *s);

/* Counts from here on. */
void scene_mark(struct scene *s);

/* Of word: an endpoint's target "esx04:902", or with its address "esx04:902@10.1.7.14". */
struct endpoint *scene_endpoint(struct scene *s, const char *word);

#endif
