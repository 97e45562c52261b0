/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_silence.c: banksman silence: let nobody be told of something for a while. */
#include <inttypes.h>

#include "cli/inquiry.h"
#include "cli/options.h"
#include "cli/verb.h"
#include "report/exit.h"
#include "report/json.h"
#include "report/term.h"

static void show_ended(const struct show *how, const json_t *o, struct buf *out)
{
	(void)how;
	(void)o;
	buf_puts(out, "The silence has ended; what lasts is told now.\n");
}

static int end(struct inquiry *q)
{
	struct buf target;
	json_t *reply;

	buf_init(&target, INQUIRY_TARGET_BYTES);
	buf_printf(&target, "/v1/silences/%" PRId64, q->options->end);
	reply = inquiry_delete(q, buf_text(&target));
	buf_done(&target);
	return reply != NULL ? inquiry_show(q, reply, show_ended, STATUS_CLEAR) : q->status;
}

static int list(struct inquiry *q)
{
	json_t *reply = inquiry_get(q, "/v1/silences");

	return reply != NULL ? inquiry_show(q, reply, show_silences, STATUS_CLEAR) : q->status;
}

static int begin(struct inquiry *q, const char *pattern)
{
	const struct options *o = q->options;
	json_t *body = report_object();
	json_t *reply;

	report_set_text(body, "match", pattern);
	report_set_text(body, "for", o->lasts);
	report_set_text(body, "why", o->why);
	report_set_text(body, "alertname", o->alert);
	reply = inquiry_post(q, "/v1/silences", body);
	json_decref(body);
	return reply != NULL ? inquiry_show(q, reply, show_silence, STATUS_CLEAR) : q->status;
}

int cmd_silence(const struct options *o)
{
	struct inquiry q;
	int status = STATUS_USAGE;

	if (!inquiry_words(o, 0, 1, "silence takes one ENDPOINT or none (a pattern names several)"))
		return STATUS_USAGE;
	if (inquiry_begin(&q, o)) {
		if (o->end != 0)
			status = end(&q);
		else if (o->word_count > 0)
			status = begin(&q, o->words[0]);
		else
			status = list(&q);
	}
	inquiry_end(&q);
	return status;
}
