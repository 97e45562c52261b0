/* SPDX-License-Identifier: Apache-2.0 */
/* conclude.c: how an attempt's findings get into its verdict. */
#include <string.h>

#include "base/text.h"
#include "probes/certs.h"
#include "probes/machine.h"
#include "probes/prober.h"
#include "probes/trust.h"

/* So late that a fault in time is ours: as long as a short attempt. */
enum { LATE_MS = 1000 };

enum need conclude_port(struct probe *p, enum reason r, int os_error)
{
	p->verdict.reason = r;
	p->verdict.os_error = os_error;
	(void)probe_advance(p, STAGE_DONE);
	return NEED_FINISH;
}

/* A transport's or protocol's fault; the registry dialect has words of its own for the others. */
static bool service_of_peer(enum service s)
{
	return s != SERVICE_TOKEN_FAILED && s != SERVICE_NEEDS_LOGIN && s != SERVICE_LOCAL;
}

enum need conclude_service(struct probe *p, enum service s, const char *detail)
{
	struct facts *f = verdict_facts(&p->verdict);

	if (probe_on_side_trip(p) && service_of_peer(s)) {
		text_printf(f->detail, sizeof f->detail, "its token server %s: %s",
			    p->serve->talk.elsewhere.host,
			    detail != NULL && detail[0] != '\0' ? detail : service_sentence(s));
		s = SERVICE_TOKEN_FAILED;
	} else if (detail != NULL) {
		text_printf(f->detail, sizeof f->detail, "%s", detail);
	}
	p->verdict.reason = REASON_OK;
	p->verdict.service = s;
	(void)probe_advance(p, STAGE_DONE);
	return NEED_FINISH;
}

enum need conclude_local(struct probe *p, int os_error)
{
	/* Before the port was found open nothing is known of it; after that it stays open. */
	if (p->verdict.reason != REASON_OK)
		return conclude_port(p, REASON_LOCAL, os_error);
	return conclude_service(p, SERVICE_LOCAL, strerrordesc_np(os_error));
}

enum need conclude_broken(struct probe *p, int os_error, bool heard, enum service s)
{
	if (reason_of_errno(os_error) != REASON_RESET)
		return conclude_service(p, s, strerrordesc_np(os_error));
	if (!heard && !p->serve->again)
		return conclude_port(p, REASON_RESET, os_error);
	return conclude_service(p, s, "the connection was reset");
}

enum need conclude_deadline(struct probe *p, struct span late)
{
	static const enum service waited_for[STAGE_N] = {
		[STAGE_RESOLVE] = SERVICE_HTTP_TIMEOUT,  [STAGE_CONNECT] = SERVICE_HTTP_TIMEOUT,
		[STAGE_BANNER] = SERVICE_BANNER_TIMEOUT, [STAGE_TLS] = SERVICE_TLS_TIMEOUT,
		[STAGE_SERVICE] = SERVICE_HTTP_TIMEOUT,
	};

	/* The kernel waited for the SYN-ACK whatever we did: still none is silence. */
	if (p->stage == STAGE_CONNECT && (p->serve == NULL || !p->serve->again))
		return conclude_port(p, REASON_NO_ANSWER, 0);
	if (span_ms(late) >= LATE_MS)
		return conclude_service(p, SERVICE_LOCAL,
					"this machine was too busy to wait for it");
	return conclude_service(p, waited_for[p->stage], NULL);
}

/* The certificate's facts, and what they are worth. */
static void judge_certificate(struct probe *p, const STACK_OF(X509) * chain, struct facts *f)
{
	const struct probe_spec *spec = p->spec;
	struct trust_ask ask = {
		.store = spec->trust != NULL ? spec->trust : prober_truststore(p->prober),
		.store_named = spec->trust != NULL,
		.host = spec->host,
		.pin = &spec->pin,
		.now = wall_now(),
		.warn = spec->expiry_warning,
	};

	if (ask.store != NULL)
		f->cert = certs_judge(prober_certs(p->prober), chain, &ask, &f->trust);
}

void conclude_tls(struct probe *p)
{
	struct facts *f = verdict_facts(&p->verdict);
	struct tls *t = p->serve->tls;

	if (p->serve->again)
		return;
	f->tls_alert = t->alert;
	f->client_cert_requested = t->client_cert_requested;
	if (SSL_is_init_finished(t->ssl)) {
		text_printf(f->tls_version, sizeof f->tls_version, "%s", SSL_get_version(t->ssl));
		text_printf(f->tls_cipher, sizeof f->tls_cipher, "%s", SSL_get_cipher_name(t->ssl));
	}
	if (t->chain != NULL && sk_X509_num(t->chain) > 0)
		judge_certificate(p, t->chain, f);
}
