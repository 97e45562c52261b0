/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_fingerprint.c: banksman fingerprint: the thumbprint that a Forklift provider wants. */
#include <string.h>

#include "base/mem.h"
#include "cli/options.h"
#include "cli/single.h"
#include "cli/verb.h"
#include "probes/cert.h"
#include "report/exit.h"
#include "report/term.h"

/* ESXi's 902 greets in clear text before TLS. */
static enum dialect dialect_of(uint16_t documented)
{
	const struct port_rule *rule = port_rule_find(ROLE_ESXI, documented);

	return rule != NULL && rule->dialect == DIALECT_AUTHD ? DIALECT_AUTHD : DIALECT_TLS;
}

static const struct cert *cert_of(const struct row *r)
{
	return r->finding.verdict.facts != NULL ? r->finding.verdict.facts->cert : NULL;
}

static void put_fingerprint(const struct row *r, bool sha256, struct buf *out)
{
	const struct cert *c = cert_of(r);
	char text[FINGERPRINT_TEXT_SIZE];

	if (sha256)
		fingerprint_format(c->sha256, sizeof c->sha256, text);
	else
		fingerprint_format(c->sha1, sizeof c->sha1, text);
	buf_puts(out, text);
	buf_puts(out, "\n");
}

/* One line when all of the host's addresses show the same certificate, else one for each. */
static bool put_host(struct row *const *rows, size_t count, const struct options *o, bool named,
		     struct buf *out)
{
	const struct row *first = NULL;
	bool agree = true;

	for (size_t i = 0; i < count; i++) {
		if (cert_of(rows[i]) == NULL) {
			single_complain(rows[i]);
			continue;
		}
		if (first == NULL)
			first = rows[i];
		agree = agree &&
			memcmp(cert_of(first)->sha256, cert_of(rows[i])->sha256, SHA256_BYTES) == 0;
	}
	for (size_t i = 0; i < count; i++) {
		char address[ADDR_TEXT_SIZE];

		if (cert_of(rows[i]) == NULL || (agree && rows[i] != first))
			continue;
		addr_format(&rows[i]->finding.address, address);
		if (named || !agree)
			buf_printf(out, "%s  ", rows[i]->host->name);
		if (!agree)
			buf_printf(out, "%s  ", address);
		put_fingerprint(rows[i], o->sha256, out);
	}
	if (!agree)
		term_complain("%s: its addresses show different certificates", rows[0]->host->name);
	return agree && first != NULL;
}

/* STATUS_LOCAL when all that is missing is missing because of this machine. */
static int missing_status(const struct results *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (cert_of(s->rows[i]) == NULL && !finding_unknown(&s->rows[i]->finding))
			return STATUS_NOT_CLEAR;
	for (size_t i = 0; i < s->count; i++)
		if (cert_of(s->rows[i]) == NULL)
			return STATUS_LOCAL;
	return STATUS_NOT_CLEAR;
}

int cmd_fingerprint(const struct options *o)
{
	struct single single;
	int status = single_ask(o, dialect_of, HOSTS_MAX, &single);
	const struct results *s = &single.results;
	struct buf out;
	bool all = true;

	buf_init(&out, TERM_OUTPUT_BYTES);
	for (size_t i = 0; i < s->count;) {
		size_t n = 1;

		while (i + n < s->count && s->rows[i + n]->host_order == s->rows[i]->host_order)
			n++;
		all = put_host(&s->rows[i], n, o, single.hosts.count > 1, &out) && all;
		i += n;
	}
	if (status == STATUS_CLEAR && !all)
		status = missing_status(s);
	status = term_write(&out, status);
	buf_done(&out);
	single_done(&single);
	return status;
}
