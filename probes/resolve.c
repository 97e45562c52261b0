/* SPDX-License-Identifier: Apache-2.0 */
/*
 * resolve.c: c-ares on a libevent loop.  A lookup is a cancel token: c-ares 1.18
 * cannot cancel one query, so an answer for a cancelled lookup is dropped when it comes.
 */
#include "probes/resolve.h"

#include <ares.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <netdb.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/must.h"

enum { TRY_TIMEOUT_MS = 1000, TRIES = 3, LOOKUP_MAGIC = 0x10ca7e };

/* One socket of c-ares. */
struct watch {
	struct link link;
	struct event ev;
	struct channel *channel; /* borrowed: the owner */
	ares_socket_t fd;        /* borrowed: c-ares closes it */
};

struct channel {
	ares_channel ares;       /* owned */
	struct event_base *base; /* borrowed */
	struct event timer;
	struct list watches;
};

struct resolver {
	struct event_base *base; /* borrowed */
	struct channel *asking;
	/*
	 * c-ares 1.18 reports SERVFAIL and REFUSED of the last server as "could not
	 * contact DNS servers".  This channel takes a reply as it is, and is asked
	 * only to learn which of them it was.
	 */
	struct channel *diagnosing;
	bool closing;
};

struct lookup {
	unsigned magic;
	struct resolver *resolver; /* borrowed: outlives the lookup */
	char *name;                /* owned */
	int family;
	lookup_done_fn *done; /* NULL: cancelled, or already called */
	void *owner;
	struct event ev;  /* the deadline, and the way out of c-ares' own stack */
	unsigned queries; /* answers that c-ares still owes */
	enum reason reason;
	struct addr addrs[LIMIT_ADDRS_PER_NAME];
	size_t count;
};

static void rearm_timer(struct channel *c)
{
	struct timeval tv;
	struct timeval *next = ares_timeout(c->ares, NULL, &tv);

	if (next == NULL)
		(void)event_del(&c->timer);
	else
		(void)event_add(&c->timer, next);
}

static void on_timer(evutil_socket_t fd, short what, void *data)
{
	struct channel *c = data;

	(void)fd;
	(void)what;
	ares_process_fd(c->ares, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
	rearm_timer(c);
}

static void on_socket(evutil_socket_t fd, short what, void *data)
{
	struct watch *w = data;
	struct channel *c = w->channel; /* w may be gone after the call */

	ares_process_fd(c->ares, what & EV_READ ? fd : ARES_SOCKET_BAD,
			what & EV_WRITE ? fd : ARES_SOCKET_BAD);
	rearm_timer(c);
}

static struct watch *watch_find(struct channel *c, ares_socket_t fd)
{
	for (struct link *k = list_first(&c->watches); k != NULL; k = list_next(&c->watches, k)) {
		struct watch *w = container_of(k, struct watch, link);

		if (w->fd == fd)
			return w;
	}
	return NULL;
}

static void watch_free(struct watch *w)
{
	(void)event_del(&w->ev);
	link_remove(&w->link);
	free(w);
}

static void on_socket_state(void *data, ares_socket_t fd, int readable, int writable)
{
	struct channel *c = data;
	struct watch *w = watch_find(c, fd);
	short what = (short)(EV_PERSIST | (readable ? EV_READ : 0) | (writable ? EV_WRITE : 0));

	if (!readable && !writable) {
		if (w != NULL)
			watch_free(w);
		return;
	}
	if (w == NULL) {
		w = xcalloc(1, sizeof *w);
		w->channel = c;
		w->fd = fd;
		list_push_back(&c->watches, &w->link);
	} else {
		(void)event_del(&w->ev);
	}
	MUST(event_assign(&w->ev, c->base, fd, what, on_socket, w) == 0);
	(void)event_add(&w->ev, NULL);
}

static void channel_free(struct channel *c)
{
	if (c == NULL)
		return;
	if (c->ares != NULL)
		ares_destroy(c->ares); /* closes its sockets through on_socket_state() */
	(void)event_del(&c->timer);
	while (!list_empty(&c->watches))
		watch_free(container_of(list_first(&c->watches), struct watch, link));
	free(c);
}

static struct channel *channel_new(struct event_base *base, const char *servers, int flags,
				   struct err *ret_err)
{
	struct channel *c = xcalloc(1, sizeof *c);
	struct ares_options options = { .flags = flags,
					.timeout = TRY_TIMEOUT_MS,
					.tries = TRIES,
					.sock_state_cb = on_socket_state,
					.sock_state_cb_data = c };
	int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
	int rc;

	c->base = base;
	list_init(&c->watches);
	MUST(event_assign(&c->timer, base, -1, 0, on_timer, c) == 0);
#ifdef ARES_OPT_QUERY_CACHE
	/* On by default from c-ares 1.31 on; a cached answer would hide that DNS is away. */
	options.qcache_max_ttl = 0;
	mask |= ARES_OPT_QUERY_CACHE;
#endif
	rc = ares_init_options(&c->ares, &options, mask);
	if (rc != ARES_SUCCESS) {
		c->ares = NULL;
		(void)err_set(ret_err, 0, "cannot set up DNS: %s", ares_strerror(rc));
		channel_free(c);
		return NULL;
	}
	if (servers == NULL)
		return c;
	rc = ares_set_servers_ports_csv(c->ares, servers);
	if (rc == ARES_SUCCESS)
		return c;
	(void)err_set(ret_err, 0, "\"%.100s\" is not a DNS server, ADDRESS[:PORT] is wanted",
		      servers);
	channel_free(c);
	return NULL;
}

struct resolver *resolver_new(struct event_base *base, const char *servers, struct err *ret_err)
{
	struct resolver *r = xcalloc(1, sizeof *r);

	MUST(ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS);
	r->base = base;
	r->asking = channel_new(base, servers, 0, ret_err);
	if (r->asking != NULL)
		r->diagnosing = channel_new(base, servers, ARES_FLAG_NOCHECKRESP, ret_err);
	if (r->diagnosing != NULL)
		return r;
	resolver_free(r);
	return NULL;
}

void resolver_free(struct resolver *r)
{
	if (r == NULL)
		return;
	r->closing = true;
	channel_free(r->asking);
	channel_free(r->diagnosing);
	ares_library_cleanup();
	free(r);
}

static enum reason reason_of_ares(int status)
{
	switch (status) {
	case ARES_SUCCESS:
		return REASON_OK;
	case ARES_ENOTFOUND:
		return REASON_DNS_NXDOMAIN;
	case ARES_ENODATA:
		return REASON_DNS_NODATA;
	case ARES_ESERVFAIL:
		return REASON_DNS_SERVFAIL;
	case ARES_EREFUSED:
		return REASON_DNS_REFUSED;
	case ARES_ETIMEOUT:
		return REASON_DNS_TIMEOUT;
	case ARES_ECONNREFUSED:
#if ARES_VERSION >= 0x012200 /* 1.34 */
	case ARES_ENOSERVER:
#endif
		return REASON_DNS_NO_SERVER;
	case ARES_EFORMERR:
	case ARES_EBADRESP:
	case ARES_ENOTIMP:
	case ARES_EBADNAME:
		return REASON_DNS_BAD_REPLY;
	default:
		return REASON_LOCAL;
	}
}

static void lookup_free(struct lookup *l)
{
	(void)event_del(&l->ev);
	free(l->name);
	free(l);
}

/* Runs once a lookup is decided, or its time is up. */
static void on_lookup_end(evutil_socket_t fd, short what, void *data)
{
	struct lookup *l = data;
	lookup_done_fn *done = l->done;
	void *owner = l->owner;
	struct lookup_result result = { .reason = l->reason, .addrs = l->addrs, .count = l->count };

	(void)fd;
	MUST(l->magic == LOOKUP_MAGIC && done != NULL);
	if (what & EV_TIMEOUT && l->queries > 0)
		result = (struct lookup_result){ .reason = REASON_DNS_TIMEOUT };
	l->done = NULL;
	done(owner, &result);
	if (l->queries == 0)
		lookup_free(l);
}

static void collect(struct lookup *l, const struct ares_addrinfo *info)
{
	for (const struct ares_addrinfo_node *n = info->nodes; n != NULL; n = n->ai_next) {
		struct addr a;
		bool seen = false;

		if (l->count == LIMIT_ADDRS_PER_NAME ||
		    !addr_copy(n->ai_addr, (socklen_t)n->ai_addrlen, &a))
			continue;
		for (size_t i = 0; i < l->count; i++)
			seen = seen || addr_same_host(&l->addrs[i], &a);
		if (!seen)
			l->addrs[l->count++] = a;
	}
}

static void ask(struct lookup *l, struct channel *c);

static void decide(struct lookup *l, enum reason r)
{
	l->reason = r;
	if (l->done == NULL)
		lookup_free(l);
	else
		event_active(&l->ev, EV_WRITE, 0);
}

/*
 * c-ares calls it "could not contact DNS servers" too when this process has no file
 * descriptor left; that must not be said of the servers.
 */
static enum reason local_or(enum reason r)
{
	int fd;

	if (r != REASON_DNS_NO_SERVER)
		return r;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return REASON_LOCAL;
	(void)close(fd);
	return r;
}

static void on_answer(void *data, int status, int timeouts, struct ares_addrinfo *info)
{
	struct lookup *l = data;

	(void)timeouts;
	MUST(l->magic == LOOKUP_MAGIC && l->queries > 0);
	l->queries--;
	if (info != NULL) {
		collect(l, info);
		ares_freeaddrinfo(info);
	}
	if (status == ARES_SUCCESS && l->count == 0)
		status = ARES_ENODATA;
	decide(l, local_or(reason_of_ares(status)));
}

/* The first answer; a vague one is asked for again in the channel that tells. */
static void on_first_answer(void *data, int status, int timeouts, struct ares_addrinfo *info)
{
	struct lookup *l = data;

	if (status == ARES_ECONNREFUSED && l->done != NULL && !l->resolver->closing) {
		MUST(info == NULL && l->queries == 1);
		l->queries--;
		ask(l, l->resolver->diagnosing);
		return;
	}
	on_answer(data, status, timeouts, info);
}

static void ask(struct lookup *l, struct channel *c)
{
	struct ares_addrinfo_hints hints = { .ai_family = l->family, .ai_flags = ARES_AI_NOSORT };

	l->queries++;
	ares_getaddrinfo(c->ares, l->name, NULL, &hints,
			 c == l->resolver->asking ? on_first_answer : on_answer, l);
	rearm_timer(c);
}

struct lookup *lookup_start(struct resolver *r, const char *name, int family, struct span timeout,
			    lookup_done_fn *done, void *owner)
{
	struct lookup *l = xcalloc(1, sizeof *l);
	struct timeval tv = span_timeval(timeout);

	*l = (struct lookup){ .magic = LOOKUP_MAGIC,
			      .resolver = r,
			      .name = xstrdup(name),
			      .family = family,
			      .done = done,
			      .owner = owner };
	MUST(event_assign(&l->ev, r->base, -1, 0, on_lookup_end, l) == 0);
	MUST(event_add(&l->ev, &tv) == 0);
	ask(l, r->asking);
	return l;
}

void lookup_cancel(struct lookup *l)
{
	if (l == NULL)
		return;
	MUST(l->magic == LOOKUP_MAGIC);
	(void)event_del(&l->ev);
	l->done = NULL;
	if (l->queries == 0)
		lookup_free(l);
}
