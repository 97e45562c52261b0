/* SPDX-License-Identifier: Apache-2.0 */
/* xmlsafe.c: see xmlsafe.h. */
#include "inventory/xmlsafe.h"

#include <errno.h>
#include <expat.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	SLICE_BYTES = 64 * 1024,
	/* Before 2.6 expat reads a token again from its start with every slice (CVE-2023-52425). */
	TOKEN_BYTES = 1024 * 1024,
};

struct xmlsafe {
	XML_Parser parser; /* owned */
	const struct xmlsafe_calls *calls;
	void *owner;
	unsigned depth;
	uint64_t fed;
	bool stopped;
	struct err *err; /* borrowed, during a call */
};

static void check(struct xmlsafe *x, bool ok)
{
	if (ok || x->stopped)
		return;
	x->stopped = true;
	(void)XML_StopParser(x->parser, XML_FALSE);
}

static void on_start(void *data, const char *name, const char **attributes)
{
	struct xmlsafe *x = data;

	if (x->stopped)
		return;
	if (x->depth == XMLSAFE_DEPTH)
		check(x, err_set(x->err, E2BIG, "nested deeper than %d", XMLSAFE_DEPTH));
	else
		check(x, x->calls->open(x->owner, name, attributes, x->err));
	x->depth++;
}

/* expat calls it for an empty element even when on_start() stopped the parser. */
static void on_end(void *data, const char *name)
{
	struct xmlsafe *x = data;

	if (x->stopped)
		return;
	check(x, x->calls->close(x->owner, name, x->err));
	x->depth--;
}

static void on_text(void *data, const char *text, int n)
{
	struct xmlsafe *x = data;

	if (!x->stopped)
		check(x, x->calls->text(x->owner, text, (size_t)n, x->err));
}

static void on_doctype(void *data, const char *name, const char *system_id, const char *public_id,
		       int internal)
{
	struct xmlsafe *x = data;

	(void)system_id;
	(void)public_id;
	(void)internal;
	check(x, err_set(x->err, EINVAL, "a document type, as no export has one%s",
			 strcasecmp(name, "html") == 0 ? "; this is a web page" : ""));
}

struct xmlsafe *xmlsafe_new(const struct xmlsafe_calls *calls, void *owner)
{
	struct xmlsafe *x = xcalloc(1, sizeof *x);

	x->parser = XML_ParserCreate(NULL);
	if (x->parser == NULL)
		abort();
	x->calls = calls;
	x->owner = owner;
	XML_SetUserData(x->parser, x);
	XML_SetElementHandler(x->parser, on_start, on_end);
	XML_SetCharacterDataHandler(x->parser, on_text);
	XML_SetStartDoctypeDeclHandler(x->parser, on_doctype);
	return x;
}

void xmlsafe_free(struct xmlsafe *x)
{
	if (x == NULL)
		return;
	XML_ParserFree(x->parser);
	free(x);
}

static bool blame(struct xmlsafe *x)
{
	enum XML_Error error = XML_GetErrorCode(x->parser);

	if (error == XML_ERROR_NO_MEMORY)
		abort();
	if (!x->stopped)
		(void)err_set(x->err, EINVAL, "%s", XML_ErrorString(error));
	return err_add(x->err, "line %lu", (unsigned long)XML_GetCurrentLineNumber(x->parser));
}

static bool parse(struct xmlsafe *x, const char *bytes, size_t n, bool final, struct err *e)
{
	XML_Index begun;

	x->err = e;
	if (XML_Parse(x->parser, bytes, (int)n, final) != XML_STATUS_OK)
		return blame(x);
	x->fed += n;
	begun = XML_GetCurrentByteIndex(x->parser);
	if (begun >= 0 && x->fed > TOKEN_BYTES && (uint64_t)begun < x->fed - TOKEN_BYTES) {
		(void)err_set(e, E2BIG, "a tag or a comment is longer than 1 MiB");
		x->stopped = true;
		return blame(x);
	}
	return true;
}

bool xmlsafe_put(struct xmlsafe *x, const char *bytes, size_t n, struct err *e)
{
	while (n > 0) {
		size_t len = n < SLICE_BYTES ? n : SLICE_BYTES;

		if (!parse(x, bytes, len, false, e))
			return false;
		bytes += len;
		n -= len;
	}
	return true;
}

bool xmlsafe_end(struct xmlsafe *x, struct err *e)
{
	return parse(x, "", 0, true, e);
}

const char *xmlsafe_local(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon != NULL ? colon + 1 : name;
}

const char *xmlsafe_attribute(const char **attributes, const char *name)
{
	for (; attributes[0] != NULL; attributes += 2)
		if (strcmp(xmlsafe_local(attributes[0]), name) == 0)
			return attributes[1];
	return NULL;
}
