/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_ca.c: banksman ca: the oVirt engine's own authority, as a Forklift provider wants it. */
#include <string.h>

#include "base/mem.h"
#include "cli/options.h"
#include "cli/single.h"
#include "cli/verb.h"
#include "probes/cert.h"
#include "report/exit.h"
#include "report/json.h"
#include "report/term.h"

static enum dialect dialect_of(uint16_t documented)
{
	(void)documented;
	return DIALECT_OVIRT_ENGINE;
}

static const struct cert *ca_of(const struct row *r)
{
	return r->finding.verdict.facts != NULL ? r->finding.verdict.facts->ca : NULL;
}

static void put_json(const struct row *r, const char *pem, struct buf *out)
{
	const struct facts *f = r->finding.verdict.facts;
	char address[ADDR_TEXT_SIZE];
	json_t *o = report_object();

	addr_format(&r->finding.address, address);
	report_set_text(o, "host", r->host->name);
	report_set_text(o, "address", address);
	report_set_number(o, "port", r->finding.port);
	report_set(o, "ca", report_cert(f->ca));
	report_set_text(o, "pem", pem);
	report_set(o, "verifies", json_boolean(f->ca_verifies));
	if (f->cert != NULL)
		report_set(o, "certificate", report_cert(f->cert));
	report_put(o, out);
}

static void tell(const struct row *r)
{
	const struct facts *f = r->finding.verdict.facts;
	char until[WALL_TEXT_SIZE];

	wall_format(f->ca->not_after, until);
	term_complain("CA of %s: %s, valid until %.10s", r->host->name, f->ca->subject, until);
	if (f->ca_verifies)
		term_complain("the certificate that %s serves verifies against it", r->host->name);
	else
		term_complain(
			"the certificate that %s serves does NOT verify against it: it has a "
			"certificate from elsewhere (issuer: %s). Then two authorities matter: "
			"that one for port %u, and this CA for the hosts on port 54322",
			r->host->name, f->cert != NULL ? f->cert->issuer : "unknown",
			r->finding.port);
}

/* The first address that gave it; says what the others did. */
static const struct row *choose(const struct results *s)
{
	const struct row *first = NULL;

	for (size_t i = 0; i < s->count; i++) {
		const struct cert *ca = ca_of(s->rows[i]);

		if (ca == NULL)
			single_complain(s->rows[i]);
		else if (first == NULL)
			first = s->rows[i];
		else if (memcmp(ca->sha256, ca_of(first)->sha256, SHA256_BYTES) != 0)
			term_complain("warning: the addresses of %s offer different CAs",
				      first->host->name);
	}
	return first;
}

static bool all_unknown(const struct results *s)
{
	for (size_t i = 0; i < s->count; i++)
		if (!finding_unknown(&s->rows[i]->finding))
			return false;
	return s->count > 0;
}

static int show(const struct options *o, const struct results *s)
{
	const struct row *r = choose(s);
	struct buf out;
	int status;

	if (r == NULL)
		return all_unknown(s) ? STATUS_LOCAL : STATUS_NOT_CLEAR;
	AUTO(text) char *pem = cert_pem(ca_of(r));
	buf_init(&out, TERM_OUTPUT_BYTES);
	if (o->output == OUTPUT_JSON)
		put_json(r, pem, &out);
	else
		buf_puts(&out, pem);
	status = term_write(&out, STATUS_CLEAR);
	buf_done(&out);
	tell(r);
	return status;
}

int cmd_ca(const struct options *o)
{
	struct single single;
	int status;

	status = single_ask(o, dialect_of, 1, &single);
	if (status == STATUS_CLEAR)
		status = show(o, &single.results);
	single_done(&single);
	return status;
}
