/* SPDX-License-Identifier: Apache-2.0 */
/* siblings.c: see siblings.h. */
#include "daemon/siblings.h"

#include "daemon/conf.h"
#include "daemon/provider.h"
#include "daemon/registry.h"
#include "daemon/served.h"
#include "probes/trust.h"
#include "probes/verdict.h"

void siblings_judge(const struct endpoint *e, struct verdict *v)
{
	const struct conf_target *t = e->target->conf;
	struct provider *p = e->target->provider;

	if (t->dialect == DIALECT_AUTHD) {
		const struct endpoint *hostd = registry_sibling(e, DIALECT_ESXI);
		struct facts facts;
		struct verdict other = { .facts = &facts };

		if (hostd != NULL && hostd->served != NULL) {
			other.address = hostd->addr;
			served_facts(hostd->served, &facts);
			trust_require_same(v, &other);
		}
	} else if (t->dialect == DIALECT_IMAGEIO && t->ca_file == NULL && p != NULL &&
		   p->ca != NULL) {
		trust_require_ca(v, p->ca);
	}
}

bool siblings_await_ca(const struct endpoint *e)
{
	const struct conf_target *t = e->target->conf;
	const struct provider *p = e->target->provider;

	return t->dialect == DIALECT_IMAGEIO && t->ca_file == NULL && t->pin.len == 0 &&
	       p != NULL && p->ca == NULL;
}

void siblings_keep_ca(const struct endpoint *e, const struct facts *f)
{
	struct provider *p = e->target->provider;

	if (p == NULL || f->ca == NULL || f->ca == p->ca)
		return;
	cert_free(p->ca);
	p->ca = cert_ref(f->ca);
}

struct endpoint *siblings_twin(const struct endpoint *e)
{
	switch (e->target->conf->dialect) {
	case DIALECT_ESXI:
		return registry_sibling(e, DIALECT_AUTHD);
	case DIALECT_AUTHD:
		return registry_sibling(e, DIALECT_ESXI);
	case DIALECT_TCP:
	case DIALECT_TLS:
	case DIALECT_HTTP:
	case DIALECT_HTTPS:
	case DIALECT_IDENTIFY:
	case DIALECT_VCENTER:
	case DIALECT_OVIRT_ENGINE:
	case DIALECT_IMAGEIO:
	case DIALECT_REGISTRY:
	case DIALECT_N:
		break;
	}
	return NULL;
}
