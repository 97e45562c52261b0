/* SPDX-License-Identifier: Apache-2.0 */
/* judgement.c: see judgement.h. */
#include "cli/judgement.h"

#include <inttypes.h>

#include "cli/got.h"
#include "cli/mark.h"
#include "cli/moment.h"

enum { TROUBLE_SIZE = 600, LINE_BYTES = 4096 };

/* Ended ones do not count: what there is to tell is what is wrong now. */
static void put_summary(const json_t *o, struct buf *line)
{
	const json_t *s = got_object(o, "summary");
	const json_t *fail = got_object(s, "fail");
	const json_t *unknown = got_object(s, "unknown");

	buf_printf(line,
		   "%" PRId64 " machines: %" PRId64 " ready, %" PRId64 " blocked, %" PRId64
		   " undetermined; ",
		   got_number(s, "machines", 0), got_number(s, "ready", 0),
		   got_number(s, "blocked", 0), got_number(s, "undetermined", 0));
	buf_printf(line, "%" PRId64 " blockers fail, %" PRId64 " warnings, %" PRId64 " infos",
		   got_number(fail, "blocker", 0), got_number(fail, "warning", 0),
		   got_number(fail, "info", 0));
	buf_printf(line, "; %" PRId64 " blockers cannot be told",
		   got_number(unknown, "blocker", 0));
}

void judgement_put(const struct show *how, const json_t *o, const char *before, struct buf *out)
{
	char trouble[TROUBLE_SIZE];
	char span[MOMENT_SPAN_SIZE] = "";
	struct wall judged;
	struct buf line;
	bool known = got_time(o, "judged", &judged);

	buf_init(&line, LINE_BYTES);
	if (known) {
		moment_format_span(how->now.ms > judged.ms ? how->now.ms - judged.ms : 0, span);
		buf_puts(&line, before);
		put_summary(o, &line);
		buf_printf(&line, ". Judged %s ago.", span);
		term_wrap(out, buf_text(&line), 0, 0, how->term.width);
		buf_clear(&line);
	}
	if (got_text(o, "trouble", trouble, sizeof trouble)[0] != '\0') {
		buf_printf(&line, "the inventory could not be judged%s: %s",
			   known ? " again, what stands here is older" : "", trouble);
		mark_put_line(MARK_WARNING, &how->term, buf_text(&line), out);
	} else if (!known) {
		buf_puts(&line, "The inventory has not been judged yet.");
		term_wrap(out, buf_text(&line), 0, 0, how->term.width);
	}
	buf_done(&line);
}
