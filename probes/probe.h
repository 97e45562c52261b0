/* SPDX-License-Identifier: Apache-2.0 */
/* probe.h: one attempt at one address and port. */
#ifndef PROBES_PROBE_H
#define PROBES_PROBE_H

#include "base/addr.h"
#include "base/clock.h"
#include "probes/cert.h"
#include "probes/role.h"

struct prober;
struct probe;
struct truststore;
struct verdict;

enum depth {
	DEPTH_REACH, /* silent: the peer's accept() never returns (SYN, SYN-ACK, RST) */
	DEPTH_SERVE, /* the whole dialect and a clean close */
};

/* What to try.  Every pointer is borrowed and outlives the probe. */
struct probe_spec {
	const char *host; /* the name that was asked for: SNI, HTTP Host, name in the certificate */
	struct addr address; /* where to connect, with the port */
	enum depth depth;
	enum dialect dialect;
	struct span timeout;            /* of the whole attempt */
	const struct truststore *trust; /* NULL: the system's authorities */
	struct pin pin;                 /* len 0: none */
	struct span expiry_warning;     /* "expiring" when less is left; 0: never */
	const char *min_version;        /* of the product; NULL or "": any */
	const char *http_path;          /* DIALECT_HTTP(S); NULL: "/" */
	unsigned http_status;           /* DIALECT_HTTP(S): expected; 0: any below 400 */
	const char *image;              /* DIALECT_REGISTRY: the image reference */
	bool plain;                     /* DIALECT_REGISTRY: HTTP without TLS */
};

/*
 * Receives the verdict, once.  The probe is already freed.  v lives for the call;
 * the callback may keep it with verdict_move(), else it is freed after the call.
 */
typedef void probe_done_fn(void *owner, struct verdict *v);

/*
 * Starts an attempt; done runs later from the loop, never from inside this call,
 * at the latest when spec->timeout has passed.  Never fails: what goes wrong is
 * in the verdict.  The handle is valid until done runs or probe_abort() is called.
 */
struct probe *probe_start(struct prober *b, const struct probe_spec *spec, probe_done_fn *done,
			  void *owner);

/* Ends p without calling done.  NULL is allowed; p is freed. */
void probe_abort(struct probe *p);

#endif
