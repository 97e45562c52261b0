/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_banner.c: the greeting on port 902. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>

#include "base/limits.h"
#include "probes/banner.h"

static bool same(const struct banner *a, const struct banner *b)
{
	return strcmp(a->version, b->version) == 0 && a->ssl_required == b->ssl_required &&
	       a->nfc_ssl == b->nfc_ssl && a->sha256 == b->sha256;
}

/* A banner printed as the daemon prints it reads as the same banner. */
static void round_trip(const struct banner *b)
{
	char line[256];
	struct banner again;
	int n = snprintf(line, sizeof line,
			 "220 VMware Authentication Daemon Version %s: %s, %s, %s", b->version,
			 b->ssl_required ? "SSL Required" : "",
			 b->nfc_ssl ? "NFCSSL supported" : "", b->sha256 ? "SHA256 supported" : "");

	MUST(n > 0 && (size_t)n < sizeof line);
	MUST(banner_parse(line, (size_t)n, &again));
	MUST(same(b, &again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct banner b;
	struct banner again;
	char *line;

	if (size > LIMIT_BANNER_BYTES)
		return 0;
	memset(&b, 0xa5, sizeof b);
	line = xmemdup(data, size);
	if (banner_parse(line, size, &b)) {
		MUST_FIELD(b.version);
		MUST(b.version[0] != '\0' && strpbrk(b.version, ": ,") == NULL);
		round_trip(&b);
		/* What is cut off the end can only take a feature away. */
		if (banner_parse(line, size - 1, &again))
			MUST(again.ssl_required <= b.ssl_required && again.nfc_ssl <= b.nfc_ssl &&
			     again.sha256 <= b.sha256);
	} else {
		MUST(b.version[0] == (char)0xa5);
	}
	free(line);
	return 0;
}
