/* SPDX-License-Identifier: Apache-2.0 */
/* expect.h: the lines of a scenario that say what must have happened. */
#ifndef TESTS_SIM_EXPECT_H
#define TESTS_SIM_EXPECT_H

#include <stdbool.h>

struct scene;

/* The words of the line begin with "expect"; false after scene_fail(). */
bool expect_check(struct scene *s);

#endif
