/* SPDX-License-Identifier: Apache-2.0 */
/* draft.h: the words of an alert: labels that say what it is about, annotations that say why. */
#ifndef DAEMON_DRAFT_H
#define DAEMON_DRAFT_H

#include "base/clock.h"
#include "daemon/alert.h"
#include "daemon/ledger.h"

struct cert;
struct conf;
struct endpoint;
struct evidence;
struct host;
struct trace_result;

enum { SUBJECT_BYTES = 400 };

/* "esx04.example.com:902 10.1.7.14": what an endpoint's alerts are about. */
void draft_subject(const struct endpoint *e, char ret_subject[SUBJECT_BYTES]);

/* Those that every alert has; owned by the caller. */
json_t *draft_labels(const struct conf *conf, enum alert_kind kind, enum severity severity);

/*
 * Each makes a draft whose labels and annotations the caller owns; its subject is borrowed from
 * the room, or from what it is about.
 */
struct alert_draft draft_endpoint(const struct conf *conf, enum alert_kind kind,
				  const struct endpoint *e, struct wall since,
				  char room[SUBJECT_BYTES]);

/* days: what is left of its certificate; not_after: until when. */
struct alert_draft draft_expiring(const struct conf *conf, const struct endpoint *e,
				  struct wall not_after, struct wall now, unsigned days,
				  char room[SUBJECT_BYTES]);
struct alert_draft draft_changed(const struct conf *conf, const struct endpoint *e,
				 const struct cert *before, const struct cert *now, struct wall at,
				 char room[SUBJECT_BYTES]);
struct alert_draft draft_degraded(const struct conf *conf, const struct endpoint *e, unsigned lost,
				  unsigned looks, struct wall at, char room[SUBJECT_BYTES]);
struct alert_draft draft_name(const struct conf *conf, const struct host *h);

/* No server answers; h: whose lookup showed it. */
struct alert_draft draft_dns(const struct conf *conf, const struct host *h);

/* kind: ALERT_PROVIDER_UNREACHABLE or ALERT_NODE_ISOLATED; first: whose loss was declared first. */
struct alert_draft draft_scope(const struct conf *conf, enum alert_kind kind, const char *provider,
			       const struct evidence *x, const struct endpoint *first);

/* kind: ALERT_STORE_FAILING or ALERT_CONFIGURATION_INVALID. */
struct alert_draft draft_daemon(const struct conf *conf, enum alert_kind kind, const char *trouble,
				struct wall at);

/* "silent beyond 10.1.7.1", "rejected by 10.1.7.1 (admin-prohibited)"; for people. */
void draft_trace(const struct trace_result *t, char *ret_text, size_t size);

#endif
