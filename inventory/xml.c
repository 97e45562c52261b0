/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xml.c: XML to JSON text, in the shape that oVirt's JSON has.  <vms><vm/>...</vms> becomes
 * {"vm":[...]} and leaves machine by machine; any other root is an object that is kept until its end.
 */
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "inventory/escape.h"
#include "inventory/reader.h"
#include "inventory/xmlsafe.h"
#include "inventory/xmltree.h"

enum {
	OUT_BYTES = 128 * 1024 * 1024, /* the largest object, escaped names and brackets included */
	FLUSH_BYTES = 64 * 1024,
	NAME_BYTES = 1024,
};

struct xml {
	struct reader reader;
	struct sink *sink;    /* borrowed */
	struct xmlsafe *safe; /* owned */
	struct xmltree tree;
	struct buf out;
	struct buf list; /* the root's children: the name of the last one */
	bool streamed;   /* the root is a plural: children leave at once */
	bool asked;      /* that was found out, by the first child */
};

static bool too_large(struct err *e)
{
	return err_set(e, E2BIG, "an element is larger than 64 MiB or has a million members");
}

static bool flush(struct xml *x, struct err *e)
{
	bool ok;

	MUST(!buf_overflowed(&x->out));
	ok = x->out.len == 0 || x->sink->put(x->sink->owner, x->out.data, x->out.len, e);
	buf_clear(&x->out);
	return ok;
}

/* A child of a root that is a list: what stands between it and the one before. */
static void separate(struct xml *x, const char *name)
{
	if (x->list.len > 0 && strcmp(x->list.data, name) == 0) {
		buf_puts(&x->out, ",");
		return;
	}
	buf_puts(&x->out, x->list.len > 0 ? "]," : "{");
	escape_put(&x->out, name, strlen(name));
	buf_puts(&x->out, ":[");
	buf_clear(&x->list);
	buf_puts(&x->list, name);
}

static bool on_open(void *owner, const char *name, const char **attributes, struct err *e)
{
	struct xml *x = owner;

	if (x->tree.depth == 1 && !x->asked) {
		x->streamed = xmltree_is_plural(x->tree.levels[0].name.data, name);
		x->asked = true;
	}
	return xmltree_open(&x->tree, name, attributes) || too_large(e);
}

static bool on_text(void *owner, const char *text, size_t n, struct err *e)
{
	struct xml *x = owner;

	/* Between the children of a list it is blank. */
	if (x->streamed && x->tree.depth == 1)
		return true;
	return xmltree_text(&x->tree, text, n) || too_large(e);
}

/* A list's attributes follow its children: the cutter wants to see the list first. */
static bool end_list(struct xml *x, struct err *e)
{
	struct buf attributes;
	bool ok;

	buf_init(&attributes, OUT_BYTES);
	ok = xmltree_close_into(&x->tree, &attributes);
	buf_puts(&x->out, "]");
	if (ok && attributes.len > 2 && attributes.data[0] == '{') {
		buf_puts(&x->out, ",");
		buf_put(&x->out, attributes.data + 1, attributes.len - 2);
	}
	buf_puts(&x->out, "}");
	buf_done(&attributes);
	return ok || too_large(e);
}

static bool end_object(struct xml *x, struct err *e)
{
	const struct xmltree_level *root = &x->tree.levels[0];
	const char *text = buf_text(&root->text);
	/* A list without children, rather than a text. */
	bool empty = root->count == 0 && text[strspn(text, " \t\r\n")] == '\0';

	if (!xmltree_close_into(&x->tree, &x->out))
		return too_large(e);
	if (empty) {
		buf_clear(&x->out);
		buf_puts(&x->out, "{}");
	}
	return true;
}

static bool on_close(void *owner, const char *name, struct err *e)
{
	struct xml *x = owner;

	if (x->tree.depth == 1)
		return x->streamed ? end_list(x, e) : end_object(x, e);
	if (x->tree.depth > 2 || !x->streamed)
		return xmltree_close(&x->tree) || too_large(e);
	separate(x, name);
	if (!xmltree_close_into(&x->tree, &x->out))
		return too_large(e);
	return x->out.len < FLUSH_BYTES || flush(x, e);
}

static bool put(struct reader *r, const char *bytes, size_t n, struct err *e)
{
	return xmlsafe_put(container_of(r, struct xml, reader)->safe, bytes, n, e);
}

static bool end(struct reader *r, struct err *e)
{
	struct xml *x = container_of(r, struct xml, reader);

	if (!xmlsafe_end(x->safe, e))
		return false;
	buf_puts(&x->out, "\n");
	return flush(x, e);
}

static void done(struct reader *r)
{
	struct xml *x = container_of(r, struct xml, reader);

	xmlsafe_free(x->safe);
	xmltree_done(&x->tree);
	buf_done(&x->out);
	buf_done(&x->list);
	free(x);
}

struct reader *xml_reader_new(struct sink *sink)
{
	static const struct xmlsafe_calls calls = { on_open, on_close, on_text };
	struct xml *x = xcalloc(1, sizeof *x);

	x->reader = (struct reader){ .put = put, .end = end, .free = done };
	x->sink = sink;
	x->safe = xmlsafe_new(&calls, x);
	xmltree_init(&x->tree);
	buf_init(&x->out, OUT_BYTES);
	buf_init(&x->list, NAME_BYTES);
	return &x->reader;
}
