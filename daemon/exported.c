/* SPDX-License-Identifier: Apache-2.0 */
/* exported.c: see exported.h. */
#include "daemon/exported.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/parse.h"
#include "inventory/offer.h"
#include "report/json.h"

enum { TEXT_MAX = LIMIT_HOST_BYTES + sizeof "[]:65535", HTTPS_PORT = 443 };

/* What is no address, no UUID and no fingerprint anyhow is not worth its bytes. */
static void set(json_t *o, const char *key, const char *text)
{
	json_t *value = NULL;

	if (text != NULL && strnlen(text, TEXT_MAX) < TEXT_MAX)
		value = json_string(text); /* NULL: it is not UTF-8 */
	if (value != NULL)
		report_set(o, key, value);
}

json_t *exported_json(const struct offer *offer)
{
	json_t *o;

	if (offer->site == NULL && offer->manager == NULL)
		return NULL;
	o = report_object();
	set(o, "role", offer->role);
	set(o, "address", offer->address);
	set(o, "fingerprint", offer->fingerprint);
	set(o, "site", offer->site);
	set(o, "manager", offer->manager);
	return o;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text != NULL ? text : "";
}

static bool take_role(const char *name, enum role *ret_role)
{
	static const enum role roles[] = { ROLE_ESXI, ROLE_OVIRT_HOST };

	for (size_t i = 0; i < ARRAY_LEN(roles); i++)
		if (strcmp(name, role_name(roles[i])) == 0) {
			*ret_role = roles[i];
			return true;
		}
	return false;
}

/* A port is of its SDK, which the documented one stands for. */
static bool take_place(const char *text, char *ret_host, uint16_t *ret_port)
{
	return parse_hostport(text, ret_host, LIMIT_HOST_BYTES, ret_port) &&
	       parse_is_host(ret_host) && strchr(ret_host, '%') == NULL;
}

void exported_add(struct exported *e, const json_t *o)
{
	struct exported_host h = { .manager_port = HTTPS_PORT };
	char address[LIMIT_HOST_BYTES];
	char manager[LIMIT_HOST_BYTES];
	struct err why;
	uint16_t port;

	if (e->count == EXPORTED_MAX || !take_role(text_of(o, "role"), &h.role) ||
	    !take_place(text_of(o, "address"), address, &port) ||
	    (port != 0 && port != HTTPS_PORT)) {
		e->left_out++;
		return;
	}
	if (!take_place(text_of(o, "manager"), manager, &port))
		manager[0] = '\0';
	else if (port != 0)
		h.manager_port = port;
	if (!pin_parse(text_of(o, "fingerprint"), &h.pin, &why))
		h.pin.len = 0;
	h.address = xstrdup(address);
	h.site = xstrdup(text_of(o, "site"));
	h.manager = xstrdup(manager);
	if (e->count == e->size) {
		e->size = e->size > 0 ? e->size * 2 : 64;
		e->list = xreallocarray(e->list, e->size, sizeof *e->list);
	}
	e->list[e->count++] = h;
}

static bool same_host(const struct exported_host *a, const struct exported_host *b)
{
	return a->role == b->role && strcmp(a->address, b->address) == 0 &&
	       a->pin.len == b->pin.len && memcmp(a->pin.bytes, b->pin.bytes, a->pin.len) == 0 &&
	       strcmp(a->site, b->site) == 0 && strcmp(a->manager, b->manager) == 0 &&
	       a->manager_port == b->manager_port;
}

bool exported_same(const struct exported *a, const struct exported *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = same_host(&a->list[i], &b->list[i]);
	return same;
}

void exported_done(struct exported *e)
{
	for (size_t i = 0; i < e->count; i++) {
		free(e->list[i].address);
		free(e->list[i].site);
		free(e->list[i].manager);
	}
	free(e->list);
	*e = (struct exported){ .count = 0 };
}
