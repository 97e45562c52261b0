/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.c: see verdict.h. */
#include "probes/verdict.h"

#include <stdlib.h>

#include "base/mem.h"

struct facts *verdict_facts(struct verdict *v)
{
	if (v->facts == NULL) {
		v->facts = xcalloc(1, sizeof *v->facts);
		v->facts->tls_alert = -1;
	}
	return v->facts;
}

enum trust verdict_trust(const struct verdict *v)
{
	return v->facts == NULL || v->facts->cert == NULL ? TRUST_UNTRIED : v->facts->trust.overall;
}

void verdict_done(struct verdict *v)
{
	if (v->facts == NULL)
		return;
	cert_free(v->facts->cert);
	cert_free(v->facts->ca);
	free(v->facts);
	v->facts = NULL;
}

void verdict_move(struct verdict *v, struct verdict *ret_verdict)
{
	*ret_verdict = *v;
	v->facts = NULL;
}
