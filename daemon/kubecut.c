/* SPDX-License-Identifier: Apache-2.0 */
/* kubecut.c: see kubecut.h. */
#include "daemon/kubecut.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

enum { KEY_BYTES = 8, NOWHERE = -1 };

struct kubecut {
	kubecut_fn *object;
	void *owner;
	long depth;
	long level; /* items begin at this depth; NOWHERE: in none of their lists */
	bool list;
	bool quoted;
	bool escaped;
	bool inside;         /* …of an item */
	char key[KEY_BYTES]; /* the last string outside of items, if that short */
	size_t key_len;
	struct buf item;
	struct buf rest;
	uint64_t left_out;
};

struct kubecut *kubecut_new(kubecut_fn *object, void *owner)
{
	struct kubecut *c = xcalloc(1, sizeof *c);

	c->object = object;
	c->owner = owner;
	buf_init(&c->item, KUBECUT_OBJECT_BYTES);
	buf_init(&c->rest, KUBECUT_REST_BYTES);
	kubecut_begin(c, KUBECUT_WATCH);
	return c;
}

void kubecut_free(struct kubecut *c)
{
	if (c == NULL)
		return;
	buf_done(&c->item);
	buf_done(&c->rest);
	free(c);
}

void kubecut_begin(struct kubecut *c, enum kubecut_form form)
{
	c->list = form == KUBECUT_LIST;
	c->level = c->list ? NOWHERE : 0;
	c->depth = 0;
	c->quoted = c->escaped = c->inside = false;
	c->key_len = 0;
	buf_clear(&c->item);
	buf_clear(&c->rest);
}

/* The item that has just ended. */
static bool give(struct kubecut *c)
{
	bool more = true;

	c->inside = false;
	if (buf_overflowed(&c->item))
		c->left_out++;
	else
		more = c->object(c->owner, buf_text(&c->item), c->item.len);
	buf_clear(&c->item);
	return more;
}

static bool items_begin(const struct kubecut *c, char ch)
{
	static const char items[] = "items";

	if (!c->list || c->level != NOWHERE || ch != '[')
		return false;
	return c->depth == 0 || (c->depth == 1 && c->key_len == strlen(items) &&
				 memcmp(c->key, items, strlen(items)) == 0);
}

/* *from: where what was not put yet begins.  What stands between items means nothing. */
static void put_until(struct kubecut *c, const char **from, const char *to)
{
	if (c->inside)
		buf_put(&c->item, *from, (size_t)(to - *from));
	else if (c->list && c->level == NOWHERE)
		buf_put(&c->rest, *from, (size_t)(to - *from));
	*from = to;
}

static void open_bracket(struct kubecut *c, const char **from, const char *at)
{
	if (!c->inside && c->depth == c->level && *at == '{') {
		put_until(c, from, at);
		c->inside = true;
	} else if (items_begin(c, *at)) {
		put_until(c, from, at + 1);
		c->level = c->depth + 1;
	}
	c->depth++;
}

static bool close_bracket(struct kubecut *c, const char **from, const char *at)
{
	if (c->depth == 0)
		return false;
	c->depth--;
	if (c->inside && c->depth == c->level) {
		put_until(c, from, at + 1);
		return give(c);
	}
	if (c->list && c->depth < c->level) {
		put_until(c, from, at);
		c->level = NOWHERE;
	}
	return true;
}

static void take_quoted(struct kubecut *c, char ch)
{
	if (c->escaped)
		c->escaped = false;
	else if (ch == '\\')
		c->escaped = true;
	else if (ch == '"')
		c->quoted = false;
	if (c->quoted && !c->inside) {
		if (c->key_len < KEY_BYTES)
			c->key[c->key_len] = ch;
		c->key_len += c->key_len < KEY_BYTES + 1;
	}
}

static bool step(struct kubecut *c, const char **from, const char *at)
{
	switch (*at) {
	case '"':
		c->quoted = true;
		if (!c->inside)
			c->key_len = 0;
		return c->depth > 0;
	case '{':
	case '[':
		open_bracket(c, from, at);
		return true;
	case '}':
	case ']':
		return close_bracket(c, from, at);
	case ' ':
	case '\t':
	case '\r':
	case '\n':
		return true;
	default:
		return c->depth > 0;
	}
}

bool kubecut_feed(struct kubecut *c, const char *data, size_t len)
{
	const char *from = data;

	for (const char *p = data; p < data + len; p++)
		if (c->quoted)
			take_quoted(c, *p);
		else if (!step(c, &from, p))
			return false;
	put_until(c, &from, data + len);
	return true;
}

bool kubecut_complete(const struct kubecut *c)
{
	return c->depth == 0 && !c->quoted;
}

const char *kubecut_rest(const struct kubecut *c)
{
	return buf_overflowed(&c->rest) ? "" : buf_text(&c->rest);
}

uint64_t kubecut_left_out(const struct kubecut *c)
{
	return c->left_out;
}
