/* SPDX-License-Identifier: Apache-2.0 */
/* soap.c: see soap.h.  XML is read by expat. */
#include "probes/soap.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

#include "base/buf.h"
#include "base/must.h"
#include "base/text.h"

const char soap_retrieve_service_content[] =
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
	"<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\">"
	"<soapenv:Body><RetrieveServiceContent xmlns=\"urn:vim25\">"
	"<_this type=\"ServiceInstance\">ServiceInstance</_this>"
	"</RetrieveServiceContent></soapenv:Body></soapenv:Envelope>";

enum { DEPTH_MAX = 32 };

struct reader {
	XML_Parser parser; /* borrowed */
	struct about about;
	struct buf text; /* of the element that is open */
	unsigned depth;
	unsigned about_depth; /* depth of <about>; 0: outside of it */
};

static const char *local_name(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon != NULL ? colon + 1 : name;
}

static void on_start(void *data, const char *name, const char **attributes)
{
	struct reader *r = data;

	(void)attributes;
	if (++r->depth > DEPTH_MAX)
		(void)XML_StopParser(r->parser, XML_FALSE);
	if (r->about_depth == 0 && strcmp(local_name(name), "about") == 0)
		r->about_depth = r->depth;
	buf_clear(&r->text);
}

static void on_text(void *data, const char *text, int len)
{
	struct reader *r = data;

	if (r->about_depth != 0)
		buf_put(&r->text, text, (size_t)len);
}

static void keep(struct reader *r, const char *name)
{
	struct about *a = &r->about;
	const struct {
		const char *name;
		char *field;
		size_t size;
	} fields[] = {
		{ "fullName", a->full_name, sizeof a->full_name },
		{ "name", a->name, sizeof a->name },
		{ "version", a->version, sizeof a->version },
		{ "build", a->build, sizeof a->build },
		{ "apiType", a->api_type, sizeof a->api_type },
		{ "instanceUuid", a->instance_uuid, sizeof a->instance_uuid },
	};

	for (size_t i = 0; i < ARRAY_LEN(fields); i++)
		if (strcmp(name, fields[i].name) == 0)
			text_set(fields[i].field, fields[i].size, buf_text(&r->text), r->text.len);
}

static void on_end(void *data, const char *name)
{
	struct reader *r = data;

	if (r->about_depth != 0 && r->depth == r->about_depth + 1)
		keep(r, local_name(name));
	if (r->depth == r->about_depth)
		r->about_depth = 0;
	r->depth--;
	buf_clear(&r->text);
}

/* No answer of this protocol has a DTD; entities are how XML grows without bound. */
static void on_doctype(void *data, const char *name, const char *system_id, const char *public_id,
		       int internal)
{
	struct reader *r = data;

	(void)name;
	(void)system_id;
	(void)public_id;
	(void)internal;
	(void)XML_StopParser(r->parser, XML_FALSE);
}

bool soap_parse_about(const char *text, size_t len, struct about *ret_about)
{
	struct reader r = { .parser = XML_ParserCreate(NULL) };
	bool ok;

	MUST(r.parser != NULL && len <= INT_MAX);
	buf_init(&r.text, LIMIT_FACT_BYTES);
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	ok = XML_Parse(r.parser, text, (int)len, XML_TRUE) == XML_STATUS_OK &&
	     r.about.api_type[0] != '\0';
	XML_ParserFree(r.parser);
	buf_done(&r.text);
	if (ok)
		*ret_about = r.about;
	return ok;
}
