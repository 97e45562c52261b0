/* SPDX-License-Identifier: Apache-2.0 */
/* hmac.c: see hmac.h. */
#include "probes/hmac.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/must.h"

bool hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
		 char ret_hex[HMAC_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	/* A key of no bytes is still a key: NULL would mean the one before. */
	if (HMAC(EVP_sha256(), key_len > 0 ? key : "", (int)key_len, data, len, mac, &n) == NULL) {
		ERR_clear_error();
		return false;
	}
	MUST(2 * n + 1 == HMAC_TEXT_SIZE);
	for (size_t i = 0; i < n; i++) {
		ret_hex[2 * i] = digits[mac[i] >> 4];
		ret_hex[2 * i + 1] = digits[mac[i] & 15];
	}
	ret_hex[HMAC_TEXT_SIZE - 1] = '\0';
	return true;
}
