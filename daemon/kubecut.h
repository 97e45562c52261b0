/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kubecut.h: the single objects of a Kubernetes API's answer, cut out of its bytes as they come, so
 * that no answer is too long and none is read in one piece.
 *
 *	KUBECUT_WATCH: {…}\n{…}\n        each object
 *	KUBECUT_LIST:  {…,"items":[{…},{…}],…}, or [{…},{…}]
 *	                                 each of the items; what stands around them is the rest
 *
 * Brackets and quotes are all that it knows of JSON.
 */
#ifndef DAEMON_KUBECUT_H
#define DAEMON_KUBECUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kubecut;

enum kubecut_form { KUBECUT_WATCH, KUBECUT_LIST };

/* Longer ones are left out, and counted. */
enum { KUBECUT_OBJECT_BYTES = 4 * 1024 * 1024, KUBECUT_REST_BYTES = 64 * 1024 };

/* One object, NUL-terminated, alive for the call; false: no more is wanted. */
typedef bool kubecut_fn(void *owner, const char *text, size_t len);

struct kubecut *kubecut_new(kubecut_fn *object, void *owner);
void kubecut_free(struct kubecut *c);

/* Forgets everything: another answer begins. */
void kubecut_begin(struct kubecut *c, enum kubecut_form form);

/* False when no more is wanted, or these bytes are no such answer's. */
__attribute__((warn_unused_result)) bool kubecut_feed(struct kubecut *c, const char *data,
						      size_t len);

/* Every bracket is closed. */
bool kubecut_complete(const struct kubecut *c);

/* What stands around the items, with "items":[]; "" when that was too long. */
const char *kubecut_rest(const struct kubecut *c);

/* Since kubecut_new(). */
uint64_t kubecut_left_out(const struct kubecut *c);

#endif
