/* SPDX-License-Identifier: Apache-2.0 */
/*
 * served.h: what a serve check learned, in as little memory as it takes: thousands of
 * endpoints keep one each, a verdict's facts would be 2 KiB.
 */
#ifndef DAEMON_SERVED_H
#define DAEMON_SERVED_H

#include <stdbool.h>

#include "probes/reason.h"
#include "probes/verdict.h"

struct cert;
struct facts;
struct served;

/* v's service and facts; takes a reference to the certificates.  v is borrowed. */
struct served *served_new(const struct verdict *v);

/* Where s saw no certificate it keeps the one of before (NULL: nothing), with its judgement. */
void served_inherit(struct served *s, const struct served *before);

/* NULL is allowed. */
void served_free(struct served *s);

enum service served_service(const struct served *s);

/* The certificate that was shown last; borrowed; NULL: none. */
struct cert *served_cert(const struct served *s);

/*
 * The facts as the check found them, in ret_facts, which borrows from s: the certificates
 * must not be freed with it.
 */
void served_facts(const struct served *s, struct facts *ret_facts);

#endif
