/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_soap.c: the reply to RetrieveServiceContent. */
#include "tests/fuzz/fuzz.h"

#include "base/buf.h"
#include "base/limits.h"
#include "probes/soap.h"

static void put_escaped(struct buf *b, const char *name, const char *text)
{
	buf_printf(b, "<v:%s>", name);
	for (const char *p = text; *p != '\0'; p++) {
		if (strchr("<>&", *p) != NULL)
			buf_printf(b, "&#%d;", *p);
		else
			buf_put(b, p, 1);
	}
	buf_printf(b, "</v:%s>", name);
}

/* The facts written as a reply, with a name space, read as the same facts. */
static void round_trip(const struct about *a)
{
	struct about again;
	struct buf b;

	buf_init(&b, LIMIT_HTTP_BODY_BYTES);
	buf_puts(&b, "<s:E xmlns:s=\"s\" xmlns:v=\"urn:vim25\"><s:Body><v:returnval><v:about>");
	put_escaped(&b, "name", a->name);
	put_escaped(&b, "fullName", a->full_name);
	put_escaped(&b, "version", a->version);
	put_escaped(&b, "build", a->build);
	put_escaped(&b, "apiType", a->api_type);
	put_escaped(&b, "instanceUuid", a->instance_uuid);
	buf_puts(&b, "</v:about></v:returnval></s:Body></s:E>");
	MUST(soap_parse_about(buf_text(&b), b.len, &again));
	MUST(strcmp(a->name, again.name) == 0);
	MUST(strcmp(a->full_name, again.full_name) == 0);
	MUST(strcmp(a->version, again.version) == 0);
	MUST(strcmp(a->build, again.build) == 0);
	MUST(strcmp(a->api_type, again.api_type) == 0);
	MUST(strcmp(a->instance_uuid, again.instance_uuid) == 0);
	buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct about a;
	char *text;

	if (size > LIMIT_HTTP_BODY_BYTES)
		return 0;
	memset(&a, 0xa5, sizeof a);
	text = xmemdup(data, size);
	if (soap_parse_about(text, size, &a)) {
		MUST_FIELD(a.full_name);
		MUST_FIELD(a.name);
		MUST_FIELD(a.version);
		MUST_FIELD(a.build);
		MUST_FIELD(a.api_type);
		MUST_FIELD(a.instance_uuid);
		MUST(a.api_type[0] != '\0');
		MUST(memmem(text, size, "<!DOCTYPE", sizeof "<!DOCTYPE" - 1) == NULL ||
		     memmem(text, size, "<!--", 4) != NULL ||
		     memmem(text, size, "<![CDATA[", 9) != NULL ||
		     memmem(text, size, "<?", 2) != NULL);
		round_trip(&a);
	} else {
		MUST(a.api_type[0] == (char)0xa5);
	}
	free(text);
	return 0;
}
