/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sinkjournal.c: the daemon's own log, which under systemd is the journal.  An alert is news of a
 * target, not trouble of ours: whatever its severity, it is a notice.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"
#include "daemon/alert.h"
#include "daemon/sink.h"
#include "daemon/sinklater.h"

enum { JOURNAL_BATCH = 100 };

struct sink {
	struct sinklater later;
};

static struct sink *journal_open(const struct sink_parts *parts, const struct conf_sink *conf,
				 size_t url, struct err *ret_err)
{
	struct sink *s = xcalloc(1, sizeof *s);

	(void)conf;
	(void)url;
	(void)ret_err;
	sinklater_init(&s->later, parts->base);
	return s;
}

static void put(const struct alert *a)
{
	char starts[WHEN_TEXT_SIZE];
	char ends[WHEN_TEXT_SIZE];
	bool active = alert_active(a);

	when_format(a->starts, starts);
	when_format(a->ends, ends);
	log_notice("alert %s: %s alertname=%s subject=\"%s\" severity=%s revision=%u starts=%s%s%s",
		   active ? "firing" : "resolved",
		   alert_annotation(a, active ? "summary" : "resolution"), alert_kind_name(a->kind),
		   a->subject, severity_name(a->severity), a->revision, starts,
		   active ? "" : " ends=", active ? "" : ends);
}

static void journal_tell(struct sink *s, const struct alert *const *alerts, size_t count,
			 sink_done_fn *done, void *owner)
{
	for (size_t i = 0; i < count; i++)
		put(alerts[i]);
	sinklater_set(&s->later, &(struct sink_answer){ .outcome = SINK_TAKEN }, done, owner);
}

static void journal_close(struct sink *s)
{
	sinklater_done(&s->later);
	free(s);
}

const struct sink_class sink_journal = {
	.name = "journal",
	.wants_reminders = false,
	.batch = JOURNAL_BATCH,
	.open = journal_open,
	.tell = journal_tell,
	.close = journal_close,
};
