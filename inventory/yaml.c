/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml.c: YAML to JSON text, one line a document.  libyaml pulls its input, so that it is
 * spooled first; its events are written as they come, except that nothing leaves while an
 * anchored node is open: an alias writes the node's text again.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <yaml.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include "inventory/escape.h"
#include "inventory/reader.h"
#include "inventory/spool.h"
#include "inventory/yamlanchor.h"
#include "inventory/yamlscalar.h"

enum {
	DEPTH_MAX = 100,
	MIB = 1024 * 1024,
	FILE_MIB = 1024,
	EXPANSION_BYTES = 64 * MIB,  /* what anchors hold, and what aliases add */
	VALUE_BYTES = 16 * MIB,      /* of the file, for one scalar */
	OUT_BYTES = 7 * VALUE_BYTES, /* an escaped byte becomes six */
	FLUSH_BYTES = 64 * 1024,
};

struct frame {
	bool mapping;
	bool empty;
	bool after_key; /* of a mapping: a value is next */
	unsigned height;
	size_t start;              /* in out; of an anchored node */
	struct yamlanchor *anchor; /* borrowed; or NULL */
};

struct yaml {
	struct reader reader;
	struct sink *sink; /* borrowed */
	struct spool spool;
	yaml_parser_t parser;
	struct buf out;
	struct buf scalar;
	struct frame frames[DEPTH_MAX];
	unsigned depth;
	unsigned recording; /* frames with an anchor */
	struct yamlanchors anchors;
	size_t expanded;
	size_t unanswered; /* bytes read since the last event */
	size_t line;
	bool written;    /* something, of this document */
	struct err *err; /* borrowed, during end() */
};

static bool complain(struct yaml *y, const char *what)
{
	return err_set(y->err, EINVAL, "line %zu: %s", y->line, what);
}

static bool flush(struct yaml *y)
{
	bool ok;

	if (buf_overflowed(&y->out))
		return complain(y, "a value is too large");
	ok = y->out.len == 0 || y->sink->put(y->sink->owner, y->out.data, y->out.len, y->err);
	buf_clear(&y->out);
	return ok;
}

/* ---- nodes */

/* What stands between a value and the one before it. */
static void separate(struct yaml *y)
{
	struct frame *f = y->depth > 0 ? &y->frames[y->depth - 1] : NULL;

	y->written = true;
	if (f == NULL)
		return;
	if (f->after_key)
		buf_puts(&y->out, ":");
	else if (!f->empty)
		buf_puts(&y->out, ",");
	f->empty = false;
	if (f->mapping)
		f->after_key = !f->after_key;
}

static bool expects_key(const struct yaml *y)
{
	return y->depth > 0 && y->frames[y->depth - 1].mapping &&
	       !y->frames[y->depth - 1].after_key;
}

/* Nodes within, of all that are open. */
static void note_height(struct yaml *y, unsigned height)
{
	struct frame *f = y->depth > 0 ? &y->frames[y->depth - 1] : NULL;

	if (f != NULL && f->height < height)
		f->height = height;
}

/* A scalar, or what an alias stands for; JSON's keys are strings. */
static bool put_value(struct yaml *y, const char *json, size_t n, unsigned height)
{
	bool key = expects_key(y);
	bool quote = key && json[0] != '"';

	if (key && (json[0] == '{' || json[0] == '['))
		return complain(y, "a key is neither text nor a number");
	if (y->depth + height > DEPTH_MAX)
		return complain(y, "nested deeper than 100");
	separate(y);
	if (quote)
		buf_puts(&y->out, "\"");
	buf_put(&y->out, json, n);
	if (quote)
		buf_puts(&y->out, "\"");
	note_height(y, height);
	return y->out.len < FLUSH_BYTES || y->recording > 0 || flush(y);
}

static bool on_alias(struct yaml *y, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.alias.anchor;
	const struct yamlanchor *a = yamlanchors_find(&y->anchors, name);

	if (a == NULL || a->json == NULL)
		return complain(y, a == NULL ? "an alias of nothing" : "an alias within its node");
	y->expanded += a->len;
	if (y->expanded > EXPANSION_BYTES)
		return complain(y, "aliases stand for more than 64 MiB");
	return put_value(y, a->json, a->len, a->height);
}

static bool is_typed(const yaml_event_t *event)
{
	static const char prefix[] = "tag:yaml.org,2002:";
	const char *tag = (const char *)event->data.scalar.tag;

	if (tag == NULL)
		return event->data.scalar.plain_implicit;
	if (strncmp(tag, prefix, sizeof prefix - 1) != 0)
		return false;
	tag += sizeof prefix - 1;
	return strcmp(tag, "int") == 0 || strcmp(tag, "bool") == 0 || strcmp(tag, "float") == 0 ||
	       strcmp(tag, "null") == 0;
}

static bool on_scalar(struct yaml *y, const yaml_event_t *event)
{
	const char *text = (const char *)event->data.scalar.value;
	size_t n = event->data.scalar.length;
	bool typed = is_typed(event);
	const char *anchor = (const char *)event->data.scalar.anchor;

	/* "---" at the end of a file */
	if (y->depth == 0 && n == 0 && typed)
		return true;
	if (typed && n == 2 && memcmp(text, "<<", 2) == 0 && expects_key(y))
		return complain(y, "merge keys (<<) are not read");
	buf_clear(&y->scalar);
	if (typed)
		yamlscalar_put(&y->scalar, text, n);
	else
		escape_put(&y->scalar, text, n);
	if (buf_overflowed(&y->scalar))
		return complain(y, "a value is too large");
	if (anchor != NULL && !yamlanchors_close(&y->anchors, yamlanchors_open(&y->anchors, anchor),
						 y->scalar.data, y->scalar.len, 0))
		return complain(y, "anchors hold more than 64 MiB");
	return put_value(y, y->scalar.data, y->scalar.len, 0);
}

static bool on_open(struct yaml *y, const yaml_char_t *anchor, bool mapping)
{
	struct frame *f = &y->frames[y->depth];

	if (expects_key(y))
		return complain(y, "a key is neither text nor a number");
	if (y->depth == DEPTH_MAX)
		return complain(y, "nested deeper than 100");
	separate(y);
	*f = (struct frame){ .mapping = mapping, .empty = true, .start = y->out.len };
	if (anchor != NULL) {
		f->anchor = yamlanchors_open(&y->anchors, (const char *)anchor);
		y->recording++;
	}
	y->depth++;
	buf_puts(&y->out, mapping ? "{" : "[");
	return true;
}

static bool on_close(struct yaml *y)
{
	struct frame *f = &y->frames[--y->depth];

	buf_puts(&y->out, f->mapping ? "}" : "]");
	note_height(y, f->height + 1);
	if (buf_overflowed(&y->out))
		return complain(y, "a value is too large");
	if (f->anchor != NULL) {
		y->recording--;
		if (!yamlanchors_close(&y->anchors, f->anchor, y->out.data + f->start,
				       y->out.len - f->start, f->height + 1))
			return complain(y, "anchors hold more than 64 MiB");
	}
	return y->out.len < FLUSH_BYTES || y->recording > 0 || flush(y);
}

static bool on_event(struct yaml *y, const yaml_event_t *event)
{
	y->line = event->start_mark.line + 1;
	y->unanswered = 0;
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return on_alias(y, event);
	case YAML_SCALAR_EVENT:
		return on_scalar(y, event);
	case YAML_SEQUENCE_START_EVENT:
		return on_open(y, event->data.sequence_start.anchor, false);
	case YAML_MAPPING_START_EVENT:
		return on_open(y, event->data.mapping_start.anchor, true);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return on_close(y);
	case YAML_DOCUMENT_END_EVENT:
		yamlanchors_clear(&y->anchors);
		if (y->written)
			buf_puts(&y->out, "\n");
		y->written = false;
		return flush(y);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_START_EVENT:
		return true;
	}
	return true;
}

/* ---- the reader */

/* Bounds what libyaml may take for one token. */
static int on_read(void *data, unsigned char *bytes, size_t size, size_t *ret_n)
{
	struct yaml *y = data;
	ssize_t n = read(y->spool.fd, bytes, size);

	if (n < 0 || y->unanswered > VALUE_BYTES)
		return 0;
	y->unanswered += (size_t)n;
	*ret_n = (size_t)n;
	return 1;
}

static bool blame(struct yaml *y)
{
	const yaml_parser_t *p = &y->parser;

	if (p->error == YAML_MEMORY_ERROR)
		abort();
	if (p->error == YAML_READER_ERROR && y->unanswered > VALUE_BYTES)
		return complain(y, "a value is larger than 16 MiB");
	if (p->error == YAML_READER_ERROR)
		return err_set(y->err, EILSEQ, "byte %zu: %s", p->problem_offset, p->problem);
	return err_set(y->err, EINVAL, "line %zu: %s", p->problem_mark.line + 1,
		       p->problem != NULL ? p->problem : "is not YAML");
}

static bool put(struct reader *r, const char *bytes, size_t n, struct err *e)
{
	return spool_put(&container_of(r, struct yaml, reader)->spool, bytes, n, e);
}

static bool end(struct reader *r, struct err *e)
{
	struct yaml *y = container_of(r, struct yaml, reader);
	bool ok = spool_rewind(&y->spool, e);
	bool more = true;

	y->err = e;
	while (ok && more) {
		yaml_event_t event;

		if (!yaml_parser_parse(&y->parser, &event))
			return blame(y);
		ok = on_event(y, &event);
		more = event.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
	}
	return ok;
}

static void done(struct reader *r)
{
	struct yaml *y = container_of(r, struct yaml, reader);

	yamlanchors_clear(&y->anchors);
	yaml_parser_delete(&y->parser);
	spool_done(&y->spool);
	buf_done(&y->out);
	buf_done(&y->scalar);
	free(y);
}

struct reader *yaml_reader_new(struct sink *sink)
{
	struct yaml *y = xcalloc(1, sizeof *y);

	y->reader = (struct reader){ .put = put, .end = end, .free = done };
	y->sink = sink;
	spool_init(&y->spool, (uint64_t)FILE_MIB * MIB);
	buf_init(&y->out, OUT_BYTES);
	buf_init(&y->scalar, OUT_BYTES);
	if (!yaml_parser_initialize(&y->parser))
		abort();
	yaml_parser_set_input(&y->parser, on_read, y);
	return &y->reader;
}
