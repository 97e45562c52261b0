/* SPDX-License-Identifier: Apache-2.0 */
/* complaint.c: see complaint.h. */
#include "daemon/complaint.h"

#include "base/text.h"
#include "daemon/draft.h"
#include "daemon/ledger.h"
#include "daemon/store.h"

enum {
	STORE_MS = 30 * 1000,
	ASIDE_MS = 60 * 60 * 1000, /* a history that was lost is told of for so long */
};

static void judge(const struct complaints *c, enum alert_kind kind, bool wrong, const char *trouble,
		  struct wall at)
{
	struct alert *alert = ledger_active(c->ledger, kind, "");
	struct alert_draft d;

	if (wrong) {
		d = draft_daemon(c->conf, kind, trouble, alert != NULL ? alert->starts : at);
		(void)ledger_raise(c->ledger, &d);
	} else if (alert != NULL) {
		ledger_end(c->ledger, alert, at, "all is well again");
	}
}

void complaint_store(struct complaints *c, const struct store_stats *s, struct mono now,
		     struct wall at)
{
	bool failing = s->trouble[0] != '\0' && !s->writable;
	char text[sizeof s->trouble + sizeof s->aside + 100];

	if (failing && !c->store_failing)
		c->store_ill = now;
	c->store_failing = failing;
	if (s->set_aside > c->asides)
		c->aside = now;
	c->asides = s->set_aside;
	if (failing && !mono_before(now, mono_add(c->store_ill, span_of_ms(STORE_MS)))) {
		text_printf(text, sizeof text,
			    "the history cannot be written, probing goes on without: %s",
			    s->trouble);
		judge(c, ALERT_STORE_FAILING, true, text, at);
	} else if (c->asides > 0 && mono_before(now, mono_add(c->aside, span_of_ms(ASIDE_MS)))) {
		text_printf(text, sizeof text,
			    "the history was corrupt and begins anew; what was in it is kept in %s",
			    s->aside);
		judge(c, ALERT_STORE_FAILING, true, text, at);
	} else if (!failing) {
		judge(c, ALERT_STORE_FAILING, false, "", at);
	}
}

void complaint_configuration(const struct complaints *c, const char *trouble, struct wall at)
{
	judge(c, ALERT_CONFIGURATION_INVALID, trouble[0] != '\0', trouble, at);
}
