/* SPDX-License-Identifier: Apache-2.0 */
/* conftwin.h: targets of the configuration that are there twice. */
#ifndef DAEMON_CONFTWIN_H
#define DAEMON_CONFTWIN_H

#include <stdbool.h>
#include <stddef.h>

struct conf_target;
struct confsite;

/* No two targets have one name, or ask the same port the same. */
__attribute__((warn_unused_result)) bool conftwin_none(const struct confsite *s);

/* 0: one of the two would be such a twin. */
int conftwin_compare_names(const struct conf_target *a, const struct conf_target *b);
int conftwin_compare_places(const struct conf_target *a, const struct conf_target *b);

#endif
