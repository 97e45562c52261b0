/* SPDX-License-Identifier: Apache-2.0 */
/*
 * record.h: what the simulated daemon tells its history.  The daemon takes it for its store:
 * the store_put_*() are defined here, in place of those of daemon/store.c.  It checks the
 * promises that hold in every scenario.
 */
#ifndef TESTS_SIM_RECORD_H
#define TESTS_SIM_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "daemon/store.h"

struct cert;

struct record_span {
	int64_t endpoint;
	enum aspect aspect;
	int value;
	int from;
	struct wall since;
	bool event;
	char detail[sizeof(((struct store_span *)0)->detail)];
};

struct record_event {
	int64_t endpoint;
	struct wall at;
	char kind[16];
	char before[128];
	char after[128];
};

/* What was told of one endpoint. */
struct record_endpoint {
	char *name;    /* owned */
	char *host;    /* owned */
	char *address; /* owned */
	char *check;   /* owned */
	uint16_t port;
	bool retired;
	int16_t value[ASPECT_N];
	struct wall since[ASPECT_N]; /* of value, however many processes said so */
	struct wall span_since[ASPECT_N];
	uint64_t answered, lost, not_run; /* samples */
	uint64_t chunks;
	struct wall covered;  /* the last sample of the last chunk */
	struct span interval; /* of the last chunk */
	int64_t phase_ms;     /* of the first chunk of that interval */
	int64_t astray_ms;    /* the most that a later one was off that phase */
	uint64_t sightings;   /* of certificates */
	struct cert *cert;    /* owned; the last of them; NULL: none */
	uint64_t touches;
};

struct store *record_new(void);
void record_free(struct store *s);

/* From now on nothing reaches the record: the process has been killed.  Or it does again. */
void record_mute(struct store *s, bool mute);

/* The wall clock was set back: times may go back once. */
void record_clock_set_back(struct store *s);

/* A new, empty database. */
void record_empty(struct store *s);

/* What the next process finds; store_past_free() of the record frees it. */
void record_pasts(const struct store *s, struct store_pasts *ret_pasts);
void record_pasts_free(struct store_pasts *p);

/* NULL: never heard of. */
const struct record_endpoint *record_endpoint(const struct store *s, int64_t id);
size_t record_retired(const struct store *s);

const struct record_span *record_spans(const struct store *s, size_t *ret_count);
const struct record_event *record_events(const struct store *s, size_t *ret_count);

/* The first broken promise; "": none. */
const char *record_complaint(const struct store *s);

#endif
