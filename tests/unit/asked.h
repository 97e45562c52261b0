/* SPDX-License-Identifier: Apache-2.0 */
/* asked.h: replies of a daemon as text, and what is made of them. */
#ifndef TESTS_UNIT_ASKED_H
#define TESTS_UNIT_ASKED_H

#include "cli/show.h"

/* 2026-11-25T14:00:00Z */
#define ASKED_NOW_MS INT64_C(1795615200000)

/* JSON with ' in place of "; fails the test when it is none. */
json_t *asked_json(const char *text);

/* Fails the test unless show makes this of the object, with the time zone UTC. */
void asked_shows(show_fn *show, const struct show *how, const char *text, const char *want);

/* Fails the test unless what show makes of the object has this in it. */
void asked_has(show_fn *show, const struct show *how, const char *text, const char *want);

#endif
