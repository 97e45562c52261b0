/* SPDX-License-Identifier: Apache-2.0 */
/*
 * message.h: one record on its way from the loop to the store thread.  It owns all that it points
 * at; whoever took it frees it.
 */
#ifndef DAEMON_MESSAGE_H
#define DAEMON_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/list.h"
#include "daemon/aspect.h"
#include "daemon/store.h"
#include "probes/cert.h"

enum message_kind {
	MESSAGE_SAMPLES, /* the least worth first: what is given up when all is too much */
	MESSAGE_TOUCH,
	MESSAGE_TRACE,
	MESSAGE_CERTIFICATE,
	MESSAGE_FINDINGS,
	MESSAGE_JUDGEMENT,
	MESSAGE_DISCOVERED,
	MESSAGE_DELIVERY, /* without it somebody is told twice after a crash */
	MESSAGE_EVENT,
	MESSAGE_SPAN,
	MESSAGE_RETIRE,
	MESSAGE_SILENCE,
	MESSAGE_ENDPOINT,
	MESSAGE_ALERT,
	MESSAGE_N
};

/* A certificate shown by an endpoint. */
struct sight {
	uint8_t sha1[SHA1_BYTES];
	uint8_t sha256[SHA256_BYTES];
	uint8_t spki_sha256[SHA256_BYTES];
	struct wall not_before;
	struct wall not_after;
	bool self_signed;
	const uint8_t *der; /* of the leaf */
	size_t der_len;
	const char *subject;
	const char *issuer;
};

/* A path trace in words. */
struct walk {
	const char *target;
	const char *outcome;
	const char *reason;
	const char *hop;
	const char *hops; /* JSON */
};

struct message {
	struct link order; /* on the queue, or on the list of whoever took it */
	struct link kin;   /* those of one worth, on the queue */
	enum message_kind kind;
	enum message_kind worth; /* its kind's, or that of the best in its bundle */
	uint64_t bundle;         /* with others of this number in one transaction; 0: alone */
	uint64_t ticket;         /* of what somebody waits for, from 1 in their order; else 0 */
	int64_t endpoint;
	struct wall at;  /* what it is about */
	struct mono put; /* when it came */
	size_t bytes;
	char *memory;  /* owned: what the pointers below point into */
	size_t filled; /* of memory */
	union {
		struct store_endpoint described;
		struct store_span span;
		struct store_samples samples;
		struct {
			enum aspect aspect;
			unsigned count;
		} touch;
		struct sight sight;
		struct walk walk;
		struct store_event event;
		struct store_alert alert;
		struct store_delivery delivery;
		struct store_silence silence;
		struct store_judgement judgement;
		struct store_discovered discovered;
		const char *rows; /* of findings: JSON */
	};
};

/* memory_bytes: what message_bytes() and message_text() may copy in all. */
struct message *message_new(enum message_kind kind, int64_t endpoint, struct wall at,
			    size_t memory_bytes);
void message_free(struct message *m);

/* Copies into m's memory, where the copy stays as long as m does. */
const void *message_bytes(struct message *m, const void *p, size_t len);
const char *message_text(struct message *m, const char *text);

/* What message_text() needs. */
size_t message_text_size(const char *text);

/* Worth a commit at once, and one that reaches the disk. */
bool message_urgent(const struct message *m);

/* Everything is copied. */
struct message *message_alert(const struct store_alert *a);
struct message *message_delivery(const struct store_delivery *d);
struct message *message_silence(const struct store_silence *s);
struct message *message_findings(const char *rows);
struct message *message_judgement(const struct store_judgement *j);
struct message *message_discovered(const struct store_discovered *k);

#endif
