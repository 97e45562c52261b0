/* SPDX-License-Identifier: Apache-2.0 */
/* command.h: the lines of a scenario that make something happen. */
#ifndef TESTS_SIM_COMMAND_H
#define TESTS_SIM_COMMAND_H

#include <stdbool.h>

struct scene;

/* Does what the words of the line say; false after scene_fail(). */
bool command_run(struct scene *s);

#endif
