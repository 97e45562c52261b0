/* SPDX-License-Identifier: Apache-2.0 */
/* banner.c: see banner.h. */
#include "probes/banner.h"

#include <string.h>

#include "base/text.h"

static const char greeting[] = "220 VMware Authentication Daemon Version ";

static bool has_token(const char *line, size_t len, const char *token)
{
	return memmem(line, len, token, strlen(token)) != NULL;
}

bool banner_parse(const char *line, size_t len, struct banner *ret_banner)
{
	const size_t head = sizeof greeting - 1;
	struct banner b = { 0 };
	size_t n = 0;

	if (len < head || memcmp(line, greeting, head) != 0)
		return false;
	while (head + n < len && line[head + n] != ':' && line[head + n] != ' ' &&
	       line[head + n] != ',')
		n++;
	if (n == 0)
		return false;
	text_set(b.version, sizeof b.version, line + head, n);
	b.ssl_required = has_token(line, len, "SSL Required");
	b.nfc_ssl = has_token(line, len, "NFCSSL supported");
	b.sha256 = has_token(line, len, "SHA256 supported");
	*ret_banner = b;
	return true;
}
