/* SPDX-License-Identifier: Apache-2.0 */
/* findings.c: see findings.h. */
#include "tests/unit/findings.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"

/* 2020-01-01 and 2030-01-01. */
#define FROM_MS INT64_C(1577836800000)
#define TO_MS   INT64_C(1893456000000)

struct finding *finding_made(const struct machine *m, const char *address, uint16_t port)
{
	const struct port_rule *rule = port_rule_find(m->role, port);
	struct finding *found = xcalloc(1, sizeof *found);

	*found = (struct finding){
		.host = m->name,
		.image = m->image,
		.port = port,
		.dialect = rule != NULL ? rule->dialect : DIALECT_TCP,
		.role = m->role,
		.rule = rule,
		.verdict = { .rtt_us = -1 },
	};
	if (address != NULL)
		MUST(addr_parse(address, port, &found->address));
	return found;
}

void finding_free(struct finding *found)
{
	verdict_done(&found->verdict);
	free(found);
}

void finding_icmp(struct finding *found, enum reason reason, const char *from)
{
	found->verdict.reason = reason;
	found->verdict.icmp = (struct icmp){ .present = true, .type = 3, .code = 13 };
	MUST(addr_parse(from, 0, &found->verdict.icmp.from));
}

struct cert *cert_made(const char *subject, const char *issuer)
{
	struct cert *c = xcalloc(1, sizeof *c);

	c->refs = 1;
	memset(c->sha1, 0x01, sizeof c->sha1);
	memset(c->sha256, 0xab, sizeof c->sha256);
	memset(c->spki_sha256, 0xff, sizeof c->spki_sha256);
	c->subject = xstrdup(subject);
	c->issuer = xstrdup(issuer);
	c->not_before = (struct wall){ FROM_MS };
	c->not_after = (struct wall){ TO_MS };
	c->key_type = "RSA";
	c->key_bits = 2048;
	c->signature = "sha256WithRSAEncryption";
	return c;
}

struct cert *finding_cert(struct finding *found)
{
	struct facts *f = verdict_facts(&found->verdict);

	found->verdict.service = SERVICE_SERVING;
	f->cert = cert_made("CN=esx01.example.com", "CN=Example CA");
	f->trust =
		(struct judgement){ .chain_ok = true, .name_ok = true, .overall = TRUST_TRUSTED };
	return f->cert;
}

void findings_free(struct findings *s)
{
	for (size_t i = 0; i < s->count; i++)
		finding_free(s->list[i]);
	findings_done(s);
}
