/* SPDX-License-Identifier: Apache-2.0 */
/* http.h: HTTP/1.1 requests as bytes and bounded replies; no input or output of its own. */
#ifndef PROBES_HTTP_H
#define PROBES_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/limits.h"

struct http_request {
	const char *method;                  /* static */
	char target[LIMIT_HTTP_FIELD_BYTES]; /* path and query */
	const char *content_type;            /* NULL: no body */
	const char *body;                    /* borrowed */
	const char *soap_action;             /* NULL: none */
	const char *accept;                  /* NULL: any */
	const char *bearer;                  /* NULL: no token; borrowed */
};

/* The request's bytes behind out; host is put into brackets when it is an IPv6 address. */
void http_request_put(const struct http_request *r, const char *host, uint16_t port,
		      uint16_t default_port, struct buf *out);

enum http_progress { HTTP_MORE, HTTP_DONE, HTTP_INVALID, HTTP_TOO_LARGE };

/* One reply; interim (1xx) ones are passed over. */
struct http_response {
	unsigned status;
	bool keep_alive; /* another request may follow on this connection */
	char server[128];
	char location[LIMIT_FACT_BYTES];
	char challenge[LIMIT_HTTP_FIELD_BYTES]; /* WWW-Authenticate */
	char digest[LIMIT_FACT_BYTES];          /* Docker-Content-Digest */
	char distribution[64];                  /* Docker-Distribution-Api-Version */
	struct buf body;
};

struct http_parser_state;

/* For a reply to request; to_head: the request was HEAD, so no body follows. */
struct http_parser_state *http_parser_new(bool to_head);
void http_parser_free(struct http_parser_state *p);

/*
 * Takes the next bytes of the peer.  After HTTP_DONE, http_reply() is complete.
 * More than LIMIT_HTTP_HEADER_BYTES of header (interim replies included) or
 * LIMIT_HTTP_BODY_BYTES of body is HTTP_TOO_LARGE.
 */
enum http_progress http_feed(struct http_parser_state *p, const char *data, size_t len);

/* The peer closed: HTTP_DONE when that ends the body, else HTTP_INVALID. */
enum http_progress http_feed_end(struct http_parser_state *p);

/* Anything at all has come. */
bool http_started(const struct http_parser_state *p);

const struct http_response *http_reply(const struct http_parser_state *p);

/* An absolute http or https URL. */
struct http_url {
	bool tls;
	char host[LIMIT_HOST_BYTES];
	uint16_t port;                       /* never 0 */
	char target[LIMIT_HTTP_FIELD_BYTES]; /* path and query, begins with "/" */
};

/* Only printable ASCII without spaces, quotes and "@" is accepted. */
__attribute__((warn_unused_result)) bool http_url_parse(const char *text, struct http_url *ret_url);

#endif
