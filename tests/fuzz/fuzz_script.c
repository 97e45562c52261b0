/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_script.c: scripts as a user may bring them. */
#include <stdlib.h>

#include "inventory/script.h"
#include "tests/fuzz/fuzz.h"

static void check(const struct scripts *s)
{
	for (size_t i = 0; i < s->kinds_n; i++) {
		MUST(s->kinds[i].format < s->formats_n);
		MUST(s->kinds[i].match[0] != '\0' && s->kinds[i].sql.text[0] != '\0');
		MUST(strlen(s->kinds[i].id) <= SCRIPT_ID_BYTES && s->kinds[i].sql.line > 0);
	}
	for (size_t i = 0; i < s->rules_n; i++) {
		const struct rule *r = &s->rules[i].rule;

		MUST(r->severity < RULE_SEVERITY_N && s->rules[i].sql.text[0] != '\0');
		MUST(r->title[0] != '\0' && r->why[0] != '\0' && r->remedy[0] != '\0' &&
		     r->source[0] != '\0');
		for (size_t k = 0; k < i; k++)
			MUST(strcmp(r->id, s->rules[k].rule.id) != 0);
	}
	for (size_t i = 0; i < s->lists_n; i++)
		MUST(s->lists[i][0] != '\0' && strpbrk(s->lists[i], " \t\n") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct scripts *s = xcalloc(1, sizeof *s);
	char *text = xstrndup((const char *)data, size);
	struct err e = { 0 };

	if (script_parse(s, "x.sql", text, false, &e))
		check(s);
	else
		MUST(strncmp(e.text, "x.sql:", 6) == 0);
	free(text);
	script_free(s);
	return 0;
}
