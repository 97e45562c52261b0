/* SPDX-License-Identifier: Apache-2.0 */
/* row.c: see row.h. */
#include "cli/row.h"

#include <stdlib.h>

#include "base/mem.h"
#include "cli/hosts.h"

struct row *row_new(const struct host *h, size_t host_order, const struct addr *address,
		    const struct plan_item *item)
{
	struct row *r = xcalloc(1, sizeof *r);

	r->host = h;
	r->host_order = host_order;
	r->finding = (struct finding){
		.host = h->name,
		.image = h->image[0] != '\0' ? h->image : NULL,
		.address = *address,
		.role = h->role,
		.verdict = { .rtt_us = -1 },
	};
	if (addr_present(address))
		addr_set_port(&r->finding.address, item->port);
	row_set_item(r, item);
	return r;
}

void row_free(struct row *r)
{
	if (r == NULL)
		return;
	probe_abort(r->probe);
	verdict_done(&r->finding.verdict);
	free(r);
}

struct plan_item row_item(const struct row *r)
{
	const struct finding *found = &r->finding;

	return (struct plan_item){ .port = found->port,
				   .dialect = found->dialect,
				   .rule = found->rule,
				   .asked = found->asked };
}

void row_set_item(struct row *r, const struct plan_item *item)
{
	r->finding.port = item->port;
	r->finding.dialect = item->dialect;
	r->finding.rule = item->rule;
	r->finding.asked = item->asked;
}

int row_compare(const void *a, const void *b)
{
	const struct row *x = *(struct row *const *)a;
	const struct row *y = *(struct row *const *)b;

	if (x->host_order != y->host_order)
		return x->host_order < y->host_order ? -1 : 1;
	return finding_compare(&x->finding, &y->finding);
}

void results_findings(const struct results *s, struct findings *ret_findings)
{
	*ret_findings = (struct findings){ .left_out = s->left_out, .interrupted = s->interrupted };
	for (size_t i = 0; i < s->count; i++)
		findings_add(ret_findings, &s->rows[i]->finding);
}

void results_done(struct results *s)
{
	for (size_t i = 0; i < s->count; i++)
		row_free(s->rows[i]);
	free(s->rows);
	*s = (struct results){ 0 };
}
