/* SPDX-License-Identifier: Apache-2.0 */
/* confendpoint.c: see confendpoint.h. */
#include "daemon/confendpoint.h"

#include <string.h>

#include "base/must.h"
#include "daemon/confhost.h"
#include "daemon/confpool.h"
#include "daemon/confsite.h"
#include "probes/imageref.h"

enum { HTTP_PORT = 80, HTTPS_PORT = 443 };

/* Keys that mean nothing with this check would be a misunderstanding. */
static bool endpoint_consistent(const struct confread *r, const char *place,
				const struct conf_endpoint *e)
{
	const struct conf_target *t = &e->target;
	bool http = e->check == DIALECT_HTTP || e->check == DIALECT_HTTPS;
	bool registry = e->check == DIALECT_REGISTRY;
	bool clear = e->check == DIALECT_TCP || e->check == DIALECT_HTTP || t->plain;
	const struct {
		const char *key;
		bool wrong;
		const char *where;
	} rows[] = {
		{ "path", t->http_path != NULL && !http, "check: http or https" },
		{ "status", t->http_status != 0 && !http, "check: http or https" },
		{ "image", t->image != NULL && !registry, "check: registry" },
		{ "plain", t->plain && !registry, "check: registry" },
		{ "fingerprint", t->pin.len > 0 && clear, "a check with TLS" },
		{ "ca", t->ca_file != NULL && clear, "a check with TLS" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].wrong)
			return confread_fail(r, place, rows[i].key, "means something only with %s",
					     rows[i].where);
	if (registry && t->image == NULL)
		return confread_fail(r, place, "image", "is missing; check: registry looks for it");
	if (!registry && e->address == NULL)
		return confread_fail(r, place, "address", "is missing");
	return true;
}

static uint16_t usual_port(const struct conf_endpoint *e)
{
	if (e->check == DIALECT_HTTP || e->target.plain)
		return HTTP_PORT;
	return e->check == DIALECT_HTTPS || e->check == DIALECT_REGISTRY ? HTTPS_PORT : 0;
}

static bool endpoint_place(const struct confsite *s, const char *place,
			   const struct conf_endpoint *e, struct conf_target *t)
{
	char host[LIMIT_HOST_BYTES];
	uint16_t port;

	if (e->address != NULL) {
		MUST(confhost_parse_place(e->address, host, &port, s->r->err));
	} else {
		struct imageref ref;

		MUST(imageref_parse(t->image, &ref, s->r->err));
		memcpy(host, ref.host, sizeof host);
		port = ref.port;
	}
	if (port == 0)
		port = usual_port(e);
	if (port == 0)
		return confread_fail(s->r, place, "address", "has no port; write %s:PORT", host);
	t->host = confpool_text(s->r->pool, host);
	t->port = port;
	return true;
}

/* The only documented port of registries stands for all of them. */
static const struct port_rule *registry_rule(void)
{
	return port_rule_find(ROLE_REGISTRY, HTTPS_PORT);
}

bool confendpoint_read(struct confsite *s, size_t index)
{
	struct conf_endpoint e = { .target = { .provider = "", .serve_interval = { -1 } } };
	struct conf_target *t = &e.target;
	struct confsite_origin origin = { CONF_ENDPOINT, index, "", CONFSITE_NO_ITEM };
	char place[CONFTEXT_KEY_SIZE];
	bool timeout_given;

	confsite_key(&origin, place);
	if (!confread_section(s->r, CONF_ENDPOINT, place,
			      confschema_entry(s->r->root, CONF_ENDPOINT, index), &e) ||
	    !endpoint_consistent(s->r, place, &e) || !endpoint_place(s, place, &e, t) ||
	    !confsite_family_fits(s, t->host, &origin) || !confsite_check_ca(s, place, t->ca_file))
		return false;
	t->dialect = (enum dialect)e.check;
	if (t->dialect == DIALECT_REGISTRY) {
		t->role = ROLE_REGISTRY;
		t->rule = registry_rule();
	}
	if (t->name == NULL)
		t->name = confsite_name(s, t->host, t->port);
	timeout_given = t->timeout.ns != 0;
	if (!timeout_given)
		t->timeout = s->conf->probe.timeout;
	if (t->interval.ns == 0)
		t->interval = s->conf->probe.interval;
	if (t->serve_interval.ns < 0 && t->dialect == DIALECT_TCP)
		t->serve_interval.ns = 0;
	else if (t->serve_interval.ns < 0)
		t->serve_interval = s->conf->probe.serve_interval;
	return confsite_check_times(s->r, place, t, timeout_given) && confsite_add(s, t, &origin);
}
