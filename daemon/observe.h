/* SPDX-License-Identifier: Apache-2.0 */
/*
 * observe.h: what a verdict means for an endpoint: its samples, its states, and what the
 * history is told.  No loop, no probe; the store's queue is the only way out.
 */
#ifndef DAEMON_OBSERVE_H
#define DAEMON_OBSERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "daemon/conf.h"
#include "daemon/registry.h"

struct alarms;
struct names_result;
struct store;
struct verdict;

/* Everything is borrowed. */
struct observer {
	const struct conf *conf;
	struct store *store;   /* NULL: no history is kept */
	struct alarms *alarms; /* told after the store; NULL: nobody is alarmed */
};

/* When a check was made, and as which. */
struct occasion {
	bool regular;
	int64_t slot; /* when regular */
	struct mono now;
	struct mono began;
	struct wall at;   /* its beginning */
	struct wall grid; /* when regular: where its grid time lies on the wall clock */
};

/* What is to be done next about an endpoint; ns INT64_MAX: nothing. */
struct next_looks {
	struct mono reach;
	struct mono serve;
	struct endpoint *also; /* its service is to be asked at once as well; NULL: nobody's */
};

/* Something is to be done before the next grid time. */
bool observe_wants_more(const struct next_looks *next);

/* A reach check has ended. */
void observe_reach(const struct observer *o, struct endpoint *e, struct verdict *v,
		   const struct occasion *when, struct next_looks *ret_next);

/* A serve check has ended.  v's trust may be judged anew against the endpoint's siblings. */
void observe_serve(const struct observer *o, struct endpoint *e, struct verdict *v,
		   const struct occasion *when, struct next_looks *ret_next);

/*
 * e is not to be asked for its service any more: what was known of it, and of its
 * certificate, counts as untried from now on.  Again: nothing happens.
 */
void observe_unserved(const struct observer *o, struct endpoint *e);

/* A name was looked up; *ret_next: when it should be asked again before its time. */
void observe_name(const struct observer *o, struct host *h, const struct names_result *result,
		  const struct occasion *when, struct mono *ret_next);

/* The counts and samples that wait in memory go to the store. */
void observe_flush(const struct observer *o, struct endpoint *e);

/* The endpoint or name and its declared states go to the store (again): begun, or a new database. */
void observe_put_endpoint(const struct observer *o, struct endpoint *e);
void observe_put_host(const struct observer *o, struct host *h);

/* The same, with the spans that this process had begun: the database is a new one. */
void observe_put_again(const struct observer *o, struct endpoint *e);
void observe_put_host_again(const struct observer *o, struct host *h);

#endif
