/* SPDX-License-Identifier: Apache-2.0 */
/* match.c: see match.h. */
#include "daemon/match.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/must.h"
#include "base/parse.h"

/* "esx04:902", ":902", "902"; what has no port is all host. */
static void split(struct pattern *p)
{
	const char *colon = strrchr(p->text, ':');

	if (parse_port(p->text, &p->port))
		return;
	if (addr_parse(p->text, 0, &p->address) ||
	    parse_hostport(p->text, p->host, sizeof p->host, &p->port)) {
		if (p->host[0] == '\0')
			(void)snprintf(p->host, sizeof p->host, "%s", p->text);
	} else if (colon != NULL && parse_port(colon + 1, &p->port)) {
		(void)snprintf(p->host, sizeof p->host, "%.*s", (int)(colon - p->text), p->text);
	} else {
		(void)snprintf(p->host, sizeof p->host, "%s", p->text);
	}
	if (!addr_parse(p->host, 0, &p->address))
		p->address = (struct addr){ 0 };
}

bool pattern_parse(const char *text, struct pattern *ret_pattern)
{
	if (text[0] == '\0' || strlen(text) >= PATTERN_BYTES)
		return false;
	*ret_pattern = (struct pattern){ .glob = strpbrk(text, "*?") != NULL };
	(void)snprintf(ret_pattern->text, PATTERN_BYTES, "%s", text);
	split(ret_pattern);
	return true;
}

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Each step goes back to the last "*" alone: at most pattern times text. */
static bool glob_fits(const char *pattern, const char *text)
{
	const char *star = NULL;
	const char *resume = NULL;

	while (*text != '\0') {
		if (*pattern == '*') {
			star = ++pattern;
			resume = text;
		} else if (*pattern != '\0' && (*pattern == '?' || same_letter(*pattern, *text))) {
			pattern++;
			text++;
		} else if (star != NULL) {
			pattern = star;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

static bool glob_matches(const struct pattern *p, const struct match_subject *s)
{
	char address[ADDR_TEXT_SIZE];
	char with_port[PATTERN_BYTES];

	if (glob_fits(p->text, s->name) || glob_fits(p->text, s->host) ||
	    glob_fits(p->text, s->provider))
		return true;
	(void)snprintf(with_port, sizeof with_port, "%s:%u", s->host, (unsigned)s->port);
	if (glob_fits(p->text, with_port))
		return true;
	addr_format(&s->address, address);
	if (glob_fits(p->text, address))
		return true;
	addr_format_port(&s->address, address);
	return glob_fits(p->text, address);
}

static bool port_matches(const struct pattern *p, const struct match_subject *s)
{
	return p->port == 0 || p->port == s->port || p->port == s->documented_port;
}

static enum match host_matches(const struct pattern *p, const struct match_subject *s)
{
	size_t len = strlen(p->host);

	if (addr_present(&p->address) && addr_same_host(&p->address, &s->address))
		return MATCH_EXACT;
	if (strncasecmp(p->host, s->host, len) != 0)
		return MATCH_NONE;
	if (s->host[len] == '\0')
		return MATCH_EXACT;
	if (addr_present(&p->address))
		return MATCH_NONE; /* 10.1.7.1 is not 10.1.7.14 */
	return s->host[len] == '.' ? MATCH_LABEL : MATCH_PREFIX;
}

enum match pattern_match(const struct pattern *p, const struct match_subject *s)
{
	if (strcasecmp(p->text, s->name) == 0)
		return MATCH_EXACT;
	if (p->glob)
		return glob_matches(p, s) ? MATCH_LABEL : MATCH_NONE;
	if (s->provider[0] != '\0' && strcasecmp(p->text, s->provider) == 0)
		return MATCH_LABEL;
	if (!port_matches(p, s))
		return MATCH_NONE;
	return p->host[0] == '\0' ? MATCH_LABEL : host_matches(p, s);
}
