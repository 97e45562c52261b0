/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_certs.c: banksman certs: which certificates were seen where, and when. */
#include "cli/inquiry.h"
#include "cli/options.h"
#include "cli/verb.h"
#include "report/exit.h"

int cmd_certs(const struct options *o)
{
	const char *pattern = o->word_count > 0 ? o->words[0] : NULL;
	struct inquiry_ids ids;
	struct inquiry q;
	json_t *all = NULL;
	int status;

	if (!inquiry_words(o, 0, 1, "certs takes one ENDPOINT or none (a pattern names several)"))
		return STATUS_USAGE;
	if (inquiry_begin(&q, o) && inquiry_some(&q, pattern, &ids))
		all = inquiry_rows(&q, "/v1/certificates", "certificates", &ids, (struct wall){ 0 },
				   o->limit);
	status = all != NULL ? inquiry_show(&q, all, show_certs, STATUS_CLEAR) : q.status;
	inquiry_end(&q);
	return status;
}
