/* SPDX-License-Identifier: Apache-2.0 */
/* xlsxbook.c: see xlsxbook.h. */
#include "inventory/xlsxbook.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "inventory/xlsxzip.h"

enum { SHEETS_MAX = 1024 };

static bool on_close(void *owner, const char *name, struct err *e)
{
	(void)owner;
	(void)name;
	(void)e;
	return true;
}

static bool on_text(void *owner, const char *text, size_t n, struct err *e)
{
	(void)owner;
	(void)text;
	(void)n;
	(void)e;
	return true;
}

/* ---- relations: of the package to the workbook, and of the workbook to its parts */

struct relations {
	struct xlsxbook *book; /* borrowed; NULL: of the package */
	char *folder;          /* owned; targets are relative to it, with its slash */
	char *workbook;        /* owned */
};

/* Types are URLs of two versions of the standard, with the same ends. */
static bool is_type(const char *type, const char *end)
{
	const char *slash = strrchr(type, '/');

	return slash != NULL && strcmp(slash + 1, end) == 0;
}

static char *resolve(const struct relations *r, const char *target)
{
	return target[0] == '/' ? xstrdup(target + 1) : xasprintf("%s%s", r->folder, target);
}

static void replace(char **field, char *text)
{
	free(*field);
	*field = text;
}

static bool on_relation(void *owner, const char *name, const char **attributes, struct err *e)
{
	struct relations *r = owner;
	const char *id = xmlsafe_attribute(attributes, "Id");
	const char *type = xmlsafe_attribute(attributes, "Type");
	const char *target = xmlsafe_attribute(attributes, "Target");

	(void)e;
	if (strcmp(xmlsafe_local(name), "Relationship") != 0 || !id || !type || !target)
		return true;
	if (r->book == NULL && is_type(type, "officeDocument"))
		replace(&r->workbook, resolve(r, target));
	if (r->book != NULL && is_type(type, "sharedStrings"))
		replace(&r->book->strings, resolve(r, target));
	if (r->book == NULL || !is_type(type, "worksheet"))
		return true;
	for (size_t i = 0; i < r->book->count; i++)
		if (strcmp(r->book->sheets[i].relation, id) == 0)
			replace(&r->book->sheets[i].part, resolve(r, target));
	return true;
}

static const struct xmlsafe_calls relation_calls = { on_relation, on_close, on_text };

static char *find_workbook(struct xlsxzip *z, struct err *e)
{
	struct relations r = { .folder = xstrdup("") };
	bool ok = !xlsxzip_has(z, "_rels/.rels") ||
		  xlsxzip_parse(z, "_rels/.rels", &relation_calls, &r, e);

	free(r.folder);
	if (ok && r.workbook == NULL && xlsxzip_has(z, "xl/workbook.xml"))
		r.workbook = xstrdup("xl/workbook.xml");
	if (ok && r.workbook == NULL)
		(void)err_set(e, EINVAL, "a zip archive, but no workbook of Excel; unpack it");
	if (ok)
		return r.workbook;
	free(r.workbook);
	return NULL;
}

/* "xl/_rels/workbook.xml.rels" of "xl/workbook.xml" */
static bool read_relations(struct xlsxbook *b, struct xlsxzip *z, const char *workbook,
			   struct err *e)
{
	const char *slash = strrchr(workbook, '/');
	const char *base = slash != NULL ? slash + 1 : workbook;
	struct relations r = { .book = b, .folder = xstrndup(workbook, (size_t)(base - workbook)) };
	char *part = xasprintf("%s_rels/%s.rels", r.folder, base);
	bool ok = xlsxzip_parse(z, part, &relation_calls, &r, e);

	free(part);
	free(r.folder);
	return ok;
}

/* ---- the workbook */

static bool on_sheet(void *owner, const char *name, const char **attributes, struct err *e)
{
	struct xlsxbook *b = owner;
	const char *title = xmlsafe_attribute(attributes, "name");
	const char *relation = xmlsafe_attribute(attributes, "id");
	struct xlsxsheet *s;

	if (strcmp(xmlsafe_local(name), "sheet") != 0 || title == NULL || relation == NULL)
		return true;
	if (b->count == SHEETS_MAX)
		return err_set(e, E2BIG, "more than %d sheets", SHEETS_MAX);
	b->sheets = xreallocarray(b->sheets, b->count + 1, sizeof *b->sheets);
	s = &b->sheets[b->count++];
	*s = (struct xlsxsheet){ .relation = xstrdup(relation) };
	text_set(s->name, sizeof s->name, title, strlen(title));
	return true;
}

bool xlsxbook_read(struct xlsxbook *b, struct xlsxzip *z, struct err *e)
{
	static const struct xmlsafe_calls calls = { on_sheet, on_close, on_text };
	AUTO(text) char *workbook = find_workbook(z, e);

	*b = (struct xlsxbook){ 0 };
	return workbook != NULL && xlsxzip_parse(z, workbook, &calls, b, e) &&
	       read_relations(b, z, workbook, e);
}

void xlsxbook_done(struct xlsxbook *b)
{
	for (size_t i = 0; i < b->count; i++) {
		free(b->sheets[i].relation);
		free(b->sheets[i].part);
	}
	free(b->sheets);
	free(b->strings);
}
