/* SPDX-License-Identifier: Apache-2.0 */
/* pears.c: see pears.h. */
#include "tests/unit/pears.h"

#include <string.h>

#include "inventory/rows.h"
#include "tests/unit/unit.h"

enum { ROWS_BYTES = 1 << 20 };

#define FORMAT(name)                                                                               \
	"-- FORMAT " name "\n-- title: " name "\n-- lists: " name "s " name "hosts\n"              \
	"-- KIND vm\n-- match: list = '" name "s'\n"                                               \
	"INSERT INTO vm (id, type, site, ref, uuid, instance_uuid, name, cpus, host,\n"            \
	"	memory)\n"                                                                               \
	"SELECT id, coalesce(body->>'type', 'vsphere'), body->>'site', body->>'ref',\n"            \
	"	body->>'uuid', body->>'instance', body->>'name', whole(body->>'cpus'),\n"                \
	"	body->>'host', whole(body->>'memory')\n"                                                 \
	"FROM input;\n"                                                                            \
	"INSERT INTO disk (vm, ref, file, capacity)\n"                                             \
	"SELECT input.id, d.value->>'ref', d.value->>'file', whole(d.value->>'capacity')\n"        \
	"FROM input JOIN json_each(input.body, '$.disks') AS d ORDER BY input.id DESC;\n"          \
	"-- KIND host\n-- match: list = '" name "hosts'\n"                                         \
	"INSERT INTO host (id, type, site, ref, name, status)\n"                                   \
	"SELECT id, 'vsphere', body->>'site', body->>'ref', body->>'name', body->>'status'\n"      \
	"FROM input;\n"

void pears_init(struct pears *p, const char *script)
{
	buf_init(&p->notices, ROWS_BYTES);
	buf_init(&p->rows, ROWS_BYTES);
	p->inv = NULL;
	drawer_init(&p->scripts);
	drawer_init(&p->files);
	drawer_put(&p->scripts, "pear.sql", FORMAT("pear"));
	drawer_put(&p->scripts, "plum.sql", FORMAT("plum"));
	if (script != NULL)
		drawer_put(&p->scripts, "script.sql", script);
}

void pears_done(struct pears *p)
{
	inventory_free(p->inv);
	drawer_done(&p->files);
	drawer_done(&p->scripts);
	buf_done(&p->notices);
	buf_done(&p->rows);
}

static void on_notice(void *owner, const char *file, const char *text)
{
	const char *slash = strrchr(file, '/');
	struct pears *p = owner;

	buf_printf(&p->notices, "%s: %s\n", slash != NULL ? slash + 1 : file, text);
}

bool pears_try(struct pears *p)
{
	inventory_free(p->inv);
	buf_clear(&p->notices);
	p->inv = inventory_new(p->scripts.path, &p->err);
	if (p->inv != NULL)
		inventory_on_notice(p->inv, on_notice, p);
	return p->inv != NULL;
}

void pears_open(struct pears *p)
{
	if (!pears_try(p))
		fail_msg("%s", p->err.text);
}

void pears_read(struct pears *p, const char *name, const char *text)
{
	drawer_put(&p->files, name, text);
	if (!inventory_read(p->inv, drawer_path(&p->files, name), &p->err))
		fail_msg("%s", p->err.text);
}

struct listener {
	struct pears *p;
	const char *rules;
};

static void on_ruling(void *owner, const struct ruling *r)
{
	const struct listener *l = owner;

	if (strncmp(r->rule->id, l->rules, strlen(l->rules)) == 0)
		buf_printf(&l->p->rows, "%s %s %s %s %s %s: %s\n", r->rule->id,
			   r->unknown ? "unknown" : "fail", r->kind, r->id != NULL ? r->id : "-",
			   r->name != NULL ? r->name : "-", r->plan != NULL ? r->plan : "-",
			   r->message);
}

const char *pears_judge(struct pears *p, const struct inventory_ask *ask, const char *rules)
{
	struct listener l = { p, rules };

	buf_clear(&p->rows);
	if (!inventory_judge(p->inv, ask, &p->err) ||
	    !inventory_rulings(p->inv, on_ruling, &l, &p->err))
		fail_msg("%s", p->err.text);
	return buf_text(&p->rows);
}

static void on_row(void *owner, const char *const *texts)
{
	struct pears *p = owner;

	buf_printf(&p->rows, "%s\n", texts[0] != NULL ? texts[0] : "NULL");
}

const char *pears_rows(struct pears *p, const char *sql)
{
	buf_clear(&p->rows);
	if (!inventory_rows(p->inv, sql, on_row, p, &p->err))
		fail_msg("%s", p->err.text);
	return buf_text(&p->rows);
}
