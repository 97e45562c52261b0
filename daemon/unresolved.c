/* SPDX-License-Identifier: Apache-2.0 */
/* unresolved.c: see unresolved.h. */
#include "daemon/unresolved.h"

#include <stddef.h>

#include "daemon/draft.h"
#include "daemon/ledger.h"
#include "daemon/registry.h"

/* The servers are to blame, not the name. */
static bool servers_fail(int reason)
{
	return reason == REASON_DNS_TIMEOUT || reason == REASON_DNS_NO_SERVER ||
	       reason == REASON_DNS_REFUSED || reason == REASON_DNS_BAD_REPLY;
}

/* Some name was answered after `since`. */
static bool somebody_answers(const struct registry *r, struct wall since)
{
	for (struct host *h = NULL; (h = registry_next_host(r, h)) != NULL;)
		if (!h->numeric && h->looked_up.ms >= since.ms && h->state.surprises == 0 &&
		    !servers_fail(h->state.declared))
			return true;
	return false;
}

/* name "": the alert of all. */
static struct alert *find(const struct unresolved *u, const char *name)
{
	return ledger_active(u->ledger, ALERT_NAME_UNRESOLVED, name);
}

static void end(const struct unresolved *u, const char *name, struct wall at, const char *why)
{
	struct alert *alert = find(u, name);

	if (alert != NULL)
		ledger_end(u->ledger, alert, at, why);
}

void unresolved_restore(struct unresolved *u)
{
	u->dns_lost = find(u, "") != NULL;
}

void unresolved_began(const struct unresolved *u, struct host *h)
{
	h->alarmed = find(u, h->name) != NULL;
}

void unresolved_over(const struct unresolved *u, struct host *h, struct wall at)
{
	h->alarmed = false;
	end(u, h->name, at, "it is not watched any more");
}

static void put(struct unresolved *u, struct host *h)
{
	struct alert_draft d;

	if (!h->alarmed && servers_fail(h->state.declared) &&
	    !somebody_answers(u->registry, h->state.since)) {
		u->dns_lost = true;
		d = draft_dns(u->conf, h);
	} else {
		h->alarmed = true;
		d = draft_name(u->conf, h);
	}
	(void)ledger_raise(u->ledger, &d);
}

void unresolved_judge(struct unresolved *u, struct host *h, bool isolated, struct wall at)
{
	if (h->state.surprises != 0 || h->state.declared == STATE_NOTHING)
		return;
	if (u->dns_lost && !aspect_unknown(ASPECT_NAME, h->state.declared) &&
	    !servers_fail(h->state.declared)) {
		u->dns_lost = false;
		end(u, "", at, "the servers answer again");
	}
	if (state_ill(&h->state, ASPECT_NAME)) {
		if (!u->dns_lost && !isolated)
			put(u, h);
	} else if (h->alarmed && state_well(&h->state, ASPECT_NAME)) {
		h->alarmed = false;
		end(u, h->name, at, "it resolves again");
	}
}

void unresolved_sweep(struct unresolved *u, struct wall at)
{
	if (!u->dns_lost)
		return;
	for (struct host *h = NULL; (h = registry_next_host(u->registry, h)) != NULL;)
		if (!h->numeric)
			return;
	u->dns_lost = false;
	end(u, "", at, "no name is watched any more");
}
