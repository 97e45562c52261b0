/* SPDX-License-Identifier: Apache-2.0 */
/* confs.h: configurations in tests. */
#ifndef TESTS_UNIT_CONFS_H
#define TESTS_UNIT_CONFS_H

#include "daemon/conf.h"

/* Of a file "conf.yaml"; fails the test when it is refused.  conf_free() it. */
struct conf *confs_taken(const char *text);

/* Fails the test unless text is refused with "conf.yaml:" and this complaint. */
void confs_refused(const char *text, const char *complaint);

/* The target of that name; fails the test when there is none. */
const struct conf_target *confs_target(const struct conf *c, const char *name);

/* Everything that is in the table, and no target, is as in the other. */
void confs_same_settings(const struct conf *a, const struct conf *b);

#endif
