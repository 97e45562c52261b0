/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request.h: the head of an HTTP/1 request (RFC 9112), from bytes to what the API wants to know.
 * Pure; what it does not understand is refused, never guessed.
 */
#ifndef DAEMON_REQUEST_H
#define DAEMON_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

enum {
	REQUEST_HEAD_BYTES = 16 * 1024, /* request line and all header fields */
	REQUEST_BODY_BYTES = 16 * 1024,
	REQUEST_PARAMS = 16,
};

enum method {
	METHOD_GET,
	METHOD_HEAD,
	METHOD_POST,
	METHOD_DELETE,
	METHOD_OPTIONS,
	METHOD_OTHER,
	METHOD_N
};

struct param {
	const char *key;
	const char *value; /* "" when there is none */
};

/* Texts are percent-decoded and live in memory. */
struct request {
	enum method method;
	const char *path; /* "/v1/status"; "*" */
	struct param params[REQUEST_PARAMS];
	size_t param_count;
	size_t body_len;       /* announced */
	bool old;              /* HTTP/1.0: no chunks */
	bool keep_alive;       /* the client wants to ask more */
	bool expects_continue; /* it waits for "100 Continue" */
	bool openmetrics;      /* it accepts OpenMetrics */
	char *memory;          /* owned */
};

/* How long the head is, its empty line included; 0: it is not complete. */
size_t request_head_len(const char *data, size_t len);

/*
 * Reads a complete head.  0, or the status that refuses it (400, 413, 501, 505); *ret_request
 * is then untouched.
 */
__attribute__((warn_unused_result)) int request_parse(const char *head, size_t len,
						      struct request *ret_request);

/* "a=1&b=two": 0 or 400.  text is decoded in place and must outlive r. */
__attribute__((warn_unused_result)) int request_parse_query(char *text, struct request *r);

/* The value of a parameter; NULL when it was not given. */
const char *request_param(const struct request *r, const char *key);

void request_done(struct request *r);

#endif
