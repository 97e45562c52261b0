/* SPDX-License-Identifier: Apache-2.0 */
/* single.c: see single.h. */
#include "cli/single.h"

#include <errno.h>

#include "base/err.h"
#include "base/mem.h"
#include "cli/options.h"
#include "cli/plan.h"
#include "cli/run.h"
#include "report/advice.h"
#include "report/exit.h"
#include "report/term.h"

enum { STANDARD_PORT = 443, SENTENCE_BYTES = 2048 };

static void make_item(const struct host *h, const struct options *o, single_dialect_fn *dialect,
		      struct plan_item *ret_item)
{
	struct portmap map = { .documented = STANDARD_PORT, .actual = STANDARD_PORT };

	if (h->port.actual != 0)
		map = h->port;
	else if (o->port_count > 0)
		map = o->ports[0];
	*ret_item = (struct plan_item){ .port = map.actual,
					.dialect = dialect(map.documented),
					.asked = true };
}

static bool collect(const struct options *o, size_t max_hosts, struct hosts *hosts,
		    struct err *ret_err)
{
	if (!hosts_add_all(hosts, o->words, ROLE_NONE, o->family, ret_err))
		return false;
	if (o->port_count > 1)
		return err_set(ret_err, EINVAL, "--port can be given once here");
	if (hosts->count > max_hosts)
		return err_set(ret_err, EINVAL, "one host is wanted here, not %zu", hosts->count);
	return true;
}

int single_ask(const struct options *o, single_dialect_fn *dialect, size_t max_hosts,
	       struct single *ret_single)
{
	struct single *s = ret_single;
	struct run_ask ask = { .options = o };
	struct plan_item *items;
	struct plan *plans;
	struct err err;
	bool ok;

	*s = (struct single){ 0 };
	if (!collect(o, max_hosts, &s->hosts, &err)) {
		term_complain("%s", err.text);
		return STATUS_USAGE;
	}
	items = xcalloc(s->hosts.count, sizeof *items);
	plans = xcalloc(s->hosts.count, sizeof *plans);
	for (size_t i = 0; i < s->hosts.count; i++) {
		make_item(&s->hosts.host[i], o, dialect, &items[i]);
		plans[i] = (struct plan){ .items = &items[i], .count = 1 };
	}
	ask.hosts = s->hosts.host;
	ask.plans = plans;
	ask.count = s->hosts.count;
	ok = run_all(&ask, &s->results, &err);
	free(plans);
	free(items);
	if (!ok)
		term_complain("%s", err.text);
	else if (s->results.interrupted)
		term_complain("interrupted");
	if (ok)
		return s->results.interrupted ? STATUS_INTERRUPTED : STATUS_CLEAR;
	return STATUS_LOCAL;
}

void single_done(struct single *s)
{
	results_done(&s->results);
	hosts_done(&s->hosts);
}

void single_complain(const struct row *r)
{
	char way[ADDR_TEXT_SIZE] = "";
	struct buf text;

	buf_init(&text, SENTENCE_BYTES);
	advice_put(&r->finding, wall_now(), &text);
	if (addr_present(&r->finding.address))
		addr_format_port(&r->finding.address, way);
	term_complain("%s%s%s%s: %s", r->host->name, way[0] != '\0' ? " (" : "", way,
		      way[0] != '\0' ? ")" : "", buf_text(&text));
	buf_done(&text);
}
