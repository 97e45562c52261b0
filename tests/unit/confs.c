/* SPDX-License-Identifier: Apache-2.0 */
/* confs.c: see confs.h. */
#include "tests/unit/confs.h"

#include <string.h>

#include "base/mem.h"
#include "tests/unit/unit.h"

struct conf *confs_taken(const char *text)
{
	struct err e;
	struct conf *c = conf_parse(text, strlen(text), "conf.yaml", &e);

	if (c == NULL)
		fail_msg("refused: %s\n%.300s", e.text, text);
	return c;
}

void confs_refused(const char *text, const char *complaint)
{
	struct err e = { 0 };
	AUTO(text) char *want = xasprintf("conf.yaml:%s", complaint);

	if (conf_parse(text, strlen(text), "conf.yaml", &e) != NULL)
		fail_msg("taken: %.300s", text);
	if (strcmp(e.text, want) != 0)
		print_error("of: %.300s\n", text);
	assert_string_equal(e.text, want);
}

const struct conf_target *confs_target(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->target_count; i++)
		if (strcmp(c->targets[i].name, name) == 0)
			return &c->targets[i];
	fail_msg("no target %s", name);
	return NULL;
}
