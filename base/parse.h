/* SPDX-License-Identifier: Apache-2.0 */
/* parse.h: text from people and files into values; every function says no instead of guessing. */
#ifndef BASE_PARSE_H
#define BASE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

/* Decimal digits only, within min..max. */
__attribute__((warn_unused_result)) bool parse_u64(const char *text, uint64_t min, uint64_t max,
						   uint64_t *ret_value);

/* A TCP port, 1 to 65535. */
__attribute__((warn_unused_result)) bool parse_port(const char *text, uint16_t *ret_port);

/* "250ms", "3s", "1.5s", "5m", "2h", "7d"; a bare number is refused; 1 ms to 10 years. */
__attribute__((warn_unused_result)) bool parse_span(const char *text, struct span *ret_span);

/* Hex digits of either case, optional colons between pairs; exactly an even number, <= cap bytes. */
__attribute__((warn_unused_result)) bool parse_hex(const char *text, size_t cap, uint8_t *ret_bytes,
						   size_t *ret_len);

/*
 * Splits "host", "host:port", "[v6]:port", "[v6]" or a bare IPv6 address.  The
 * host (without brackets) goes to ret_host of host_size bytes; port 0 = none given.
 */
__attribute__((warn_unused_result)) bool parse_hostport(const char *text, char *ret_host,
							size_t host_size, uint16_t *ret_port);

/*
 * A DNS name (RFC 1123 letters, digits, hyphens; underscores and one final dot
 * tolerated; labels <= 63, whole <= 253) or a numeric address.
 */
bool parse_is_host(const char *text);

/* Dotted numbers compared one by one ("6.10" is newer than "6.5"); what is no number counts as 0. */
bool parse_version_older(const char *version, const char *than);

#endif
