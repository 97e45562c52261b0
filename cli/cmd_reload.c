/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_reload.c: banksman reload: the daemon reads its configuration again, now. */
#include "cli/got.h"
#include "cli/inquiry.h"
#include "cli/options.h"
#include "cli/verb.h"
#include "report/exit.h"
#include "report/term.h"

enum { SENTENCE_SIZE = 600 };

int cmd_reload(const struct options *o)
{
	struct inquiry q;
	struct buf out;
	char deaf[SENTENCE_SIZE];
	json_t *reply = NULL;
	int status;

	if (!inquiry_words(o, 0, 0, "reload takes no words"))
		return STATUS_USAGE;
	if (inquiry_begin(&q, o))
		reply = inquiry_post(&q, "/v1/reload", NULL);
	status = q.status;
	if (reply != NULL) {
		got_text(reply, "listen_error", deaf, sizeof deaf);
		buf_init(&out, TERM_OUTPUT_BYTES);
		buf_puts(&out, "The new configuration is in force.\n");
		if (deaf[0] != '\0')
			buf_printf(&out, "The daemon does not listen as it says: %s\n", deaf);
		status = term_write(&out, deaf[0] != '\0' ? STATUS_NOT_CLEAR : STATUS_CLEAR);
		buf_done(&out);
	}
	json_decref(reply);
	inquiry_end(&q);
	return status;
}
