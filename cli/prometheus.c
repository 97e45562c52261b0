/* SPDX-License-Identifier: Apache-2.0 */
/* prometheus.c: see prometheus.h. */
#include "cli/prometheus.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/addr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"
#include "base/version.h"
#include "cli/promreply.h"
#include "cli/shown.h"

enum { CONNECT_TIMEOUT_MS = 10000, TOKEN_BYTES = 16 * 1024, URL_BYTES = 64 * 1024 };
enum { WHERE_SIZE = 128, CURL_TEXT_SIZE = 160 };

struct prometheus {
	const struct prometheus_conf *conf; /* borrowed */
	CURL *curl;                         /* owned */
	bool initialised;
	bool tls;
	struct curl_slist *headers; /* owned; with the token, if there is one */
	char *url;                  /* owned; up to the query */
	char where[WHERE_SIZE];     /* the URL as it was given, fit to be shown */
	struct buf body;
	char error[CURL_ERROR_SIZE];
};

/* ---- the token */

/* Reads up to the end; a token is printable ASCII without blanks. */
static bool read_token(const char *path, char *token, struct err *ret_err)
{
	FILE *f = fopen(path, "re");
	size_t len;
	bool failed;

	if (f == NULL)
		return err_set(ret_err, errno, "%s: %s", path, strerrordesc_np(errno));
	len = fread(token, 1, TOKEN_BYTES, f);
	failed = ferror(f) != 0;
	(void)fclose(f);
	if (failed)
		return err_set(ret_err, EIO, "%s: cannot be read", path);
	if (len == TOKEN_BYTES)
		return err_set(ret_err, EFBIG, "%s: it is larger than a token", path);
	while (len > 0 && (token[len - 1] == '\n' || token[len - 1] == '\r'))
		len--;
	token[len] = '\0';
	if (len == 0)
		return err_set(ret_err, EINVAL, "%s: it is empty", path);
	for (size_t i = 0; i < len; i++)
		if (token[i] <= ' ' || token[i] > '~')
			return err_set(
				ret_err, EINVAL,
				"%s: it holds a blank or another character that no token has",
				path);
	return true;
}

static bool add_header(struct prometheus *p, const char *text)
{
	struct curl_slist *more = curl_slist_append(p->headers, text);

	if (more != NULL)
		p->headers = more;
	return more != NULL;
}

static bool add_token(struct prometheus *p, struct err *ret_err)
{
	char *token = xcalloc(1, TOKEN_BYTES + 1);
	bool ok = read_token(p->conf->token_file, token, ret_err);

	if (ok) {
		char *header = xasprintf("Authorization: Bearer %s", token);

		ok = add_header(p, header) || err_set(ret_err, 0, "libcurl has no memory");
		explicit_bzero(header, strlen(header));
		free(header);
	}
	explicit_bzero(token, TOKEN_BYTES);
	free(token);
	return ok || err_add(ret_err, "--token-file");
}

/* ---- the URL */

static char *part_of(CURLU *url, CURLUPart part)
{
	char *text = NULL;

	return curl_url_get(url, part, &text, 0) == CURLUE_OK ? text : NULL;
}

/* "localhost", 127.0.0.0/8, ::1: what is sent there leaves this machine only through a tunnel. */
static bool is_loopback(const char *host)
{
	static const struct in6_addr one = IN6ADDR_LOOPBACK_INIT;
	AUTO(text)
	char *bare = xstrndup(host + (host[0] == '['), strcspn(host, "]") - (host[0] == '['));
	struct addr a;

	if (!addr_parse(bare, 0, &a))
		return strcasecmp(host, "localhost") == 0;
	if (addr_family(&a) == AF_INET)
		return ntohl(a.in.sin_addr.s_addr) >> 24 == 127;
	return memcmp(&a.in6.sin6_addr, &one, sizeof one) == 0;
}

static bool take_parts(struct prometheus *p, CURLU *url, struct err *ret_err)
{
	char *scheme = part_of(url, CURLUPART_SCHEME);
	char *host = part_of(url, CURLUPART_HOST);
	char *user = part_of(url, CURLUPART_USER);
	char *query = part_of(url, CURLUPART_QUERY);
	bool http = scheme != NULL && strcmp(scheme, "http") == 0;
	bool ok = true;

	p->tls = scheme != NULL && strcmp(scheme, "https") == 0;
	if ((!http && !p->tls) || host == NULL)
		ok = err_set(ret_err, EINVAL, "'%s' is no http or https URL", p->where);
	else if (user != NULL)
		ok = err_set(ret_err, EINVAL,
			     "a URL with a user shows the password to everyone; "
			     "--token-file does not");
	else if (query != NULL)
		ok = err_set(ret_err, EINVAL,
			     "'%s' has a query; the URL is that behind which /api/v1/query stands",
			     p->where);
	else if (http && p->conf->token_file != NULL && !is_loopback(host))
		ok = err_set(ret_err, EINVAL,
			     "the token would cross the network in clear text; https keeps it");
	else if (http && p->conf->ca_file != NULL)
		ok = err_set(ret_err, EINVAL, "--ca needs an https URL");
	curl_free(scheme);
	curl_free(host);
	curl_free(user);
	curl_free(query);
	return ok;
}

static bool take_url(struct prometheus *p, struct err *ret_err)
{
	CURLU *url = curl_url();
	size_t len = strlen(p->conf->url);
	bool ok;

	text_set(p->where, sizeof p->where, p->conf->url, len);
	if (url == NULL)
		return err_set(ret_err, 0, "libcurl has no memory");
	ok = curl_url_set(url, CURLUPART_URL, p->conf->url, 0) == CURLUE_OK
		     ? take_parts(p, url, ret_err)
		     : err_set(ret_err, EINVAL, "'%s' is no http or https URL", p->where);
	curl_url_cleanup(url);
	while (len > 0 && p->conf->url[len - 1] == '/')
		len--;
	p->url = xasprintf("%.*s/api/v1/query?query=", (int)len, p->conf->url);
	return ok || err_add(ret_err, "--prometheus");
}

/* ---- start and end */

struct prometheus *prometheus_new(const struct prometheus_conf *conf, struct err *ret_err)
{
	struct prometheus *p = xcalloc(1, sizeof *p);

	p->conf = conf;
	buf_init(&p->body, PROMREPLY_BYTES);
	p->initialised = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
	p->curl = p->initialised ? curl_easy_init() : NULL;
	if (p->curl == NULL || !add_header(p, "Accept: application/json"))
		(void)err_set(ret_err, 0, "libcurl does not start");
	else if (take_url(p, ret_err) && (conf->token_file == NULL || add_token(p, ret_err)))
		return p;
	prometheus_free(p);
	return NULL;
}

void prometheus_free(struct prometheus *p)
{
	if (p == NULL)
		return;
	for (struct curl_slist *h = p->headers; h != NULL; h = h->next)
		explicit_bzero(h->data, strlen(h->data));
	curl_slist_free_all(p->headers);
	curl_easy_cleanup(p->curl);
	if (p->initialised)
		curl_global_cleanup();
	buf_done(&p->body);
	free(p->url);
	free(p);
}

/* ---- a question */

static size_t on_body(char *data, size_t size, size_t count, void *owner)
{
	struct prometheus *p = owner;

	MUST(size == 1);
	buf_put(&p->body, data, count);
	return buf_overflowed(&p->body) ? 0 : count;
}

static bool failed(struct prometheus *p, CURLcode code, struct err *ret_err)
{
	char text[CURL_TEXT_SIZE];
	const char *why = p->error[0] != '\0' ? p->error : curl_easy_strerror(code);

	text_set(text, sizeof text, why, strlen(why));
	if (buf_overflowed(&p->body))
		return err_set(ret_err, EFBIG,
			       "the reply is larger than %d MiB; --label names fewer nodes",
			       PROMREPLY_BYTES / 1024 / 1024);
	if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY ||
	    code == CURLE_COULDNT_CONNECT)
		return err_set(ret_err, ECONNREFUSED, "it is not reached: %s", text);
	if (code == CURLE_OPERATION_TIMEDOUT)
		return err_set(ret_err, ETIMEDOUT, "no answer within %.1f s: %s",
			       (double)span_ms(p->conf->timeout) / 1000, text);
	if (code == CURLE_SSL_CACERT_BADFILE)
		return err_set(ret_err, EINVAL, "--ca: %s", text);
	if (code == CURLE_PEER_FAILED_VERIFICATION)
		return err_set(ret_err, EACCES,
			       "its certificate is not trusted: %s; --ca FILE says whom to trust",
			       text);
	return err_set(ret_err, EPROTO, "what answers is not Prometheus, or broken: %s", text);
}

static void set_options(struct prometheus *p, const char *url)
{
	CURL *e = p->curl;

	/* Keeps the connection, and forgets what the last question was. */
	curl_easy_reset(e);
	p->error[0] = '\0';
	(void)curl_easy_setopt(e, CURLOPT_URL, url);
	(void)curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(e, CURLOPT_USERAGENT, "banksman/" VERSION_TEXT);
	(void)curl_easy_setopt(e, CURLOPT_HTTPHEADER, p->headers);
	(void)curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "gzip");
	(void)curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	(void)curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	(void)curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)span_ms(p->conf->timeout));
	(void)curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(e, CURLOPT_WRITEDATA, p);
	(void)curl_easy_setopt(e, CURLOPT_ERRORBUFFER, p->error);
	if (p->conf->ca_file == NULL)
		return;
	(void)curl_easy_setopt(e, CURLOPT_CAINFO, p->conf->ca_file);
	(void)curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
}

static CURLcode perform(struct prometheus *p, const char *query)
{
	char *escaped = curl_easy_escape(p->curl, query, (int)strlen(query));
	CURLcode code = CURLE_OUT_OF_MEMORY;

	buf_clear(&p->body);
	if (escaped != NULL) {
		AUTO(text) char *url = xasprintf("%s%s", p->url, escaped);

		set_options(p, url);
		code = curl_easy_perform(p->curl);
	}
	curl_free(escaped);
	return code;
}

bool prometheus_ask(struct prometheus *p, const char *query, struct promreply *ret_reply,
		    struct err *ret_err)
{
	CURLcode code = perform(p, query);
	long status = 0;

	if (code != CURLE_OK)
		return failed(p, code, ret_err) || err_add(ret_err, "%s", p->where);
	(void)curl_easy_getinfo(p->curl, CURLINFO_RESPONSE_CODE, &status);
	return promreply_read(status, buf_text(&p->body), p->body.len, ret_reply, ret_err) ||
	       err_add(ret_err, "%s", p->where);
}
