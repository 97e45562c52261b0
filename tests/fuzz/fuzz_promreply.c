/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_promreply.c: what answers as Prometheus.  The first byte chooses how the matrix is shown; a line
 * end, then the bodies of the five queries' replies, a line each.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "cli/localise.h"
#include "cli/matrix.h"
#include "cli/matrixask.h"
#include "cli/matrixline.h"
#include "cli/matrixshow.h"
#include "cli/promreply.h"
#include "report/exit.h"

/* Lines of text without control characters: what is shown may hold colours alone. */
static void must_be_sound(const struct buf *out, bool colour)
{
	char *text = xstrndup(buf_text(out), out->len);
	char *rest = text;

	MUST(strlen(text) == out->len);
	for (char *line; (line = strsep(&rest, "\n")) != NULL;)
		MUST(colour || fuzz_shown(line));
	free(text);
}

/* Every loss has a place, and nothing that is open is called lost. */
static void must_be_localised(const struct matrix *m, const struct locales *l)
{
	size_t lost = 0;

	for (size_t r = 0; r < m->row_count; r++)
		lost += m->rows[r].count.lost;
	MUST((lost > 0) == (l->count > 0));
	MUST(lost == 0 || matrix_status(m) == STATUS_NOT_CLEAR);
	for (size_t i = 0; i < l->count; i++) {
		const struct locale *where = &l->list[i];

		MUST(where->node_count > 0 && where->row_count > 0);
		for (size_t r = 0; r < where->row_count; r++)
			for (size_t n = 0; n < where->node_count; n++)
				MUST(matrix_at(m, where->rows[r], where->nodes[n]) != MATRIX_OPEN);
	}
}

static void show(const struct matrix *m, unsigned choice)
{
	struct matrixlines lines;
	struct locales locales;
	struct matrixshow how = { .matrix = m,
				  .locales = &locales,
				  .lines = &lines,
				  .term = { .utf8 = (choice & 1) != 0,
					    .colour = (choice & 2) != 0,
					    .width = (choice & 4) != 0 ? 80 : 0 },
				  .wide = (choice & 8) != 0,
				  .by_provider = (choice & 16) != 0 };
	struct buf out;

	localise(m, &locales);
	must_be_localised(m, &locales);
	matrixlines_make(m, how.by_provider, (choice & 32) != 0, &lines);
	buf_init(&out, 1 << 26);
	matrixshow_table(&how, &out);
	must_be_sound(&out, how.term.colour);
	buf_clear(&out);
	matrixshow_json(&how, &out);
	MUST(!buf_overflowed(&out));
	buf_clear(&out);
	matrixshow_csv(&how, &out);
	buf_done(&out);
	matrixlines_done(&lines);
	locales_done(&locales);
}

static void make(const struct promreply replies[MATRIXASK_N], unsigned choice)
{
	const struct matrix_told told = {
		.states = replies[MATRIXASK_STATES].samples,
		.failing = replies[MATRIXASK_FAILING].samples,
		.infos = replies[MATRIXASK_INFOS].samples,
		.seen = replies[MATRIXASK_SEEN].samples,
		.counts = replies[MATRIXASK_COUNTS].samples,
		.match = (choice & 64) != 0 ? "*:902" : NULL,
		.node_label = (choice & 128) != 0 ? "instance" : NULL,
	};
	struct matrix m;
	struct err err;

	if (!matrix_make(&told, &m, &err))
		return;
	show(&m, choice);
	matrix_done(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const long statuses[] = { 200, 302, 401, 403, 404, 422, 503 };
	struct promreply replies[MATRIXASK_N] = { 0 };
	struct input in = { data, size };
	unsigned choice = input_byte(&in);

	(void)input_byte(&in);
	for (size_t q = 0; q < MATRIXASK_N; q++) {
		size_t len;
		char *body = input_until(&in, '\n', &len);

		for (size_t i = ARRAY_LEN(statuses); i-- > 0;) {
			struct promreply reply = { 0 };
			struct err err = { 0 };
			bool ok = promreply_read(statuses[i], body, len, &reply, &err);

			MUST(ok == (reply.samples != NULL) && ok == (err.text[0] == '\0'));
			MUST(!ok || statuses[i] == 200);
			MUST_FIELD(err.text);
			MUST_FIELD(reply.warning);
			if (ok)
				replies[q] = reply;
		}
		free(body);
	}
	make(replies, choice);
	for (size_t q = 0; q < MATRIXASK_N; q++)
		promreply_done(&replies[q]);
	return 0;
}
