/* SPDX-License-Identifier: Apache-2.0 */
/* request.c: see request.h. */
#include "cli/request.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/err.h"
#include "base/mem.h"
#include "cli/addressbook.h"
#include "cli/hosts.h"
#include "cli/options.h"
#include "cli/plan.h"
#include "cli/sheet.h"
#include "cli/sources.h"
#include "report/exit.h"
#include "report/term.h"

enum { COMPLAINTS_MAX = 10 };

/* What was named. */
struct request {
	const struct options *options;
	struct sources sources;
	struct hosts hosts;
	struct plan *plans; /* owned; one for each host */
	struct addressbook book;
};

static bool read_all(struct request *r, struct err *ret_err)
{
	const struct options *o = r->options;

	if (!sources_read(&r->sources, o->nodes_file, ret_err))
		return err_add(ret_err, "--matrix");
	if (!hosts_add_all(&r->hosts, o->words, o->role, AF_UNSPEC, ret_err))
		return false;
	r->plans = xcalloc(r->hosts.count + 1, sizeof *r->plans);
	for (size_t i = 0; i < r->hosts.count; i++) {
		const struct host *h = &r->hosts.host[i];

		if (h->role == ROLE_NONE && h->port.actual == 0)
			return err_set(
				ret_err, EINVAL,
				"%s: what is it? Write its role in front (esxi=%s), or --role, "
				"or a port behind it",
				h->name, h->name);
		if (!plan_make(h, o, &r->plans[i], ret_err))
			return false;
	}
	return true;
}

/* Names whose addresses are wanted and not listed. */
static void note_names(struct request *r)
{
	struct addr numeric;

	for (size_t i = 0; i < r->sources.count; i++)
		if (r->sources.list[i].addr_count == 0)
			addressbook_add(&r->book, r->sources.list[i].name);
	for (size_t i = 0; i < r->hosts.count; i++)
		if (!addr_parse(r->hosts.host[i].name, 0, &numeric))
			addressbook_add(&r->book, r->hosts.host[i].name);
}

/* Says which names have no address; STATUS_NOT_CLEAR when there is one. */
static int complain(const struct request *r)
{
	size_t missing = 0;

	for (size_t i = 0; i < r->book.count; i++) {
		const struct addressbook_entry *e = &r->book.list[i];

		if (e->count == 0 && ++missing <= COMPLAINTS_MAX)
			term_complain("warning: %s: its addresses are not known: %s", e->name,
				      reason_sentence(e->reason));
	}
	if (missing > COMPLAINTS_MAX)
		term_complain("warning: and those of %zu more names", missing - COMPLAINTS_MAX);
	return missing > 0 ? STATUS_NOT_CLEAR : STATUS_CLEAR;
}

/* Targets that no node can be paired with, by name: those of one stand together. */
static int complain_apart(const struct sheet *s)
{
	size_t apart = 0;

	for (size_t i = 0; i < s->need_count;) {
		const char *name = s->needs[i].name;
		bool paired = false;

		for (; i < s->need_count && s->needs[i].name == name; i++)
			for (size_t k = 0; k < s->source_count && !paired; k++)
				paired = sheet_row(&s->sources[k], &s->needs[i]);
		if (!paired && ++apart <= COMPLAINTS_MAX)
			term_complain("warning: %s: no node has an address of its family", name);
	}
	if (apart > COMPLAINTS_MAX)
		term_complain("warning: nor of %zu more targets", apart - COMPLAINTS_MAX);
	return apart > 0 ? STATUS_NOT_CLEAR : STATUS_CLEAR;
}

static int put(const struct request *r, const struct sheet *s, int status)
{
	struct term term = term_find();
	size_t rows = sheet_rows(s);
	struct buf out;

	if (rows > SHEET_ROWS_MAX) {
		term_complain(
			"%zu connections are more than a sheet holds (%d); name fewer at once",
			rows, SHEET_ROWS_MAX);
		return STATUS_LOCAL;
	}
	buf_init(&out, TERM_OUTPUT_BYTES);
	if (r->options->output == OUTPUT_JSON)
		sheet_put_json(s, &out);
	else if (r->options->output == OUTPUT_CSV)
		sheet_put_csv(s, &out);
	else
		sheet_put_table(s, &term, &out);
	status = term_write(&out, status);
	buf_done(&out);
	return status;
}

static int make(struct request *r)
{
	struct sheet s;
	struct err err;
	int status;

	if (!r->options->no_resolve) {
		note_names(r);
		if (!addressbook_look_up(&r->book, r->options, &err)) {
			term_complain("%s", err.text);
			return STATUS_LOCAL;
		}
	}
	if (r->book.interrupted)
		return STATUS_INTERRUPTED;
	status = complain(r);
	sheet_make(&r->sources, &r->hosts, r->plans, &r->book, &s);
	if (complain_apart(&s) != STATUS_CLEAR)
		status = STATUS_NOT_CLEAR;
	status = put(r, &s, status);
	sheet_done(&s);
	return status;
}

int request_sheet(const struct options *o)
{
	struct request r = { .options = o };
	struct err err;
	int status = STATUS_USAGE;

	if (read_all(&r, &err))
		status = make(&r);
	else
		term_complain("%s", err.text);
	for (size_t i = 0; r.plans != NULL && i < r.hosts.count; i++)
		plan_done(&r.plans[i]);
	free(r.plans);
	addressbook_done(&r.book);
	hosts_done(&r.hosts);
	sources_done(&r.sources);
	return status;
}
