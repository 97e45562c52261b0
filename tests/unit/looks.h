/* SPDX-License-Identifier: Apache-2.0 */
/* looks.h: looks at one state, and what is expected of the changes. */
#ifndef TESTS_UNIT_LOOKS_H
#define TESTS_UNIT_LOOKS_H

#include <stdint.h>

#include "daemon/state.h"

/* What the configuration has when it says nothing: 250 ms, 500 ms, 1 s; 30 % and 25 %. */
extern const struct state_policy looks_usual;

/* A look at aspect a on the grid, or between, under looks_usual. */
struct change look_on(struct state *s, enum aspect a, int value, int64_t ms);
struct change look_between(struct state *s, enum aspect a, int value, int64_t ms);

/* The same at a port. */
struct change look(struct state *s, int value, int64_t ms);
struct change look_again(struct state *s, int value, int64_t ms);

/* Four looks on the grid, 1 ms apart: the last one's change. */
struct change look_insist(struct state *s, enum aspect a, int value, int64_t ms);

/* A port that is open since 1000. */
struct state looks_open(void);

/* The same, unknown since 2000. */
struct state looks_blind(void);

void assert_declared(const struct change *c, int from, int to, int64_t since_ms);

/* Nothing new, and what is declared is told. */
void assert_quiet(const struct change *c, int declared, int64_t since_ms);

/* Nothing new, and a confirmation is wanted. */
void assert_asks(const struct change *c, int64_t wait_ms);

#endif
