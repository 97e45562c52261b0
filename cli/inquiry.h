/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inquiry.h: a verb's questions to the daemon.  What fails is said on standard error at once, and
 * stays in status.
 */
#ifndef CLI_INQUIRY_H
#define CLI_INQUIRY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "cli/response.h"
#include "cli/show.h"

struct client;
struct options;

enum { INQUIRY_TARGET_BYTES = 16 * 1024 };

struct inquiry {
	const struct options *options; /* borrowed */
	struct client *client;         /* owned; NULL: the socket cannot be */
	int status;                    /* STATUS_CLEAR, or what the last failure means */
	bool quiet;        /* a failure is only kept in trouble: an answer does without */
	char trouble[320]; /* "": none so far */
};

/* Whether the verb has as many words as it takes; else says what it takes. */
__attribute__((warn_unused_result)) bool inquiry_words(const struct options *o, size_t min,
						       size_t max, const char *takes);

/* False when it failed at once; inquiry_end() in any case. */
__attribute__((warn_unused_result)) bool inquiry_begin(struct inquiry *q, const struct options *o);
void inquiry_end(struct inquiry *q);

/* Appends "?key=value" or "&key=value", escaped; a NULL value leaves it out. */
void inquiry_param(struct buf *target, const char *key, const char *value);
void inquiry_param_time(struct buf *target, const char *key, struct wall t);
void inquiry_param_number(struct buf *target, const char *key, int64_t value);

/* One object, owned by the caller; NULL: it failed. */
json_t *inquiry_get(struct inquiry *q, const char *target);

/* The same with a body; NULL: an empty one. */
json_t *inquiry_post(struct inquiry *q, const char *target, const json_t *body);

/* The same with DELETE. */
json_t *inquiry_delete(struct inquiry *q, const char *target);

/*
 * The pages of target as one object: the first with all rows under key, at most limit (0: all that
 * there are).  "next" is left when there are more.
 */
json_t *inquiry_list(struct inquiry *q, const char *target, const char *key, size_t limit);

/* {"endpoints":[…]} of those that pattern names (NULL: all), or of those with problems alone. */
json_t *inquiry_endpoints(struct inquiry *q, const char *pattern, bool problems, size_t limit);

/* One endpoint: as it is now, and as the history knows it. */
struct inquiry_endpoint {
	json_t *now; /* owned; NULL: it is in no configuration, or is the name of a host */
	int64_t id;  /* 0: nothing was recorded, since its name never had an address */
	bool host;   /* it is the name of a host: its one aspect is "name" */
};

enum { INQUIRY_IDS_MAX = 64 };

struct inquiry_ids {
	int64_t ids[INQUIRY_IDS_MAX];
	size_t count; /* 0: no pattern was given: all */
};

/* The one that pattern names.  Several are listed for the person, and then it is none. */
__attribute__((warn_unused_result)) bool inquiry_one(struct inquiry *q, const char *pattern,
						     struct inquiry_endpoint *ret_endpoint);

/* The same of the history alone: what no configuration has any more, or the name of a host. */
__attribute__((warn_unused_result)) bool
inquiry_one_of_history(struct inquiry *q, const char *name, struct inquiry_endpoint *ret_endpoint);

/* All that pattern names (NULL: none was given), if they are not too many. */
__attribute__((warn_unused_result)) bool inquiry_some(struct inquiry *q, const char *pattern,
						      struct inquiry_ids *ret_ids);

/*
 * {key:[…]} of path for all of ids, in the daemon's order for each: those since `from` (ms 0:
 * any), at most limit of each (0: all that there are).
 */
json_t *inquiry_rows(struct inquiry *q, const char *path, const char *key,
		     const struct inquiry_ids *ids, struct wall from, size_t limit);

/* Each object of the stream goes to take, until it wants no more or the daemon ends it. */
void inquiry_follow(struct inquiry *q, const char *target, response_line_fn *take, void *owner);

/* Writes o as JSON or as show says, releases it, and returns status or that of a failed write. */
int inquiry_show(const struct inquiry *q, json_t *o, show_fn *show, int status);

#endif
