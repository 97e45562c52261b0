/* SPDX-License-Identifier: Apache-2.0 */
/* rows.h: results made for a test. */
#ifndef TESTS_UNIT_ROWS_H
#define TESTS_UNIT_ROWS_H

#include <stdint.h>

#include "cli/row.h"

struct cert;
struct host;

/*
 * An open port of h at address (NULL: the name has none), asked as the documented port that its
 * role has there, else by tcp; row_free() frees it.
 */
struct row *row_made(const struct host *h, const char *address, uint16_t port);

/* Lets a device answer for r's port with an ICMP error. */
void row_icmp(struct row *r, enum reason reason, const char *from);

/* A certificate for esx01.example.com by Example CA, valid to 2030, as the one that r saw. */
struct cert *row_cert(struct row *r);

/* A certificate that a test may change; cert_free() frees it. */
struct cert *cert_made(const char *subject, const char *issuer);

/* Appends r, which s then owns. */
void results_add(struct results *s, struct row *r);

#endif
