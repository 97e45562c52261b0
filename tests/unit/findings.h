/* SPDX-License-Identifier: Apache-2.0 */
/* findings.h: findings made for a test. */
#ifndef TESTS_UNIT_FINDINGS_H
#define TESTS_UNIT_FINDINGS_H

#include <stdint.h>

#include "report/finding.h"

struct cert;

/* Whom a test asks. */
struct machine {
	enum role role;
	const char *name;
	const char *image; /* NULL: no registry */
};

/*
 * An open port of m at address (NULL: the name has none), asked as the documented port that its
 * role has there, else by tcp; finding_free() frees it.
 */
struct finding *finding_made(const struct machine *m, const char *address, uint16_t port);
void finding_free(struct finding *found);

/* Lets a device answer for the port with an ICMP error. */
void finding_icmp(struct finding *found, enum reason reason, const char *from);

/* A certificate for esx01.example.com by Example CA, valid to 2030, as the one that was seen. */
struct cert *finding_cert(struct finding *found);

/* A certificate that a test may change; cert_free() frees it. */
struct cert *cert_made(const char *subject, const char *issuer);

/* findings_done(), and frees the findings themselves. */
void findings_free(struct findings *s);

#endif
