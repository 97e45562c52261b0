/* SPDX-License-Identifier: Apache-2.0 */
/* judge.c: see judge.h. */
#include "cli/judge.h"

#include <string.h>

#include "cli/row.h"

static const struct cert *cert_of(const struct row *r)
{
	return r->finding.verdict.facts != NULL ? r->finding.verdict.facts->cert : NULL;
}

/* The row of the same host and address that spoke to hostd on 443. */
static const struct row *find_hostd(const struct results *s, const struct row *authd)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct row *r = s->rows[i];

		if (r->finding.dialect == DIALECT_ESXI && r->host_order == authd->host_order &&
		    cert_of(r) != NULL &&
		    addr_same_host(&r->finding.address, &authd->finding.address))
			return r;
	}
	return NULL;
}

static void compare_with_hostd(const struct results *s, struct row *authd)
{
	const struct row *hostd = find_hostd(s, authd);
	const struct cert *theirs = hostd != NULL ? cert_of(hostd) : NULL;
	const struct cert *ours = cert_of(authd);

	if (theirs == NULL || ours == NULL)
		return;
	authd->finding.same_as_443 = memcmp(theirs->sha256, ours->sha256, SHA256_BYTES) == 0;
	trust_require_same(&authd->finding.verdict, &hostd->finding.verdict);
}

/* The engine's CA that issued a host's certificate; any engine's when none did; else NULL. */
static const struct cert *find_ca(const struct results *s, const struct cert *leaf)
{
	const struct cert *found = NULL;

	for (size_t i = 0; i < s->count; i++) {
		const struct facts *f = s->rows[i]->finding.verdict.facts;

		if (f == NULL || f->ca == NULL)
			continue;
		if (strcmp(f->ca->subject, leaf->issuer) == 0)
			return f->ca;
		if (found == NULL)
			found = f->ca;
	}
	return found;
}

void judge_all(struct results *s, bool ca_named)
{
	for (size_t i = 0; i < s->count; i++) {
		struct row *r = s->rows[i];

		if (cert_of(r) == NULL)
			continue;
		if (r->finding.dialect == DIALECT_AUTHD) {
			compare_with_hostd(s, r);
		} else if (r->finding.dialect == DIALECT_IMAGEIO && !ca_named) {
			const struct cert *ca = find_ca(s, cert_of(r));

			if (ca != NULL)
				trust_require_ca(&r->finding.verdict, ca);
		}
	}
}
