/* SPDX-License-Identifier: Apache-2.0 */
/* asked.c: see asked.h. */
#include "tests/unit/asked.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "tests/unit/unit.h"

json_t *asked_json(const char *text)
{
	char *copy = xstrdup(text);
	json_error_t error;
	json_t *o;

	for (char *p = copy; *p != '\0'; p++)
		if (*p == '\'')
			*p = '"';
	o = json_loads(copy, 0, &error);
	if (o == NULL)
		fail_msg("%s: %s", error.text, copy);
	free(copy);
	return o;
}

static void make(show_fn *show, const struct show *how, const char *text, struct buf *ret_out)
{
	json_t *o = asked_json(text);

	MUST(setenv("TZ", "UTC", 1) == 0); /* NOLINT(concurrency-mt-unsafe): one thread */
	buf_init(ret_out, 1 << 20);
	show(how, o, ret_out);
	json_decref(o);
}

void asked_shows(show_fn *show, const struct show *how, const char *text, const char *want)
{
	struct buf got;

	make(show, how, text, &got);
	assert_string_equal(buf_text(&got), want);
	buf_done(&got);
}

void asked_has(show_fn *show, const struct show *how, const char *text, const char *want)
{
	struct buf got;

	make(show, how, text, &got);
	if (strstr(buf_text(&got), want) == NULL)
		fail_msg("no '%s' in:\n%s", want, buf_text(&got));
	buf_done(&got);
}
