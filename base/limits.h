/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h: every bound on outside bytes and on what one attempt may use. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

enum {
	LIMIT_HOST_BYTES = 254,               /* a DNS name (RFC 1035: 253) and its NUL */
	LIMIT_BANNER_BYTES = 1024,            /* a service's first line */
	LIMIT_HTTP_HEADER_BYTES = 16 * 1024,  /* status line and all header fields */
	LIMIT_HTTP_BODY_BYTES = 64 * 1024,    /* a reply's body; more is a fault of the peer */
	LIMIT_HTTP_FIELD_BYTES = 1024,        /* one header field that we keep */
	LIMIT_CERT_BYTES = 100 * 1024,        /* a certificate message (OpenSSL's own default) */
	LIMIT_CHAIN_LENGTH = 16,              /* certificates of a served chain that we keep */
	LIMIT_CERTS_BYTES = 16 * 1024 * 1024, /* what those chains may weigh */
	LIMIT_CERTS = 4096,                   /* chains whose facts are remembered */
	LIMIT_SAN_COUNT = 64,                 /* subject alternative names that we keep */
	LIMIT_NAME_BYTES = 512,               /* a subject or issuer as text */
	LIMIT_FACT_BYTES = 256,               /* product, version, detail */
	LIMIT_ADDRS_PER_NAME = 32,            /* addresses of one name and family */
	LIMIT_EXCHANGES = 6,                  /* HTTP requests of one attempt */
	LIMIT_ADDRESS_TRIES = 4, /* addresses of an attempt's side trip (a token server) */
	LIMIT_TRACE_HOPS = 64,   /* IP hops of a path trace */
	LIMIT_DRAINING = 256,    /* connections being closed in the background */
	LIMIT_LIST_BYTES = 4 * 1024 * 1024,    /* a file of hosts */
	LIMIT_CA_FILE_BYTES = 4 * 1024 * 1024, /* a file of CA certificates */
	LIMIT_REFERENCE_BYTES = 512,           /* an image reference */
};

#endif
