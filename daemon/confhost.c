/* SPDX-License-Identifier: Apache-2.0 */
/* confhost.c: see confhost.h. */
#include "daemon/confhost.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/addr.h"
#include "base/mem.h"
#include "base/parse.h"
#include "daemon/confsay.h"

bool confhost_add_map(struct confhost_maps *maps, const char *text, struct err *ret_err)
{
	const char *equals = strchr(text, '=');
	AUTO(text)
	char *from = xstrndup(text, equals != NULL ? (size_t)(equals - text) : strlen(text));
	struct confhost_map map;

	if (equals == NULL || !parse_port(from, &map.from) || !parse_port(equals + 1, &map.to))
		return confsay_refuse(text, "a port mapping such as 902=19902 (ports 1 to 65535)",
				      ret_err);
	for (unsigned i = 0; i < maps->count; i++)
		if (maps->map[i].from == map.from)
			return err_set(ret_err, EINVAL, "port %u is mapped twice", map.from);
	if (maps->count == CONFHOST_MAPS_MAX)
		return err_set(ret_err, E2BIG, "more than %d port mappings", CONFHOST_MAPS_MAX);
	maps->map[maps->count++] = map;
	return true;
}

/* Linux takes "lo:anything" for the interface lo, so that an address may end in anything. */
static bool scope_ok(const char *host)
{
	const char *percent = strchr(host, '%');

	for (const char *p = percent; p != NULL && *++p != '\0';)
		if (!isalnum((unsigned char)*p) && strchr("._-", *p) == NULL)
			return false;
	return true;
}

/* Why text is no place, in the words that help most. */
static bool complain(const char *text, struct err *ret_err)
{
	const char *colon = strrchr(text, ':');
	const char *bracket = strchr(text, ']');
	char shown[CONFSAY_SIZE];
	uint16_t port = 0;

	confsay_shown(text, shown);
	if (text[0] == '\0')
		return err_set(ret_err, EINVAL, "no host is given");
	if (strstr(text, "://") != NULL)
		return err_set(ret_err, EINVAL, "'%s' is a URL; write the host alone, or host:port",
			       shown);
	if (strlen(text) >= LIMIT_HOST_BYTES)
		return err_set(ret_err, EINVAL, "host '%s' is longer than 253 characters", shown);
	if (colon != NULL && !parse_port(colon + 1, &port) &&
	    (bracket != NULL ? colon == bracket + 1 : strchr(text, ':') == colon))
		return err_set(ret_err, EINVAL, "'%s': the port is not a number from 1 to 65535",
			       shown);
	return confsay_refuse(text, "a host name or address", ret_err);
}

bool confhost_parse_place(const char *text, char ret_host[LIMIT_HOST_BYTES], uint16_t *ret_port,
			  struct err *ret_err)
{
	char host[LIMIT_HOST_BYTES];
	uint16_t port = 0;

	if (!parse_hostport(text, host, sizeof host, &port) || !parse_is_host(host) ||
	    !scope_ok(host))
		return complain(text, ret_err);
	memcpy(ret_host, host, sizeof host);
	*ret_port = port;
	return true;
}

/* "443=8443,902=19902" */
static bool add_maps(struct confhost_maps *maps, const char *text, struct err *ret_err)
{
	for (;;) {
		size_t len = strcspn(text, ",");
		AUTO(text) char *one = xstrndup(text, len);

		if (!confhost_add_map(maps, one, ret_err))
			return false;
		if (text[len] == '\0')
			return true;
		text += len + 1;
	}
}

bool confhost_parse_machine(const char *text, char ret_host[LIMIT_HOST_BYTES],
			    struct confhost_maps *ret_maps, struct err *ret_err)
{
	const char *equals = strchr(text, '=');
	const char *colon = equals != NULL ? memrchr(text, ':', (size_t)(equals - text)) : NULL;
	AUTO(text)
	char *place = xstrndup(text, colon != NULL ? (size_t)(colon - text) : strlen(text));
	struct confhost_maps maps = { .count = 0 };
	uint16_t port = 0;

	if (colon != NULL && !add_maps(&maps, colon + 1, ret_err))
		return false;
	if (!confhost_parse_place(place, ret_host, &port, ret_err))
		return false;
	if (port != 0)
		return err_set(ret_err, EINVAL,
			       "port %u: each documented port is watched; when one is reached "
			       "elsewhere, write host:902=19902",
			       port);
	*ret_maps = maps;
	return true;
}

bool confhost_check_map(const char *text, struct err *ret_err)
{
	struct confhost_maps maps = { .count = 0 };

	return confhost_add_map(&maps, text, ret_err);
}

bool confhost_check_machine(const char *text, struct err *ret_err)
{
	char host[LIMIT_HOST_BYTES];
	struct confhost_maps maps;

	return confhost_parse_machine(text, host, &maps, ret_err);
}

bool confhost_check_place(const char *text, struct err *ret_err)
{
	char host[LIMIT_HOST_BYTES];
	uint16_t port = 0;

	return confhost_parse_place(text, host, &port, ret_err);
}

/* "ADDRESS" or "ADDRESS:PORT"; port 0: none given. */
static bool numeric(const char *text, uint16_t *ret_port)
{
	char host[LIMIT_HOST_BYTES];
	struct addr addr;

	return parse_hostport(text, host, sizeof host, ret_port) && addr_parse(host, 0, &addr) &&
	       scope_ok(host);
}

bool confhost_check_listen(const char *text, struct err *ret_err)
{
	uint16_t port = 0;

	if (text[0] == '\0' || (numeric(text, &port) && port != 0))
		return true;
	return confsay_refuse(text, "ADDRESS:PORT such as 127.0.0.1:9902 or [::]:9902", ret_err);
}

bool confhost_check_servers(const char *text, struct err *ret_err)
{
	const char *at = text;

	for (;;) {
		size_t len = strcspn(at, ",");
		AUTO(text) char *one = xstrndup(at, len);
		uint16_t port;

		if (!numeric(one, &port))
			return confsay_refuse(text,
					      "a DNS server such as 10.0.0.53, or several: "
					      "10.0.0.53:53,[fd00::53]:53",
					      ret_err);
		if (at[len] == '\0')
			return true;
		at += len + 1;
	}
}
