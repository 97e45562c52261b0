/* SPDX-License-Identifier: Apache-2.0 */
/* ask.h: questions about the past: read from a request, asked of the store, answered in JSON. */
#ifndef DAEMON_ASK_H
#define DAEMON_ASK_H

struct exchange;
struct registry;
struct store;

/* What a question needs; borrowed. */
struct asker {
	const struct registry *registry;
	struct store *store; /* NULL: no history is kept */
};

/* GET /v1/history, /v1/at, /v1/events, /v1/certificates, /v1/traces: each answers x. */
void ask_history(const struct asker *a, struct exchange *x);
void ask_at(const struct asker *a, struct exchange *x);
void ask_events(const struct asker *a, struct exchange *x);
void ask_certificates(const struct asker *a, struct exchange *x);
void ask_traces(const struct asker *a, struct exchange *x);

#endif
