/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dialect.h: how to talk to a service once its connection stands.  A dialect is a
 * pure function from the last reply to the next request; it does no I/O itself.
 */
#ifndef PROBES_DIALECT_H
#define PROBES_DIALECT_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#include "probes/http.h"
#include "probes/imageref.h"
#include "probes/probe.h"
#include "probes/reason.h"

struct digests;
struct facts;

/* One conversation.  The machine fills the first part, the dialect the second. */
struct talk {
	const struct probe_spec *spec; /* borrowed */
	struct facts *facts;           /* borrowed: the verdict's */

	const struct digests *digests; /* borrowed */

	unsigned step;               /* requests made so far */
	struct http_request request; /* the next one */
	bool side_trip;              /* the next one goes to `elsewhere`, not to the target */
	struct http_url elsewhere;
	enum service service;  /* the judgement, when the talk has ended */
	struct imageref image; /* DIALECT_REGISTRY */
	char *token;           /* owned; DIALECT_REGISTRY */
};

enum talk_next { TALK_ASK, TALK_ENDED };

/* reply: to the last request; NULL at first, borrowed for the call. */
typedef enum talk_next talk_fn(struct talk *t, const struct http_response *reply);

struct dialect_traits {
	bool banner; /* the server greets in clear text first */
	bool tls;
	talk_fn *talk; /* NULL: the handshake is all */
};

const struct dialect_traits *dialect_traits(enum dialect d);

void talk_done(struct talk *t);

/* The dialects, each in its file. */
talk_fn talk_http, talk_vsphere, talk_identify, talk_ovirt_engine, talk_imageio, talk_registry;

/* Begins a request of t without body; target is cut at its field's size. */
void talk_ask(struct talk *t, const char *method, const char *target);

/* Ends t: the service is s, and detail says what exactly. */
__attribute__((format(printf, 3, 4))) enum talk_next talk_end(struct talk *t, enum service s,
							      const char *format, ...);

/* Ends t over a reply that should have had another status. */
enum talk_next talk_end_status(struct talk *t, const struct http_response *reply);

#endif
