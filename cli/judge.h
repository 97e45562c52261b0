/* SPDX-License-Identifier: Apache-2.0 */
/* judge.h: what several rows together say about a certificate. */
#ifndef CLI_JUDGE_H
#define CLI_JUDGE_H

#include <stdbool.h>

struct results;

/*
 * ESXi 902 must show the certificate of 443 of the same address.  An oVirt host's
 * 54322 must lead to the CA of the engine that was asked in the same call, unless
 * the person named authorities (ca_named).  Changes the rows' judgements.
 */
void judge_all(struct results *s, bool ca_named);

#endif
