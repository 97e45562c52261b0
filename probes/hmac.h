/* SPDX-License-Identifier: Apache-2.0 */
/* hmac.h: a keyed fingerprint of bytes, so that who shares the key can tell whose they are. */
#ifndef PROBES_HMAC_H
#define PROBES_HMAC_H

#include <stdbool.h>
#include <stddef.h>

enum { HMAC_TEXT_SIZE = 2 * 32 + 1 };

/* HMAC-SHA256 (RFC 2104) in lower-case hex.  An empty key is allowed.  False: no memory. */
__attribute__((warn_unused_result)) bool hmac_sha256(const void *key, size_t key_len,
						     const void *data, size_t len,
						     char ret_hex[HMAC_TEXT_SIZE]);

#endif
