/* SPDX-License-Identifier: Apache-2.0 */
/*
 * got.h: what a reply says, key by key.  A key that is absent, null or of another type says
 * nothing.  o may be NULL: then nothing is said.
 */
#ifndef CLI_GOT_H
#define CLI_GOT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

/* Fit to be shown (base/text.h), cut to size bytes; "" when not said.  Returns field. */
const char *got_text(const json_t *o, const char *key, char *field, size_t size);

/* The text is exactly this. */
bool got_is(const json_t *o, const char *key, const char *text);

int64_t got_number(const json_t *o, const char *key, int64_t otherwise);

/* A finite number below 10^15. */
bool got_real(const json_t *o, const char *key, double *ret_value);

bool got_true(const json_t *o, const char *key);
bool got_time(const json_t *o, const char *key, struct wall *ret_time);

/* Borrowed from o; NULL when not said. */
const json_t *got_object(const json_t *o, const char *key);
const json_t *got_list(const json_t *o, const char *key);

/* list may be NULL: 0.  An element that is no object is NULL. */
size_t got_count(const json_t *list);
const json_t *got_element(const json_t *list, size_t i);

#endif
