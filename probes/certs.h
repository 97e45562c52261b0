/* SPDX-License-Identifier: Apache-2.0 */
/*
 * certs.h: the certificates seen lately.  A host shows the same chain at every
 * check; to hash it costs a hundredth of reading and verifying it again.
 */
#ifndef PROBES_CERTS_H
#define PROBES_CERTS_H

#include <openssl/x509.h>

#include "probes/trust.h"

struct cert;
struct certs;
struct digests;

/* Keeps the last LIMIT_CERTS chains.  d is borrowed and outlives the result. */
struct certs *certs_new(const struct digests *d);
void certs_free(struct certs *c);

/*
 * The facts of a served chain (borrowed, not empty) and the judgement of ask on
 * it.  Returns a reference that cert_free() gives back; NULL: no memory.  How the
 * chain leads to ask->store is remembered for an hour; name, pin and the
 * certificate's own dates are judged anew each time.
 */
struct cert *certs_judge(struct certs *c, const STACK_OF(X509) * chain, const struct trust_ask *ask,
			 struct judgement *ret_judgement);

#endif
