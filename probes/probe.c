/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe.c: one attempt, from a name or address to a verdict.
 *
 *	RESOLVE --> CONNECT --> BANNER --> TLS --> SERVICE --> DONE
 *	   ^        ^  |  |                ^ |       ^ | |      ^
 *	   |        |  |  `----------------' |       | | |      |
 *	   |        |  `---------------------+-------' | |      |
 *	   |        `----------------------------------' |      |
 *	   `---------------------------------------------'      |
 *	                                any stage --------------'
 *
 * An attempt begins at CONNECT.  SERVICE goes back to CONNECT when the peer has
 * closed between two requests, and to RESOLVE for a side trip (a token server).
 * Entries from the loop: on_ready, on_names.  Each calls drive() or finish().
 * A step never touches the loop: it returns what it needs next.
 * Only probe_advance() changes p->stage, only arm() touches p->io, only finish() ends a probe.
 */
#include "probes/probe.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
#include "probes/machine.h"
#include "probes/names.h"
#include "probes/prober.h"

enum { PROBE_MAGIC = 0x9b0be, REQUEST_BYTES_MAX = 32 * 1024 };

#define TO(s) (1u << STAGE_##s)

static const struct {
	const char *name;
	step_fn *step;
	unsigned next;
} stages[STAGE_N] = {
	[STAGE_RESOLVE] = { "resolve", step_resolve, TO(CONNECT) | TO(DONE) },
	[STAGE_CONNECT] = { "connect", step_connect,
			    TO(BANNER) | TO(TLS) | TO(SERVICE) | TO(DONE) },
	[STAGE_BANNER] = { "banner", step_banner, TO(TLS) | TO(DONE) },
	[STAGE_TLS] = { "tls", step_tls, TO(SERVICE) | TO(DONE) },
	[STAGE_SERVICE] = { "service", step_service, TO(CONNECT) | TO(RESOLVE) | TO(DONE) },
	[STAGE_DONE] = { "done", NULL, 0 },
};

enum need probe_advance(struct probe *p, enum stage next)
{
	MUST(stages[p->stage].next & (1u << next));
	p->stage = next;
	return NEED_STEP;
}

bool probe_on_side_trip(const struct probe *p)
{
	return p->serve != NULL && p->serve->talk.side_trip;
}

void probe_disconnect(struct probe *p)
{
	struct serve *s = p->serve;

	if (s != NULL) {
		tls_free(s->tls);
		s->tls = NULL;
	}
	if (p->fd >= 0)
		(void)close(p->fd);
	p->fd = -1;
}

static void probe_free(struct probe *p)
{
	struct serve *s = p->serve;

	(void)event_del(&p->io);
	if (s != NULL)
		names_cancel(s->lookup);
	probe_disconnect(p);
	if (s != NULL) {
		http_parser_free(s->reply);
		talk_done(&s->talk);
		buf_done(&s->banner);
		buf_done(&s->out);
		free(s);
	}
	verdict_done(&p->verdict);
	p->magic = 0;
	free(p);
}

/* A conversation that ended well deserves a proper good-bye. */
static void part(struct probe *p)
{
	struct serve *s = p->serve;

	if (s == NULL || p->fd < 0 || p->verdict.service == SERVICE_UNTRIED)
		return;
	(void)event_del(&p->io);
	prober_close(p->prober, p->fd, s->tls);
	s->tls = NULL;
	p->fd = -1;
}

static void finish(struct probe *p)
{
	probe_done_fn *done = p->done;
	void *owner = p->owner;
	struct verdict v;

	MUST(p->stage == STAGE_DONE);
	p->verdict.duration = mono_sub(mono_now(), p->started);
	part(p);
	verdict_move(&p->verdict, &v);
	probe_free(p);
	done(owner, &v);
	verdict_done(&v);
}

static void on_ready(evutil_socket_t fd, short what, void *data);

/* Waits for what is needed, at most until the attempt's one deadline. */
static bool arm(struct probe *p, enum need need)
{
	short what = need == NEED_READ ? EV_READ : need == NEED_WRITE ? EV_WRITE : 0;
	struct timeval left = span_timeval(mono_sub(p->deadline, mono_now()));

	return event_assign(&p->io, prober_loop(p->prober), what != 0 ? p->fd : -1, what, on_ready,
			    p) == 0 &&
	       event_add(&p->io, &left) == 0;
}

static names_done_fn on_names;

static bool wait_for(struct probe *p, enum need need)
{
	struct serve *s = p->serve;

	if (need == NEED_LOOKUP && s->lookup == NULL)
		s->lookup = names_start(prober_resolver(p->prober), s->host, AF_UNSPEC,
					mono_sub(p->deadline, mono_now()), on_names, p);
	return arm(p, need);
}

static void drive(struct probe *p)
{
	enum need need;

	do
		need = stages[p->stage].step(p);
	while (need == NEED_STEP);
	if (need != NEED_FINISH && !wait_for(p, need))
		need = conclude_local(p, ENOMEM);
	if (need == NEED_FINISH)
		finish(p);
}

/*
 * The deadline has passed.  What had come before this loop got around to it still
 * counts, for one more round: our being late is not the peer's silence.  Which event
 * it was does not tell: when both are due, libevent reports the timeout alone.
 */
static bool grant_last_look(struct probe *p)
{
	if (p->overdue || p->fd < 0)
		return false;
	p->overdue = true;
	return true;
}

static void on_ready(evutil_socket_t fd, short what, void *data)
{
	struct probe *p = data;
	struct mono now = mono_now();

	(void)fd;
	(void)what;
	MUST(p->magic == PROBE_MAGIC);
	if (p->stage != STAGE_DONE && !mono_before(now, p->deadline) && !grant_last_look(p))
		(void)conclude_deadline(p, mono_sub(now, p->deadline));
	if (p->stage == STAGE_DONE)
		finish(p);
	else
		drive(p);
}

/* Those of the target's own family first: that way is known to exist. */
static void take_addresses(struct serve *s, const struct names_result *result, int family)
{
	s->addr_count = 0;
	for (int other = 0; other < 2; other++) {
		for (size_t i = 0; i < result->count && s->addr_count < LIMIT_ADDRESS_TRIES; i++) {
			if ((addr_family(&result->addrs[i]) != family) != other)
				continue;
			s->addrs[s->addr_count] = result->addrs[i];
			addr_set_port(&s->addrs[s->addr_count++], s->talk.elsewhere.port);
		}
	}
}

static void on_names(void *owner, const struct names_result *result)
{
	struct probe *p = owner;
	struct serve *s = p->serve;

	MUST(p->magic == PROBE_MAGIC);
	(void)event_del(&p->io);
	s->lookup = NULL;
	if (result->reason != REASON_OK) {
		if (result->reason == REASON_LOCAL)
			(void)conclude_local(p, EMFILE);
		else
			(void)conclude_service(p, SERVICE_HTTP_CLOSED,
					       reason_sentence(result->reason));
		finish(p);
		return;
	}
	take_addresses(s, result, addr_family(&p->spec->address));
	p->target = s->addrs[0];
	(void)probe_advance(p, STAGE_CONNECT);
	drive(p);
}

static struct serve *serve_new(struct prober *b, const struct probe_spec *spec)
{
	struct serve *s = xcalloc(1, sizeof *s);

	s->traits = dialect_traits(spec->dialect);
	/* The first use reads files for tens of milliseconds: not on the attempt's time. */
	if (s->traits->tls && spec->trust == NULL)
		(void)prober_truststore(b);
	s->host = spec->host;
	s->talk.spec = spec;
	s->talk.digests = prober_digests(b);
	buf_init(&s->banner, LIMIT_BANNER_BYTES);
	buf_init(&s->out, REQUEST_BYTES_MAX);
	return s;
}

struct probe *probe_start(struct prober *b, const struct probe_spec *spec, probe_done_fn *done,
			  void *owner)
{
	struct probe *p = xcalloc(1, sizeof *p);
	enum need need;

	p->magic = PROBE_MAGIC;
	p->fd = -1;
	p->stage = STAGE_CONNECT;
	p->prober = b;
	p->spec = spec;
	p->done = done;
	p->owner = owner;
	p->target = spec->address;
	p->verdict.address = spec->address;
	p->verdict.reason = REASON_NO_ANSWER;
	p->verdict.rtt_us = -1;
	if (spec->depth == DEPTH_SERVE)
		p->serve = serve_new(b, spec);
	p->started = mono_now();
	p->deadline = mono_add(p->started, spec->timeout);
	need = step_connect(p);
	if (need != NEED_FINISH && !arm(p, need))
		need = conclude_local(p, ENOMEM);
	if (need == NEED_FINISH) {
		/* Never from inside this call: the loop delivers it. */
		MUST(event_assign(&p->io, prober_loop(b), -1, 0, on_ready, p) == 0);
		event_active(&p->io, EV_READ, 0);
	}
	return p;
}

void probe_abort(struct probe *p)
{
	if (p == NULL)
		return;
	MUST(p->magic == PROBE_MAGIC);
	probe_free(p);
}
