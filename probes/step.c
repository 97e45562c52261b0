/* SPDX-License-Identifier: Apache-2.0 */
/* step.c: the stages up to a standing connection: name, TCP, greeting, TLS. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/must.h"
#include "base/text.h"
#include "probes/banner.h"
#include "probes/machine.h"
#include "probes/prober.h"
#include "probes/sock.h"

/* A side trip's name; answered in on_names(). */
enum need step_resolve(struct probe *p)
{
	struct serve *s = p->serve;
	struct addr numeric;

	if (!addr_parse(s->host, s->talk.elsewhere.port, &numeric))
		return NEED_LOOKUP;
	s->addrs[0] = numeric;
	s->addr_count = 1;
	p->target = numeric;
	return probe_advance(p, STAGE_CONNECT);
}

/* No connection came about.  The first one's end is the port's finding; a later one's the service's. */
static enum need not_connected(struct probe *p, enum reason r, int os_error)
{
	struct serve *s = p->serve;

	if (r == REASON_LOCAL)
		return conclude_local(p, os_error);
	if (s == NULL || !s->again)
		return conclude_port(p, r, os_error);
	if (probe_on_side_trip(p) && ++s->addr_next < s->addr_count) {
		probe_disconnect(p);
		p->target = s->addrs[s->addr_next];
		return NEED_STEP;
	}
	return conclude_service(p, SERVICE_HTTP_CLOSED, reason_sentence(r));
}

static enum need begin_connect(struct probe *p)
{
	enum sock_manner manner = p->spec->depth == DEPTH_REACH ? SOCK_SILENT : SOCK_POLITE;
	bool connecting;
	int error = sock_connect(&p->target, manner, 0, p->spec->timeout, &p->fd, &connecting);

	if (error == 0)
		return NEED_WRITE;
	if (!connecting)
		return conclude_local(p, error);
	return not_connected(p, reason_of_errno(error), error);
}

static enum need after_connect(struct probe *p)
{
	struct serve *s = p->serve;

	if (s == NULL)
		return conclude_port(p, REASON_OK, 0);
	p->verdict.reason = REASON_OK;
	sock_settle(p->fd, &p->target);
	if (s->traits->banner && !s->again)
		return probe_advance(p, STAGE_BANNER);
	if (probe_on_side_trip(p) ? s->talk.elsewhere.tls : s->traits->tls && !p->spec->plain)
		return probe_advance(p, STAGE_TLS);
	if (s->traits->talk != NULL)
		return probe_advance(p, STAGE_SERVICE);
	return conclude_port(p, REASON_OK, 0);
}

enum need step_connect(struct probe *p)
{
	struct sock_outcome out;

	if (p->fd < 0)
		return begin_connect(p);
	sock_outcome(p->fd, &p->target, &out);
	if (p->serve == NULL || !p->serve->again) {
		p->verdict.rtt_us = out.rtt_us;
		p->verdict.syn_retransmits = out.retransmits;
		p->verdict.icmp = out.icmp;
	}
	if (out.pending)
		return NEED_WRITE;
	if (out.reason != REASON_OK)
		return not_connected(p, out.reason, out.os_error);
	return after_connect(p);
}

static void put_feature(struct facts *f, bool present, const char *word)
{
	size_t used = strlen(f->features);

	if (present)
		text_printf(f->features + used, sizeof f->features - used, "%s%s",
			    used > 0 ? " " : "", word);
}

static enum need judge_banner(struct probe *p, const char *line, size_t len)
{
	struct facts *f = verdict_facts(&p->verdict);
	struct banner b;

	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (!banner_parse(line, len, &b)) {
		text_printf(f->detail, sizeof f->detail, "it greets with \"%.*s\"",
			    len > 80 ? 80 : (int)len, line);
		return conclude_service(p, SERVICE_BANNER_MISMATCH, NULL);
	}
	text_printf(f->product, sizeof f->product, "VMware Authentication Daemon");
	text_printf(f->version, sizeof f->version, "%s", b.version);
	put_feature(f, b.ssl_required, "SSL");
	put_feature(f, b.nfc_ssl, "NFCSSL");
	put_feature(f, b.sha256, "SHA256");
	return probe_advance(p, STAGE_TLS);
}

/* Takes the greeting's line and not one byte more: TLS follows on the same socket. */
enum need step_banner(struct probe *p)
{
	struct buf *b = &p->serve->banner;
	char chunk[LIMIT_BANNER_BYTES];
	ssize_t n = recv(p->fd, chunk, sizeof chunk, MSG_PEEK);
	const char *end;
	size_t take;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return NEED_READ;
	if (n < 0)
		return conclude_broken(p, errno, b->len > 0, SERVICE_BANNER_CLOSED);
	if (n == 0)
		return conclude_service(p, SERVICE_BANNER_CLOSED, NULL);
	end = memchr(chunk, '\n', (size_t)n);
	take = end != NULL ? (size_t)(end - chunk) + 1 : (size_t)n;
	if (recv(p->fd, chunk, take, 0) != (ssize_t)take)
		return conclude_broken(p, ECONNRESET, true, SERVICE_BANNER_CLOSED);
	buf_put(b, chunk, take);
	if (buf_overflowed(b) || (end == NULL && b->len == LIMIT_BANNER_BYTES))
		return judge_banner(p, buf_text(b), b->len);
	return end == NULL ? NEED_READ : judge_banner(p, buf_text(b), b->len - 1);
}

static enum need after_handshake(struct probe *p)
{
	struct serve *s = p->serve;

	conclude_tls(p);
	if (s->traits->talk != NULL)
		return probe_advance(p, STAGE_SERVICE);
	if (s->tls->client_cert_requested)
		return conclude_service(p, SERVICE_SERVING, "it asks for a client certificate");
	return conclude_service(p, SERVICE_SERVING, NULL);
}

static enum need failed_handshake(struct probe *p, enum tls_step step)
{
	struct tls *t = p->serve->tls;

	if (step == TLS_LOCAL)
		return conclude_local(p, ENOMEM);
	conclude_tls(p);
	switch (step) {
	case TLS_RESET:
		return conclude_broken(p, t->os_error, t->heard || p->serve->traits->banner,
				       SERVICE_TLS_CLOSED);
	case TLS_ALERTED:
		return conclude_service(p, SERVICE_TLS_ALERT, t->detail);
	case TLS_NOT_TLS:
		return conclude_service(p, SERVICE_NOT_TLS, t->detail);
	case TLS_CLOSED:
		return conclude_service(p, SERVICE_TLS_CLOSED, NULL);
	case TLS_FAILED:
		return conclude_service(p, SERVICE_TLS_ERROR, t->detail);
	case TLS_LOCAL:
	case TLS_OK:
	case TLS_WANT_READ:
	case TLS_WANT_WRITE:
		break;
	}
	MUST(false);
	return NEED_FINISH;
}

enum need step_tls(struct probe *p)
{
	struct serve *s = p->serve;
	SSL_CTX *ctx = prober_tls_context(p->prober);
	enum tls_step step;

	if (s->tls == NULL && ctx != NULL)
		s->tls = tls_new(ctx, p->fd, s->host);
	if (s->tls == NULL)
		return conclude_local(p, ENOMEM);
	step = tls_handshake(s->tls);
	if (step == TLS_WANT_READ)
		return NEED_READ;
	if (step == TLS_WANT_WRITE)
		return NEED_WRITE;
	return step == TLS_OK ? after_handshake(p) : failed_handshake(p, step);
}
