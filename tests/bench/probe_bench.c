/* SPDX-License-Identifier: Apache-2.0 */
/* probe_bench.c: the checks of bare_reach.c and bare_serve.c through probe_start(). */
#include <event2/event.h>
#include <stdlib.h>

#include "base/mem.h"
#include "probes/probe.h"
#include "probes/prober.h"
#include "probes/verdict.h"
#include "tests/bench/bench.h"

enum { TIMEOUT_MS = 30000 }; /* a thousand handshakes wait for one busy server */

struct slot {
	struct probe_spec spec;
	struct fleet *fleet;
};

struct fleet {
	const struct bench *bench;
	struct prober *prober;
	struct slot *slots; /* owned; as many as there are in flight */
	uint64_t checks;    /* of this run */
	uint64_t started;
	uint64_t failed;
};

static probe_done_fn on_verdict;

static void start(struct slot *s)
{
	struct fleet *f = s->fleet;

	s->spec.address = bench_addr(f->bench, f->started++);
	(void)probe_start(f->prober, &s->spec, on_verdict, s);
}

static bool as_expected(const struct bench *b, const struct verdict *v)
{
	if (v->reason != REASON_OK || v->rtt_us < 0)
		return false;
	return !b->serve || (v->service == SERVICE_SERVING && verdict_trust(v) == TRUST_TRUSTED);
}

static void on_verdict(void *owner, struct verdict *v)
{
	struct slot *s = owner;
	struct fleet *f = s->fleet;

	if (!as_expected(f->bench, v))
		f->failed++;
	if (f->started < f->checks)
		start(s);
}

/* Returns when all have ended and every connection is closed. */
static void run(struct fleet *f, uint64_t checks)
{
	f->checks = checks;
	f->started = f->failed = 0;
	for (uint64_t i = 0; i < f->bench->in_flight && f->started < checks; i++)
		start(&f->slots[i]);
	MUST(event_base_dispatch(prober_loop(f->prober)) >= 0);
}

static struct slot *slots_new(struct fleet *f)
{
	struct slot *slots = xcalloc(f->bench->in_flight, sizeof *slots);

	for (uint64_t i = 0; i < f->bench->in_flight; i++) {
		slots[i].fleet = f;
		slots[i].spec = (struct probe_spec){
			.host = BENCH_HOST,
			.depth = f->bench->serve ? DEPTH_SERVE : DEPTH_REACH,
			.dialect = f->bench->serve ? DIALECT_TLS : DIALECT_TCP,
			.timeout = span_of_ms(TIMEOUT_MS),
		};
	}
	return slots;
}

int main(int argc, char **argv)
{
	struct bench b;
	struct fleet f = { .bench = &b };
	struct event_base *loop = prober_loop_new();
	struct err e;
	int64_t before;

	if (!bench_options(argc, argv, &b))
		return 2;
	f.prober = loop != NULL ? prober_new(loop, NULL, &e) : NULL;
	MUST(f.prober != NULL);
	f.slots = slots_new(&f);
	run(&f, bench_warm_up(&b));
	before = bench_cpu_us();
	run(&f, b.checks);
	bench_print(&b, bench_cpu_us() - before, f.failed);
	free(f.slots);
	prober_free(f.prober);
	event_base_free(loop);
	return f.failed > 0;
}
