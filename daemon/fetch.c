/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.c: see fetch.h. */
#include "daemon/fetch.h"

#include <curl/curl.h>
#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/buf.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"
#include "base/version.h"
#include "probes/http.h"
#include "probes/names.h"
#include "probes/trust.h"

/* Of a name's addresses; libcurl tries them one after the other within the timeout. */
enum { ADDRS_MAX = 8, KEEPALIVE_S = 30 };

/* One socket of libcurl. */
struct watch {
	struct link link;
	struct event ev;
	struct fetch *of; /* borrowed: the owner */
};

struct fetch {
	struct event_base *base;        /* borrowed */
	struct resolver *resolver;      /* borrowed */
	const struct truststore *trust; /* borrowed */
	char *url;                      /* owned; where to post */
	struct http_url peer;           /* who is connected to: the server or the proxy */
	struct span timeout;            /* of a post */
	CURLM *multi;
	CURL *easy;
	struct event timer;
	struct list watches;
	struct curl_slist *resolve; /* owned; the peer's addresses as last known */
	/* Of what is under way. */
	bool busy;
	struct names_lookup *lookup; /* NULL: none */
	bool running;                /* easy is multi's */
	struct curl_slist *headers;  /* owned */
	char *sent;                  /* owned; NULL: a question */
	fetch_take_fn *take;         /* NULL: the body is kept */
	struct buf body;
	size_t header_bytes;
	struct span allowed;
	struct mono deadline;
	char error[CURL_ERROR_SIZE];
	fetch_done_fn *done;
	void *owner;
};

/* ---- the end of it */

static void clear(struct fetch *f)
{
	names_cancel(f->lookup);
	f->lookup = NULL;
	if (f->running)
		(void)curl_multi_remove_handle(f->multi, f->easy);
	f->running = false;
	f->busy = false;
	(void)curl_easy_setopt(f->easy, CURLOPT_POSTFIELDS, NULL);
	(void)curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, NULL);
	curl_slist_free_all(f->headers);
	f->headers = NULL;
	free(f->sent);
	f->sent = NULL;
}

static void conclude(struct fetch *f, unsigned status, const char *trouble)
{
	AUTO(text) char *body = xstrdup(buf_text(&f->body));
	AUTO(text) char *location = NULL;
	struct fetch_reply reply = { .status = status, .trouble = trouble, .body = body };
	char *to = NULL;

	if (status != 0)
		(void)curl_easy_getinfo(f->easy, CURLINFO_REDIRECT_URL, &to);
	location = xstrdup(to != NULL ? to : "");
	reply.location = location;
	clear(f);
	f->done(f->owner, &reply); /* f may be gone after it */
}

static void say_refused(const struct fetch *f, char *ret_text, size_t size)
{
	long error = 0;

	(void)curl_easy_getinfo(f->easy, CURLINFO_OS_ERRNO, &error);
	text_printf(ret_text, size, "%s port %u: %s", f->peer.host, (unsigned)f->peer.port,
		    error != 0 ? strerrordesc_np((int)error) : "no connection");
}

/* What became of it in words; "" when an answer came. */
static void say(const struct fetch *f, CURLcode code, char *ret_text, size_t size)
{
	long status = 0;

	ret_text[0] = '\0';
	if (code == CURLE_OK)
		return;
	(void)curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	if (code == CURLE_OPERATION_TIMEDOUT)
		text_printf(ret_text, size, "no %sanswer within %g s",
			    status != 0 ? "complete " : "", (double)f->allowed.ns / 1e9);
	else if (buf_overflowed(&f->body))
		text_printf(ret_text, size, "its answer is longer than %d KiB",
			    FETCH_BODY_BYTES / 1024);
	else if (f->header_bytes > FETCH_HEADER_BYTES)
		text_printf(ret_text, size, "the head of its answer is longer than %d KiB",
			    FETCH_HEADER_BYTES / 1024);
	else if (code == CURLE_COULDNT_CONNECT)
		say_refused(f, ret_text, size);
	else
		text_printf(ret_text, size, "%s",
			    f->error[0] != '\0' ? f->error : curl_easy_strerror(code));
}

/* The end, when it is there; f may be gone after it. */
static void look(struct fetch *f)
{
	char trouble[CURL_ERROR_SIZE];
	long status = 0;
	int left;
	CURLMsg *m = curl_multi_info_read(f->multi, &left);

	if (m == NULL || m->msg != CURLMSG_DONE)
		return;
	say(f, m->data.result, trouble, sizeof trouble);
	if (m->data.result == CURLE_OK)
		(void)curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	if (trouble[0] == '\0' && status <= 0)
		text_printf(trouble, sizeof trouble, "it does not answer in HTTP");
	conclude(f, (unsigned)status, trouble);
}

/* ---- libcurl on the loop */

static void on_socket(evutil_socket_t fd, short what, void *data)
{
	struct fetch *f = ((struct watch *)data)->of; /* the watch may be gone after the call */
	int running;
	int action =
		(what & EV_READ ? CURL_CSELECT_IN : 0) | (what & EV_WRITE ? CURL_CSELECT_OUT : 0);

	(void)curl_multi_socket_action(f->multi, fd, action, &running);
	look(f);
}

static void on_timer(evutil_socket_t fd, short what, void *data)
{
	struct fetch *f = data;
	int running;

	(void)fd;
	(void)what;
	(void)curl_multi_socket_action(f->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	look(f);
}

static void watch_free(struct watch *w)
{
	(void)event_del(&w->ev);
	link_remove(&w->link);
	free(w);
}

static int on_socket_state(CURL *easy, curl_socket_t fd, int what, void *data, void *mine)
{
	struct fetch *f = data;
	struct watch *w = mine;
	short events = (short)(EV_PERSIST | (what & CURL_POLL_IN ? EV_READ : 0) |
			       (what & CURL_POLL_OUT ? EV_WRITE : 0));

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (w != NULL)
			watch_free(w);
		return 0;
	}
	if (w == NULL) {
		w = xcalloc(1, sizeof *w);
		w->of = f;
		list_push_back(&f->watches, &w->link);
		(void)curl_multi_assign(f->multi, fd, w);
	} else {
		(void)event_del(&w->ev);
	}
	MUST(event_assign(&w->ev, f->base, fd, events, on_socket, w) == 0);
	return event_add(&w->ev, NULL);
}

static int on_timer_wanted(CURLM *multi, long wait_ms, void *data)
{
	struct fetch *f = data;
	struct timeval wait = span_timeval(span_of_ms(wait_ms));

	(void)multi;
	return wait_ms < 0 ? event_del(&f->timer) : event_add(&f->timer, &wait);
}

static size_t on_body(char *data, size_t size, size_t n, void *owner)
{
	struct fetch *f = owner;
	long status = 0;

	if (f->take != NULL)
		(void)curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 200 && status < 300)
		return f->take(f->owner, data, size * n) ? size * n : 0;
	buf_put(&f->body, data, size * n);
	return buf_overflowed(&f->body) ? 0 : size * n;
}

static size_t on_header(const char *data, size_t size, size_t n, void *owner)
{
	struct fetch *f = owner;

	(void)data;
	f->header_bytes += size * n;
	return f->header_bytes > FETCH_HEADER_BYTES ? 0 : size * n;
}

static CURLcode on_tls(CURL *easy, void *context, void *owner)
{
	const struct fetch *f = owner;

	(void)easy;
	truststore_lend(f->trust, context);
	return CURLE_OK;
}

/* ---- start */

static bool parse_url(const char *text, struct http_url *ret_url, struct err *ret_err)
{
	return http_url_parse(text, ret_url) ||
	       err_set(ret_err, EINVAL, "%s is no http or https URL", text);
}

static void set_proxy(struct fetch *f, const char *proxy)
{
	AUTO(text) char *text = NULL;

	/* Said even when there is none: else the environment would count. */
	(void)curl_easy_setopt(f->easy, CURLOPT_NOPROXY, "");
	if (proxy == NULL) {
		(void)curl_easy_setopt(f->easy, CURLOPT_PROXY, "");
		return;
	}
	text = xasprintf(strchr(f->peer.host, ':') != NULL ? "%s://[%s]:%u" : "%s://%s:%u",
			 f->peer.tls ? "https" : "http", f->peer.host, (unsigned)f->peer.port);
	(void)curl_easy_setopt(f->easy, CURLOPT_PROXY, text);
	(void)curl_easy_setopt(f->easy, CURLOPT_PROXY_CAINFO, NULL);
	(void)curl_easy_setopt(f->easy, CURLOPT_PROXY_CAPATH, NULL);
}

static void set_options(struct fetch *f, const struct fetch_parts *parts)
{
	CURL *e = f->easy;

	(void)curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	(void)curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	(void)curl_easy_setopt(e, CURLOPT_USERAGENT, "banksmand/" VERSION_TEXT);
	(void)curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	(void)curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
	(void)curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
	/* Our store instead, which was read already. */
	(void)curl_easy_setopt(e, CURLOPT_CAINFO, NULL);
	(void)curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
	(void)curl_easy_setopt(e, CURLOPT_SSL_CTX_FUNCTION, on_tls);
	(void)curl_easy_setopt(e, CURLOPT_SSL_CTX_DATA, f);
	(void)curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	(void)curl_easy_setopt(e, CURLOPT_WRITEDATA, f);
	(void)curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
	(void)curl_easy_setopt(e, CURLOPT_HEADERDATA, f);
	(void)curl_easy_setopt(e, CURLOPT_ERRORBUFFER, f->error);
	(void)curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
	(void)curl_easy_setopt(e, CURLOPT_TCP_KEEPIDLE, (long)KEEPALIVE_S);
	(void)curl_easy_setopt(e, CURLOPT_TCP_KEEPINTVL, (long)KEEPALIVE_S);
	set_proxy(f, parts->proxy);
	(void)curl_multi_setopt(f->multi, CURLMOPT_SOCKETFUNCTION, on_socket_state);
	(void)curl_multi_setopt(f->multi, CURLMOPT_SOCKETDATA, f);
	(void)curl_multi_setopt(f->multi, CURLMOPT_TIMERFUNCTION, on_timer_wanted);
	(void)curl_multi_setopt(f->multi, CURLMOPT_TIMERDATA, f);
}

struct fetch *fetch_new(const struct fetch_parts *parts, struct err *ret_err)
{
	struct http_url server;
	struct http_url peer;
	struct fetch *f;

	if (!parse_url(parts->url, &server, ret_err))
		return NULL;
	peer = server;
	if (parts->proxy != NULL && !parse_url(parts->proxy, &peer, ret_err)) {
		(void)err_add(ret_err, "proxy");
		return NULL;
	}
	f = xcalloc(1, sizeof *f);
	f->base = parts->base;
	f->resolver = parts->resolver;
	f->trust = parts->trust;
	f->url = xstrdup(parts->url);
	f->peer = peer;
	f->timeout = parts->timeout;
	list_init(&f->watches);
	buf_init(&f->body, FETCH_BODY_BYTES);
	MUST(evtimer_assign(&f->timer, f->base, on_timer, f) == 0);
	MUST(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
	f->multi = curl_multi_init();
	f->easy = curl_easy_init();
	MUST(f->multi != NULL && f->easy != NULL);
	set_options(f, parts);
	return f;
}

void fetch_free(struct fetch *f)
{
	if (f == NULL)
		return;
	clear(f);
	curl_easy_cleanup(f->easy);
	(void)curl_multi_cleanup(f->multi);
	(void)event_del(&f->timer);
	while (!list_empty(&f->watches))
		watch_free(container_of(list_first(&f->watches), struct watch, link));
	curl_slist_free_all(f->resolve);
	curl_global_cleanup();
	free(f->url);
	buf_done(&f->body);
	free(f);
}

/* ---- a post or a question */

static void append(struct curl_slist **list, const char *text)
{
	struct curl_slist *longer = curl_slist_append(*list, text);

	MUST(longer != NULL);
	*list = longer;
}

static void transfer(struct fetch *f)
{
	int64_t left_ms = span_ms(mono_sub(f->deadline, mono_now()));

	if (left_ms < 1) /* 0 would mean: without end */
		left_ms = 1;
	(void)curl_easy_setopt(f->easy, CURLOPT_TIMEOUT_MS, (long)left_ms);
	/* Of it libcurl gives each address its share. */
	(void)curl_easy_setopt(f->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)left_ms);
	f->running = curl_multi_add_handle(f->multi, f->easy) == CURLM_OK;
	MUST(f->running);
}

/* "am.example.com:9093:10.1.2.3,[fd00::1]", which stays in libcurl's cache until another one. */
static void remember(struct fetch *f, const struct names_result *result)
{
	size_t len = strlen(f->peer.host);
	struct buf entry;

	/* libcurl asks its cache for a name without its final dot. */
	len -= len > 1 && f->peer.host[len - 1] == '.';
	buf_init(&entry, 2 * LIMIT_HOST_BYTES + ADDRS_MAX * ADDR_TEXT_SIZE);
	buf_printf(&entry, "%.*s:%u:", (int)len, f->peer.host, (unsigned)f->peer.port);
	for (size_t i = 0; i < result->count && i < ADDRS_MAX; i++) {
		char text[ADDR_TEXT_SIZE];
		bool v6 = addr_family(&result->addrs[i]) == AF_INET6;

		addr_format(&result->addrs[i], text);
		buf_printf(&entry, v6 ? "%s[%s]" : "%s%s", i > 0 ? "," : "", text);
	}
	curl_slist_free_all(f->resolve);
	f->resolve = NULL;
	append(&f->resolve, buf_text(&entry));
	buf_done(&entry);
	(void)curl_easy_setopt(f->easy, CURLOPT_RESOLVE, f->resolve);
}

/* While DNS is in trouble the addresses last known are as good as any. */
static void on_names(void *owner, const struct names_result *result)
{
	struct fetch *f = owner;
	char trouble[CURL_ERROR_SIZE];

	f->lookup = NULL;
	if (result->count > 0)
		remember(f, result);
	if (f->resolve != NULL) {
		transfer(f);
		return;
	}
	text_printf(trouble, sizeof trouble, "%s: %s", f->peer.host,
		    reason_sentence(result->reason));
	conclude(f, 0, trouble);
}

/* The rest of the options are set. */
static void begin(struct fetch *f, const char *const *headers, struct span timeout)
{
	struct addr numeric;

	f->busy = true;
	f->header_bytes = 0;
	f->error[0] = '\0';
	f->allowed = timeout;
	f->deadline = mono_add(mono_now(), timeout);
	buf_clear(&f->body);
	append(&f->headers, "Expect:"); /* a server that does not know it costs a second */
	for (size_t i = 0; headers[i] != NULL; i++)
		append(&f->headers, headers[i]);
	(void)curl_easy_setopt(f->easy, CURLOPT_HTTPHEADER, f->headers);
	if (addr_parse(f->peer.host, f->peer.port, &numeric))
		transfer(f); /* its end comes from the loop */
	else
		f->lookup = names_start(f->resolver, f->peer.host, AF_UNSPEC, timeout, on_names, f);
}

void fetch_ask(struct fetch *f, const struct fetch_question *q, fetch_done_fn *done, void *owner)
{
	MUST(!f->busy);
	f->sent = q->body;
	f->take = q->take;
	f->done = done;
	f->owner = owner;
	(void)curl_easy_setopt(f->easy, CURLOPT_URL, q->url);
	if (q->body != NULL) {
		(void)curl_easy_setopt(f->easy, CURLOPT_POSTFIELDSIZE_LARGE,
				       (curl_off_t)strlen(q->body));
		(void)curl_easy_setopt(f->easy, CURLOPT_POSTFIELDS, q->body);
	} else {
		(void)curl_easy_setopt(f->easy, CURLOPT_HTTPGET, 1L);
	}
	begin(f, q->headers, q->timeout);
}

void fetch_post(struct fetch *f, char *body, const char *const *headers, fetch_done_fn *done,
		void *owner)
{
	fetch_ask(f,
		  &(struct fetch_question){
			  .url = f->url, .headers = headers, .timeout = f->timeout, .body = body },
		  done, owner);
}

unsigned fetch_status(const struct fetch *f)
{
	long status = 0;

	(void)curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
	return f->running && status > 0 ? (unsigned)status : 0;
}

void fetch_stop(struct fetch *f)
{
	clear(f);
}
