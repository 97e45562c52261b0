/* SPDX-License-Identifier: Apache-2.0 */
/* change.h: the lines of a scenario that change the network. */
#ifndef TESTS_SIM_CHANGE_H
#define TESTS_SIM_CHANGE_H

#include <stdbool.h>

struct scene;

/* Does what the words of the line say; false after scene_fail(). */
bool change_run(struct scene *s);

#endif
