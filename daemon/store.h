/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.h: the history, on a thread of its own.  The loop puts messages in by value and never
 * waits; answers come back through the loop.
 *
 * Trouble with the database (disk full, read-only, locked, corrupt) never reaches the
 * caller as a failure: the store keeps what is bounded, counts what is not, tries again,
 * and says in store_stats() how it is.
 */
#ifndef DAEMON_STORE_H
#define DAEMON_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "daemon/aspect.h"

struct cert;
struct event_base;
struct store;
struct trace_result;

struct store_conf {
	const char *path;         /* of the database; copied */
	const char *node;         /* copied */
	const char *version;      /* of this program; copied */
	struct span keep_spans;   /* spans, events, sightings, traces, roll-ups */
	struct span keep_samples; /* round-trip times on the grid; a 16th longer, or a day */
	uint64_t max_bytes;       /* database and WAL together; oldest samples go first */
};

/* One endpoint as the history knows it: an address and port of a host, or a host's name. */
struct store_endpoint {
	int64_t id;           /* the caller's choice, > 0: above every id of store_past(), or its */
	const char *provider; /* "": none */
	const char *role;     /* role_name() */
	const char *name; /* as a person says it: "esx04.example.com:902"; unique with address */
	const char *host;
	const char *address; /* "": the name itself, whose only aspect is ASPECT_NAME */
	uint16_t port;       /* 0 with a name */
	const char *check;   /* dialect_name() */
};

/* An endpoint that an earlier process left behind; texts live until store_past_free(). */
struct store_past {
	struct store_endpoint endpoint;
	int16_t value[ASPECT_N];     /* STATE_NOTHING: none declared, or a word we do not know */
	struct wall since[ASPECT_N]; /* of value */
	struct wall open;            /* its port's last, up to 5 minutes behind; ms 0: never */
	struct cert *cert; /* owned: shown last, cert_new_seen(); NULL: none that is known */
	bool retired;      /* was in no configuration when the last process stopped */
	char *memory;      /* owned: the texts */
};

/* One instance of an alert as the history keeps it. */
struct store_alert {
	const char *identity; /* "PortClosed esx04.example.com:902 10.1.7.14" */
	const char *name;     /* alert_kind_name() */
	const char *subject;  /* the identity's other part */
	const char *severity; /* severity_name() */
	int64_t endpoint;     /* 0: none */
	struct wall starts;   /* with identity unique */
	struct wall ends;     /* ms 0: it lasts */
	unsigned revision;
	unsigned coalesced;
	bool silenced;
	bool settled;            /* nobody is to be told anything more */
	const char *labels;      /* JSON object of texts */
	const char *annotations; /* JSON object of texts */
};

/* What one sink knows of it. */
struct store_delivery {
	const char *identity;
	struct wall starts;
	const char *sink;  /* its name */
	unsigned revision; /* taken last; 0: none */
	unsigned refused;  /* refused last; 0: none */
	bool ended;        /* what it took was the end */
	struct wall at;
};

struct store_silence {
	int64_t id; /* the caller's choice, > 0 */
	const char *pattern;
	const char *name; /* alert_kind_name(); "": any */
	struct wall from;
	struct wall until; /* said again with an earlier one: it was ended */
	const char *why;
	const char *by;
};

/* One reading of the inventory as a whole; see schema/history/004_findings.sql. */
struct store_judgement {
	struct wall at;
	struct span took;
	uint64_t machines, ready, blocked, undetermined;
	uint64_t plans, rules;
	const char *counts; /* JSON object */
	const char *files;  /* JSON array */
};

/* What discovery knows of one kind of object; see schema/history/005_discovered.sql. */
struct store_discovered {
	const char *kind;    /* kube_kind_name() */
	const char *source;  /* URL of what was asked */
	struct wall heard;   /* when it was last known to be so */
	const char *objects; /* JSON array; NULL: as before */
};

/* An alert that was not settled when the last process stopped; texts as above. */
struct store_past_alert {
	struct store_alert alert;
	struct store_delivery *deliveries; /* owned; identity and starts are left out */
	size_t delivery_count;
	char *memory; /* owned: the texts of alert */
	char *sinks;  /* owned: those of the deliveries */
};

struct store_past_silence {
	struct store_silence silence;
	char *memory; /* owned: the texts */
};

/* The same, of an earlier process; texts are owned. */
struct store_past_discovered {
	char *kind;
	char *source;
	char *objects; /* NULL: too long to be ours */
	struct wall heard;
};

struct store_pasts {
	struct store_past *list; /* owned */
	size_t count;
	struct store_past_alert *alerts; /* owned; unsettled ones, oldest first */
	size_t alert_count;
	struct store_past_silence *silences; /* owned; that have not ended, the newest 1,000 */
	size_t silence_count;
	struct store_past_discovered *discovered; /* owned */
	size_t discovered_count;
	int64_t max_silence; /* highest id ever; 0: none */
	int64_t max_id;      /* 0: none yet */
	struct wall seen;    /* the last sign of life of the last process; ms 0: none */
};

/*
 * Runs on the loop when a database was made anew (first start, or a corrupt one was set
 * aside): the caller puts every endpoint and its declared states again.
 */
typedef void store_fresh_fn(void *owner);

/*
 * Opens and migrates the database and ends what an earlier process left lasting at its last sign
 * of life.  Never fails because of the database; NULL: no descriptor or memory for it.  base
 * is borrowed and outlives the store.  The thread starts with store_start().
 */
struct store *store_new(const struct store_conf *conf, struct event_base *base,
			store_fresh_fn *fresh, void *owner);

/* Only before store_start(). */
void store_past(struct store *s, struct store_pasts *ret_pasts);
void store_past_free(struct store_pasts *p);

/* Starts the thread with all signals blocked; false: this machine cannot. */
__attribute__((warn_unused_result)) bool store_start(struct store *s, struct err *ret_err);

/*
 * Commits what was put (for at most patience), closes the database, ends the thread.  Questions
 * under way are forgotten as by store_ask_cancel().  NULL is allowed.
 */
void store_free(struct store *s, struct span patience);

/* Enrols an endpoint, or brings a retired one back; texts are copied. */
void store_put_endpoint(struct store *s, const struct store_endpoint *e);

/* The endpoint is in no configuration any more; its open spans end at `at`. */
void store_retire(struct store *s, int64_t endpoint, struct wall at);

/* A declared state: ends the open span of (endpoint, aspect) and begins the next. */
struct store_span {
	int64_t endpoint;
	enum aspect aspect;
	int value;
	struct wall since;
	char offender[64]; /* who sent the ICMP error; "": nobody */
	char detail[256];  /* what exactly, in words; "": nothing */
	bool event;        /* an event row says so too; false: a state that goes on after a start */
	int from;          /* with event: the value before; STATE_NOTHING: none */
};

/*
 * Committed with synchronous=FULL, span and event together; never dropped while the queue's
 * bound allows.  Said again (event false, the same value lasts already): nothing happens.
 * Without an event the span is observed from the start of this process on at the earliest, so
 * that since may be that of a state that outlasted a restart.
 */
void store_put_span(struct store *s, const struct store_span *span);

/*
 * The lasting span of (endpoint, aspect) was seen `count` more times, last at `seen`.  Written
 * every 5 minutes and when the span ends.
 */
void store_touch(struct store *s, int64_t endpoint, enum aspect aspect, unsigned count,
		 struct wall seen);

enum { STORE_CHUNK = 60, SAMPLE_LOST = -1, SAMPLE_NOT_RUN = -2 };

/* Up to STORE_CHUNK grid slots in a row of one endpoint. */
struct store_samples {
	int64_t endpoint;
	struct wall start;    /* of the first slot */
	struct span interval; /* of the grid */
	uint8_t count;
	int32_t rtt_us[STORE_CHUNK]; /* or SAMPLE_LOST, SAMPLE_NOT_RUN */
};

void store_put_samples(struct store *s, const struct store_samples *samples);

/*
 * endpoint showed c (borrowed for the call) at `at`.  A new certificate is written soon, the
 * last sighting of the same one every 5 minutes and when another one comes.
 */
void store_put_certificate(struct store *s, int64_t endpoint, const struct cert *c, struct wall at);

void store_put_trace(struct store *s, int64_t endpoint, const struct trace_result *t,
		     struct wall at);

/* Anything else worth a line in the journal of events. */
struct store_event {
	int64_t endpoint; /* 0: of the daemon itself */
	struct wall at;
	const char
		*kind; /* "flapping", "steady", "addresses", "started", "stopped", "reloaded", … */
	const char *before; /* "": nothing; copied */
	const char *after;  /* copied */
	const char *detail; /* a sentence; copied */
};

void store_put_event(struct store *s, const struct store_event *e);

/* ---- alerts */

/*
 * Everything put between these two goes into one transaction: all of it is kept, or nothing.  Not
 * nested, and within one turn of the loop.  NULL is allowed: no history is kept.
 */
void store_hold(struct store *s);
void store_release(struct store *s);

/*
 * Begins, changes, ends or settles an instance; everything is copied.  Never given up while the
 * queue's bound allows.  Returns a ticket: store_kept() says when it has reached the disk.
 */
uint64_t store_put_alert(struct store *s, const struct store_alert *a);

/* What a sink took or refused; of an instance that nobody knows it is nothing. */
void store_put_delivery(struct store *s, const struct store_delivery *d);

void store_put_silence(struct store *s, const struct store_silence *silence);

/*
 * Findings that began, were said otherwise or ended: a JSON array of arrays in the order of
 * STMT findings_put.  Returns a ticket, as above.
 */
uint64_t store_put_findings(struct store *s, const char *rows);
uint64_t store_put_judgement(struct store *s, const struct store_judgement *j);

/* In place of what was put of the kind before.  Returns a ticket, as above. */
enum { STORE_DISCOVERED_BYTES = 16 << 20 /* of objects, at most */ };
uint64_t store_put_discovered(struct store *s, const struct store_discovered *k);

/* What had this ticket is in the database, or was given up for good. */
bool store_kept(struct store *s, uint64_t ticket);

/* Runs on the loop whenever further tickets were kept, and when the store began or ceased to be
 * writable.  NULL: nobody wants to know. */
void store_on_kept(struct store *s, void (*kept)(void *owner), void *owner);

/* ---- questions */

enum question_kind {
	QUESTION_SPANS,        /* of one endpoint, newest first */
	QUESTION_SAMPLES,      /* of one endpoint, oldest first */
	QUESTION_ROLLUPS,      /* hourly, of one endpoint, oldest first */
	QUESTION_SUMMARY,      /* availability, outages, loss, jitter of one endpoint: one object */
	QUESTION_AT,           /* the state of everything at `from` */
	QUESTION_EVENTS,       /* newest first, or (ascending) oldest first */
	QUESTION_CERTIFICATES, /* with their sightings */
	QUESTION_TRACES,
	QUESTION_ALERTS,     /* every instance, newest first */
	QUESTION_LASTING,    /* findings that last, oldest row first */
	QUESTION_FINDINGS,   /* all of them, newest first */
	QUESTION_JUDGEMENTS, /* newest first */
	QUESTION_N
};

struct question {
	enum question_kind kind;
	int64_t endpoint; /* 0: all; not with SAMPLES, ROLLUPS, SUMMARY */
	struct wall from; /* inclusive; ms INT64_MIN: no bound */
	struct wall to;   /* exclusive; ms INT64_MAX: no bound */
	int64_t after;    /* the `next` of the page before; 0: the first page */
	unsigned limit;   /* rows, 1 to 1,000 */
	bool ascending;   /* QUESTION_EVENTS */
	/* QUESTION_SPANS of one endpoint: of this aspect alone; NULL: of all; static. */
	const char *aspect;
};

struct answer {
	const char *error; /* NULL: well; else a sentence */
	const char *json;  /* an array of objects (QUESTION_SUMMARY: one object); for the call */
	size_t len;
	int64_t next; /* for the next page; 0: this was the last */
};

typedef void answer_fn(void *owner, const struct answer *a);

struct ask;

/*
 * done runs once, from the loop, never from inside this call, unless cancelled.  The handle is
 * the caller's until then.  Answers are in the order of questions.  A page may end before its
 * limit, after about 1 MiB.  Times are RFC 3339 in UTC with milliseconds; what is not known is
 * left out, except in QUESTION_SUMMARY, QUESTION_SAMPLES and QUESTION_CERTIFICATES.  Keys:
 *
 * SPANS         id endpoint aspect state reason offender detail began from to seen count; began
 *               only when the state outlasted a restart, no `to` while it lasts
 * SAMPLES       endpoint from interval_ms rtt_us[]: microseconds, null: no answer, -1: not asked
 * ROLLUPS       endpoint hour samples lost not_run rtt_us{min mean p50 p95 max} jitter_us
 * SUMMARY       endpoint from to observed_ms unobserved_ms open_ms availability_pct outages
 *               longest_outage{from to ms reason} resolution samples lost loss_pct rtt_us{…}
 *               jitter_us; resolution "hour": older samples are gone, roll-ups stand in for
 *               them, and p50 and p95 are means of the hours'.  Time in which the check could
 *               not be run counts as not observed.  An outage lasts until the endpoint is seen
 *               open again; its ms count observed time, its reason is that of its longest part
 * AT            endpoint name provider role host address port observed state reason offender
 *               detail since service service_reason service_since trust trust_reason
 *               trust_since; at `from`, no bound: now
 * EVENTS        id time endpoint name address kind before after reason detail
 * CERTIFICATES  sha256 sha1 spki_sha256 subject issuer not_before not_after self_signed endpoint
 *               name address first_seen last_seen
 * TRACES        id endpoint name time target outcome reason by hops[{ttl address rtt_us icmp}]
 * ALERTS        id alertname severity subject endpoint starts ends revision coalesced silenced
 *               labels{} annotations{} deliveries[{sink revision refused ended at}]; those that
 *               lasted at some moment of [from, to)
 * FINDINGS      id rule severity verdict object{kind id name} plan message first_seen last_seen
 *               ended; LASTING likewise
 * JUDGEMENTS    id judged took_ms machines ready blocked undetermined plans rules counts{} files[]
 *
 * `endpoint` is the caller's number; -N is row N of an earlier process that is called otherwise
 * now, which happens when the database could not be opened by store_new().
 */
struct ask *store_ask(struct store *s, const struct question *q, answer_fn *done, void *owner);

/* Forgets the asker: done will not run.  NULL is allowed. */
void store_ask_cancel(struct ask *a);

/* ---- how it is */

struct store_stats {
	bool writable;     /* the last commit succeeded */
	char trouble[200]; /* the last failure in words; "" when well */
	uint64_t commits;
	uint64_t rows;         /* written */
	uint64_t failures;     /* commits that failed */
	uint64_t dropped;      /* sample chunks given up */
	uint64_t lost;         /* other messages given up or refused; an event "lost" says so too */
	uint64_t set_aside;    /* corrupt databases put away */
	char aside[200];       /* …where the last one is */
	uint64_t queued;       /* messages put and not committed yet */
	uint64_t bytes;        /* database and WAL */
	double commit_seconds; /* of all commits */
	struct wall committed; /* the last one */
};

/* A copy; takes the queue's lock for a moment. */
void store_stats(struct store *s, struct store_stats *ret_stats);

#endif
