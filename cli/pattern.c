/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.c: see pattern.h. */
#include "cli/pattern.h"

#include <fnmatch.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

static bool same(const char *pattern, const char *text)
{
	enum { FLAGS = FNM_CASEFOLD | FNM_NOESCAPE };

	if (strpbrk(pattern, "*?") == NULL)
		return strcasecmp(pattern, text) == 0;
	return text[0] != '\0' && fnmatch(pattern, text, FLAGS) == 0;
}

/* The pattern without its port is the host's first labels. */
static bool begins_host(const char *pattern, const struct pattern_subject *s)
{
	const char *colon = strrchr(pattern, ':');
	size_t len = colon != NULL ? (size_t)(colon - pattern) : strlen(pattern);

	if (colon != NULL && !same(colon + 1, s->port))
		return false;
	if (len == 0)
		return colon != NULL;
	/* An address has no labels: 10.1 is not 10.1.7.14. */
	if (s->host[strspn(s->host, "0123456789.")] == '\0')
		return false;
	return strncasecmp(pattern, s->host, len) == 0 && s->host[len] == '.';
}

bool pattern_fits(const char *pattern, const struct pattern_subject *s)
{
	AUTO(text) char *with_port = xasprintf("%s:%s", s->host, s->port);

	return same(pattern, s->name) || same(pattern, s->host) || same(pattern, s->provider) ||
	       same(pattern, with_port) || begins_host(pattern, s);
}
