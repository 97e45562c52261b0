/* SPDX-License-Identifier: Apache-2.0 */
/* rows.c: see rows.h. */
#include "tests/unit/rows.h"

#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "cli/hosts.h"

/* 2020-01-01 and 2030-01-01. */
#define FROM_MS INT64_C(1577836800000)
#define TO_MS   INT64_C(1893456000000)

struct row *row_made(const struct host *h, const char *address, uint16_t port)
{
	const struct port_rule *rule = port_rule_find(h->role, port);
	struct plan_item item = {
		.port = port,
		.dialect = rule != NULL ? rule->dialect : DIALECT_TCP,
		.rule = rule,
	};
	struct addr a = { 0 };

	if (address != NULL)
		MUST(addr_parse(address, port, &a));
	return row_new(h, 0, &a, &item);
}

void row_icmp(struct row *r, enum reason reason, const char *from)
{
	r->verdict.reason = reason;
	r->verdict.icmp = (struct icmp){ .present = true, .type = 3, .code = 13 };
	MUST(addr_parse(from, 0, &r->verdict.icmp.from));
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

struct cert *row_cert(struct row *r)
{
	struct facts *f = verdict_facts(&r->verdict);

	r->verdict.service = SERVICE_SERVING;
	f->cert = cert_made("CN=esx01.example.com", "CN=Example CA");
	f->trust =
		(struct judgement){ .chain_ok = true, .name_ok = true, .overall = TRUST_TRUSTED };
	return f->cert;
}

void results_add(struct results *s, struct row *r)
{
	s->rows = xreallocarray(s->rows, s->count + 1, sizeof(struct row *));
	s->rows[s->count++] = r;
}
