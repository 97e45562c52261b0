/* SPDX-License-Identifier: Apache-2.0 */
/* dialect.c: the table of dialects, and what they share. */
#include "probes/dialect.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "probes/verdict.h"

static const struct dialect_traits traits[DIALECT_N] = {
	[DIALECT_TCP] = { 0 },
	[DIALECT_TLS] = { .tls = true },
	[DIALECT_HTTP] = { .talk = talk_http },
	[DIALECT_HTTPS] = { .tls = true, .talk = talk_http },
	[DIALECT_IDENTIFY] = { .tls = true, .talk = talk_identify },
	[DIALECT_VCENTER] = { .tls = true, .talk = talk_vsphere },
	[DIALECT_ESXI] = { .tls = true, .talk = talk_vsphere },
	[DIALECT_AUTHD] = { .banner = true, .tls = true },
	[DIALECT_OVIRT_ENGINE] = { .tls = true, .talk = talk_ovirt_engine },
	[DIALECT_IMAGEIO] = { .tls = true, .talk = talk_imageio },
	[DIALECT_REGISTRY] = { .tls = true, .talk = talk_registry },
};

const struct dialect_traits *dialect_traits(enum dialect d)
{
	return &traits[d];
}

void talk_done(struct talk *t)
{
	free(t->token);
	t->token = NULL;
}

void talk_ask(struct talk *t, const char *method, const char *target)
{
	t->step++;
	t->side_trip = false;
	t->request = (struct http_request){ .method = method };
	(void)snprintf(t->request.target, sizeof t->request.target, "%s", target);
}

enum talk_next talk_end(struct talk *t, enum service s, const char *format, ...)
{
	char text[sizeof t->facts->detail];
	va_list args;

	t->service = s;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	text_printf(t->facts->detail, sizeof t->facts->detail, "%s", text);
	return TALK_ENDED;
}

enum talk_next talk_end_status(struct talk *t, const struct http_response *reply)
{
	enum service s = reply->status == 503 ? SERVICE_NOT_READY : SERVICE_HTTP_STATUS;

	if (reply->location[0] != '\0')
		return talk_end(t, s, "HTTP %u, sends to %s", reply->status, reply->location);
	return talk_end(t, s, "HTTP %u to %s %s", reply->status, t->request.method,
			t->request.target);
}

/* DIALECT_HTTP and DIALECT_HTTPS: one GET with an expected status. */
enum talk_next talk_http(struct talk *t, const struct http_response *reply)
{
	const struct probe_spec *spec = t->spec;

	if (reply == NULL) {
		talk_ask(t, "GET", spec->http_path != NULL ? spec->http_path : "/");
		return TALK_ASK;
	}
	text_printf(t->facts->product, sizeof t->facts->product, "%s", reply->server);
	if (spec->http_status != 0 ? reply->status != spec->http_status : reply->status >= 400)
		return talk_end_status(t, reply);
	return talk_end(t, SERVICE_SERVING, "HTTP %u", reply->status);
}
