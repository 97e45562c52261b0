/* SPDX-License-Identifier: Apache-2.0 */
/* watched.h: a registry of a configuration, and states declared in it, for tests. */
#ifndef TESTS_UNIT_WATCHED_H
#define TESTS_UNIT_WATCHED_H

#include <stdint.h>

#include "daemon/aspect.h"

struct conf;
struct endpoint;
struct registry;

struct watched {
	struct conf *conf;
	struct registry *registry;
};

/* Of a configuration's text. */
struct watched watched_new(const char *yaml);
void watched_free(struct watched *w);

/* The first endpoint of that name; fails the test when there is none. */
struct endpoint *watched_endpoint(const struct watched *w, const char *name);

/* Declares a value since ms. */
void watched_declare(struct endpoint *e, enum aspect a, int value, int64_t ms);

#endif
