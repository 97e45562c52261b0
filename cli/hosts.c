/* SPDX-License-Identifier: Apache-2.0 */
/* hosts.c: see hosts.h. */
#include "cli/hosts.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/addr.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/parse.h"
#include "base/suggest.h"
#include "cli/listfile.h"
#include "cli/shown.h"
#include "probes/imageref.h"

#define BLANKS " \t\r\n\v\f"

/* "role=" and "=port" around the longest host or image. */
enum { LINE_BYTES = LIMIT_REFERENCE_BYTES + 64 };

enum role hosts_role(const char *name, struct err *ret_err)
{
	const char *names[ROLE_N] = { NULL };
	char hint[SUGGEST_TEXT_SIZE];
	char shown[SHOWN_SIZE];
	enum role found = role_find(name);

	if (found != ROLE_N && found != ROLE_NONE)
		return found;
	for (int r = ROLE_NONE + 1; r < ROLE_N; r++)
		names[r] = role_name((enum role)r);
	suggest_format(name, names, ROLE_N, hint);
	shown_text(name, shown);
	(void)err_set(ret_err, EINVAL, "unknown role '%s'%s", shown,
		      hint[0] != '\0' ? hint : "; 'banksman ports' lists the roles");
	return ROLE_NONE;
}

/* The line without its comment and the blanks around it; false when that is too long. */
static bool strip(const char *line, char ret_text[LINE_BYTES])
{
	const char *start = line + strspn(line, BLANKS);
	size_t len = strlen(start);

	for (size_t i = 0; i < len; i++)
		if (start[i] == '#' && (i == 0 || strchr(BLANKS, start[i - 1]) != NULL))
			len = i;
	while (len > 0 && strchr(BLANKS, start[len - 1]) != NULL)
		len--;
	if (len >= LINE_BYTES)
		return false;
	memcpy(ret_text, start, len);
	ret_text[len] = '\0';
	return true;
}

/* Why text is no host, in the words that help most. */
static bool complain(const char *text, struct err *ret_err)
{
	const char *colon = strrchr(text, ':');
	const char *bracket = strchr(text, ']');
	char shown[SHOWN_SIZE];
	uint16_t port;

	shown_text(text, shown);
	if (strstr(text, "://") != NULL)
		return err_set(ret_err, EINVAL, "'%s' is a URL; write the host alone, or host:port",
			       shown);
	if (text[0] == '@')
		return err_set(ret_err, EINVAL, "'%s': a list cannot name another list", shown);
	if (strlen(text) >= LIMIT_HOST_BYTES)
		return err_set(ret_err, EINVAL, "host '%s' is longer than 253 characters", shown);
	if (colon != NULL &&
	    (bracket != NULL ? colon == bracket + 1 : strchr(text, ':') == colon) &&
	    !parse_port(colon + 1, &port))
		return err_set(ret_err, EINVAL, "'%s': the port is not a number from 1 to 65535",
			       shown);
	return err_set(ret_err, EINVAL, "'%s' is neither a host name nor an address", shown);
}

static bool parse_image(const char *text, struct host *ret_host, struct err *ret_err)
{
	struct imageref ref;
	char shown[SHOWN_SIZE];

	shown_text(text, shown);
	if (strlen(text) >= sizeof ret_host->image)
		return err_set(ret_err, EINVAL, "image reference '%s' is too long", shown);
	if (!imageref_parse(text, &ref, ret_err)) {
		shown_clean(ret_err->text); /* it quotes the reference */
		return false;
	}
	memcpy(ret_host->name, ref.host, sizeof ref.host);
	memcpy(ret_host->image, text, strlen(text) + 1);
	ret_host->port = (struct portmap){ .documented = ref.port, .actual = ref.port };
	return true;
}

/* Linux takes "lo:anything" for the interface lo, so that an address may end in anything. */
static bool scope_ok(const char *name)
{
	const char *percent = strchr(name, '%');

	for (const char *p = percent; p != NULL && *++p != '\0';)
		if (!isalnum((unsigned char)*p) && strchr("._-", *p) == NULL)
			return false;
	return true;
}

/* "host", "host:port", "host:documented=port"; text is cut at the "=". */
static bool parse_machine(char *text, struct host *ret_host, struct err *ret_err)
{
	char *equals = strchr(text, '=');
	uint16_t actual = 0;
	uint16_t port;

	if (equals != NULL) {
		*equals = '\0';
		if (!parse_port(equals + 1, &actual)) {
			char shown[SHOWN_SIZE];

			shown_text(equals + 1, shown);
			return err_set(ret_err, EINVAL, "port '%s' is not a number from 1 to 65535",
				       shown);
		}
	}
	if (!parse_hostport(text, ret_host->name, sizeof ret_host->name, &port) ||
	    !parse_is_host(ret_host->name) || !scope_ok(ret_host->name) ||
	    (equals != NULL && port == 0))
		return complain(text, ret_err);
	ret_host->port = (struct portmap){ .documented = port,
					   .actual = equals != NULL ? actual : port,
					   .mapped = equals != NULL };
	return true;
}

bool hosts_parse_line(const char *line, enum role role, struct host *ret_host, struct err *ret_err)
{
	char text[LINE_BYTES];
	struct host host = { .role = role };
	char *rest = text;
	char *equals;
	bool ok;

	if (!strip(line, text))
		return complain(line, ret_err);
	equals = strchr(text, '=');
	if (equals != NULL && memchr(text, ':', (size_t)(equals - text)) == NULL) {
		*equals = '\0';
		rest = equals + 1;
		host.role = hosts_role(text, ret_err);
		if (host.role == ROLE_NONE)
			return false;
		if (*rest == '\0')
			return err_set(ret_err, EINVAL, "'%s=' is followed by no host", text);
	}
	if (*rest == '\0')
		ok = true;
	else if (host.role == ROLE_REGISTRY)
		ok = parse_image(rest, &host, ret_err);
	else
		ok = parse_machine(rest, &host, ret_err);
	if (ok)
		*ret_host = host;
	return ok;
}

static bool append(struct hosts *h, const struct host *host, struct err *ret_err)
{
	if (h->count == HOSTS_MAX)
		return err_set(ret_err, E2BIG, "more than %d hosts", HOSTS_MAX);
	if (h->count == h->size) {
		h->size = h->size > 0 ? h->size * 2 : 16;
		h->host = xreallocarray(h->host, h->size, sizeof *h->host);
	}
	h->host[h->count++] = *host;
	return true;
}

bool hosts_parse_text(struct hosts *h, const char *file, const char *text, size_t len,
		      enum role role, struct err *ret_err)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf";
	size_t pos = 0;

	if (len >= 3 && memcmp(text, byte_order_mark, 3) == 0)
		pos = 3;
	for (unsigned number = 1; pos < len; number++) {
		const char *end = memchr(text + pos, '\n', len - pos);
		size_t line_len = (end != NULL ? (size_t)(end - text) : len) - pos;
		AUTO(text) char *line = xstrndup(text + pos, line_len);
		struct host host = { .name = "" };

		if (strlen(line) != line_len)
			return err_set(ret_err, EINVAL, "%s:%u: not a text file", file, number);
		if (!hosts_parse_line(line, role, &host, ret_err))
			return err_add(ret_err, "%s:%u", file, number);
		if (host.name[0] != '\0' && !append(h, &host, ret_err))
			return err_add(ret_err, "%s:%u", file, number);
		pos += line_len + 1;
	}
	return true;
}

static bool add_file(struct hosts *h, const char *path, enum role role, struct err *ret_err)
{
	const char *name = listfile_name(path);
	size_t before = h->count;
	size_t len = 0;
	AUTO(text) char *text = listfile_read(path, &len, ret_err);

	if (text == NULL || !hosts_parse_text(h, name, text, len, role, ret_err))
		return false;
	return h->count > before || err_set(ret_err, EINVAL, "%s: names no host", name);
}

bool hosts_add(struct hosts *h, const char *argument, enum role role, struct err *ret_err)
{
	struct host host = { .name = "" };

	if (argument[0] == '@')
		return argument[1] != '\0'
			       ? add_file(h, argument + 1, role, ret_err)
			       : err_set(ret_err, EINVAL, "'@' is followed by no file name");
	if (!hosts_parse_line(argument, role, &host, ret_err))
		return false;
	if (host.name[0] == '\0')
		return err_set(ret_err, EINVAL, "empty host");
	return append(h, &host, ret_err);
}

static bool family_fits(const struct hosts *h, int family, struct err *ret_err)
{
	for (size_t i = 0; family != AF_UNSPEC && i < h->count; i++) {
		struct addr numeric;

		if (addr_parse(h->host[i].name, 0, &numeric) && addr_family(&numeric) != family)
			return err_set(ret_err, EINVAL,
				       "%s is not an IPv%d address, as --family asks",
				       h->host[i].name, family == AF_INET6 ? 6 : 4);
	}
	return true;
}

bool hosts_add_all(struct hosts *h, char *const *words, enum role role, int family,
		   struct err *ret_err)
{
	for (; *words != NULL; words++)
		if (!hosts_add(h, *words, role, ret_err))
			return false;
	if (h->count == 0)
		return err_set(ret_err, EINVAL, "no host is named");
	return family_fits(h, family, ret_err);
}

void hosts_done(struct hosts *h)
{
	free(h->host);
	*h = (struct hosts){ 0 };
}
