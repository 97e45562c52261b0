/* SPDX-License-Identifier: Apache-2.0 */
/* conftext.c: one pass over libyaml's events; see conftext.h. */
#include "daemon/conftext.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <yaml.h>

#include "base/must.h"
#include "base/suggest.h"
#include "base/text.h"
#include "daemon/confsay.h"

enum { KEYS_MAX = 64, PATH_SHOWN = 120 };

struct walk {
	const struct conftext *t;
	yaml_parser_t parser;
	yaml_event_t event;          /* the current one */
	char key[CONFTEXT_KEY_SIZE]; /* where we are */
	const char *sought;          /* "": nothing */
	size_t near_len;             /* of the key nearest above it so far */
	unsigned near_line;
	struct err *err; /* NULL: nobody asks what is wrong */
};

static unsigned line_of(const yaml_mark_t *mark)
{
	return (unsigned)mark->line + 1;
}

static bool put_place(const struct conftext *t, unsigned line, const char *key, struct err *e)
{
	size_t len = strlen(t->path);
	const char *end = len > PATH_SHOWN ? t->path + len - PATH_SHOWN : t->path;

	return err_add(e, "%s%s:%u%s%s", end != t->path ? "..." : "", end, line,
		       key[0] != '\0' ? ": " : "", key);
}

__attribute__((format(printf, 3, 4))) static bool complain(struct walk *w, unsigned line,
							   const char *format, ...)
{
	char text[sizeof w->err->text];
	va_list args;

	if (w->err == NULL)
		return false;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	(void)err_set(w->err, EINVAL, "%s", text);
	return put_place(w->t, line, w->key, w->err);
}

static bool complain_here(struct walk *w, const char *reason)
{
	return complain(w, line_of(&w->event.start_mark), "%s", reason);
}

/* The line begins with white space that holds a tab. */
static bool indented_by_tab(const struct conftext *t, unsigned line)
{
	const char *p = t->text;
	const char *end = t->text + t->len;

	for (; line > 1 && p != NULL; line--) {
		p = memchr(p, '\n', (size_t)(end - p));
		p = p != NULL ? p + 1 : NULL;
	}
	while (p != NULL && p < end && *p == ' ')
		p++;
	return p != NULL && p < end && *p == '\t';
}

/* Faults of single bytes come with their offset, all others with a mark. */
static bool complain_syntax(struct walk *w)
{
	const yaml_parser_t *p = &w->parser;
	const char *problem = p->problem != NULL ? p->problem : "no memory";
	unsigned line = line_of(&p->problem_mark);

	w->key[0] = '\0'; /* it would be that of the value in front */
	if (p->error == YAML_READER_ERROR) {
		size_t offset = p->problem_offset < w->t->len ? p->problem_offset : w->t->len;

		line = 1;
		for (size_t i = 0; i < offset; i++)
			line += w->t->text[i] == '\n';
		return complain(w, line, "not a UTF-8 text: %s", problem);
	}
	return complain(w, line, "not YAML: %s%s", problem,
			indented_by_tab(w->t, line) ? " (a tab indents this line; use blanks)"
						    : "");
}

static bool next(struct walk *w)
{
	yaml_event_delete(&w->event);
	return yaml_parser_parse(&w->parser, &w->event) == 1 || complain_syntax(w);
}

/* The text's place named by w->key is at line. */
static void note(struct walk *w, unsigned line)
{
	size_t len = strlen(w->key);

	if (len > w->near_len && strncmp(w->sought, w->key, len) == 0 &&
	    strchr(".[", w->sought[len]) != NULL) {
		w->near_len = len;
		w->near_line = line;
	}
}

static bool is_null(const yaml_event_t *e)
{
	static const char *const words[] = { "", "~", "null", "Null", "NULL" };

	if (e->type != YAML_SCALAR_EVENT || e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp((const char *)e->data.scalar.value, words[i]) == 0)
			return true;
	return false;
}

static bool tagged(const yaml_event_t *e)
{
	return (e->type == YAML_SCALAR_EVENT && e->data.scalar.tag != NULL) ||
	       (e->type == YAML_SEQUENCE_START_EVENT && e->data.sequence_start.tag != NULL) ||
	       (e->type == YAML_MAPPING_START_EVENT && e->data.mapping_start.tag != NULL);
}

static bool walk_scalar(struct walk *w)
{
	const yaml_event_t *e = &w->event;

	if (e->type == YAML_SEQUENCE_START_EVENT)
		return complain_here(w, "wants one value, not a list");
	if (e->type == YAML_MAPPING_START_EVENT)
		return complain_here(w, "wants one value, not keys below it");
	if (is_null(e))
		return complain_here(w, "has no value; leave the key out, or write \"\" for none");
	if (memchr(e->data.scalar.value, '\0', e->data.scalar.length) != NULL)
		return complain_here(w, "holds a NUL character");
	return true;
}

static bool walk_value(struct walk *w, const cyaml_schema_value_t *schema, unsigned line);

static bool walk_sequence(struct walk *w, const cyaml_schema_value_t *schema)
{
	size_t len = strlen(w->key);

	if (w->event.type != YAML_SEQUENCE_START_EVENT)
		return complain_here(w, w->event.type == YAML_SCALAR_EVENT
						? "wants a list: [VALUE, VALUE], or lines that "
						  "begin with \"- \""
						: "wants a list: lines that begin with \"- \"");
	for (uint32_t i = 0;; i++) {
		if (!next(w))
			return false;
		if (w->event.type == YAML_SEQUENCE_END_EVENT)
			return true;
		if (i == schema->sequence.max)
			return complain(w, line_of(&w->event.start_mark), "more than %u entries",
					schema->sequence.max);
		(void)snprintf(w->key + len, sizeof w->key - len, "[%u]", i);
		if (!walk_value(w, schema->sequence.entry, line_of(&w->event.start_mark)))
			return false;
		w->key[len] = '\0';
	}
}

static bool complain_unknown(struct walk *w, const cyaml_schema_field_t *fields, const char *name)
{
	const char *names[KEYS_MAX] = { NULL };
	char hint[SUGGEST_TEXT_SIZE];

	for (size_t i = 0; fields[i].key != NULL; i++)
		names[i] = fields[i].key;
	suggest_format(name, names, KEYS_MAX, hint);
	return complain(w, line_of(&w->event.start_mark), "unknown key%s", hint);
}

static bool complain_twice(struct walk *w, unsigned line)
{
	if (w->err == NULL)
		return false;
	return complain(w, line, "stands here a second time; the first is in line %u",
			conftext_line(w->t, w->key));
}

static void push_key(struct walk *w, const char *name)
{
	char shown[CONFSAY_SIZE];
	size_t len = strlen(w->key);

	confsay_shown(name, shown);
	(void)snprintf(w->key + len, sizeof w->key - len, "%s%s", len > 0 ? "." : "", shown);
}

/* The current event is a key; seen has one bit for each key of the mapping. */
static bool walk_entry(struct walk *w, const cyaml_schema_field_t *fields, uint64_t *seen)
{
	unsigned line = line_of(&w->event.start_mark);
	const char *name;
	size_t i = 0;

	if (w->event.type != YAML_SCALAR_EVENT)
		return complain(w, line, "a key must be a word");
	name = (const char *)w->event.data.scalar.value;
	push_key(w, name);
	while (fields[i].key != NULL && strcmp(fields[i].key, name) != 0)
		i++;
	if (fields[i].key == NULL || strlen(name) != w->event.data.scalar.length)
		return complain_unknown(w, fields, name);
	MUST(i < KEYS_MAX);
	if ((*seen >> i & 1) != 0)
		return complain_twice(w, line);
	*seen |= UINT64_C(1) << i;
	return next(w) && walk_value(w, &fields[i].value, line);
}

static bool walk_mapping(struct walk *w, const cyaml_schema_value_t *schema)
{
	size_t len = strlen(w->key);
	uint64_t seen = 0;

	if (w->event.type != YAML_MAPPING_START_EVENT)
		return complain_here(w, "wants keys below it");
	for (;;) {
		if (!next(w))
			return false;
		if (w->event.type == YAML_MAPPING_END_EVENT)
			return true;
		if (!walk_entry(w, schema->mapping.fields, &seen))
			return false;
		w->key[len] = '\0';
	}
}

/* The current event begins a value; line is that of its key. */
static bool walk_value(struct walk *w, const cyaml_schema_value_t *schema, unsigned line)
{
	bool may_be_null = (schema->flags & CYAML_FLAG_POINTER_NULL) == CYAML_FLAG_POINTER_NULL;

	if (w->event.type == YAML_ALIAS_EVENT)
		return complain_here(w, "aliases are not taken; write the value out");
	if (tagged(&w->event))
		return complain_here(w, "tags are not taken; leave the word with \"!\" out");
	if (may_be_null && is_null(&w->event))
		return true;
	note(w, line);
	if (schema->type == CYAML_MAPPING)
		return walk_mapping(w, schema);
	if (schema->type == CYAML_SEQUENCE)
		return walk_sequence(w, schema);
	return walk_scalar(w);
}

static bool next_but_one(struct walk *w)
{
	if (!next(w))
		return false;
	return next(w);
}

static bool walk_document(struct walk *w)
{
	static const char empty[] = "is empty; name providers or endpoints to watch";

	if (!next_but_one(w)) /* the stream begins, the document begins */
		return false;
	if (w->event.type == YAML_STREAM_END_EVENT)
		return complain(w, 1, empty);
	if (!next(w))
		return false;
	if (is_null(&w->event))
		return complain(w, 1, empty);
	if (w->event.type != YAML_MAPPING_START_EVENT)
		return complain_here(w, "wants keys such as \"providers:\" at the top");
	if (!walk_value(w, w->t->schema, 1))
		return false;
	if (!next_but_one(w)) /* the document ends */
		return false;
	return w->event.type == YAML_STREAM_END_EVENT ||
	       complain_here(w, "a second document begins; only one is taken");
}

static bool walk(struct walk *w, const struct conftext *t, const char *sought, struct err *e)
{
	bool ok;

	*w = (struct walk){ .t = t, .sought = sought, .near_line = 1, .err = e };
	if (yaml_parser_initialize(&w->parser) == 0)
		return complain(w, 1, "no memory");
	yaml_parser_set_input_string(&w->parser, (const unsigned char *)t->text, t->len);
	yaml_parser_set_encoding(&w->parser, YAML_UTF8_ENCODING);
	ok = walk_document(w);
	yaml_event_delete(&w->event);
	yaml_parser_delete(&w->parser);
	return ok;
}

bool conftext_check(const struct conftext *t, struct err *ret_err)
{
	struct walk w;

	return walk(&w, t, "", ret_err);
}

bool conftext_has(const struct conftext *t, const char *key)
{
	struct walk w;

	return walk(&w, t, key, NULL) && w.near_len == strlen(key);
}

/* The walk may stop early at a fault: what it has found by then is right. */
unsigned conftext_line(const struct conftext *t, const char *key)
{
	struct walk w;
	bool whole = walk(&w, t, key, NULL);

	(void)whole;
	return w.near_line;
}

bool conftext_blame(const struct conftext *t, const char *key, struct err *e)
{
	return put_place(t, conftext_line(t, key), key, e);
}
