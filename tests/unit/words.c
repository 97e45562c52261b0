/* SPDX-License-Identifier: Apache-2.0 */
/* words.c: see words.h. */
#include "tests/unit/words.h"

#include <string.h>

#include "base/mem.h"
#include "tests/unit/unit.h"

enum { WORDS_MAX = 160 };

struct words words_read(unsigned verb, const char *text)
{
	struct words w = { .text = xstrdup(text) };
	char *argv[WORDS_MAX];
	char *rest = text[0] != '\0' ? w.text : NULL;
	int argc = 0;

	for (char *word; (word = strsep(&rest, "|")) != NULL;) {
		assert_true(argc < WORDS_MAX);
		argv[argc++] = word;
	}
	options_init(&w.options, verb);
	w.ok = options_parse(&w.options, verb, argc, argv, &w.err);
	return w;
}

struct words words_taken(unsigned verb, const char *text)
{
	struct words w = words_read(verb, text);

	if (!w.ok)
		fail_msg("%s is refused: %s", text, w.err.text);
	return w;
}

void words_refused(unsigned verb, const char *text, const char *complaint)
{
	struct words w = words_read(verb, text);

	if (w.ok)
		fail_msg("%s is taken", text);
	assert_string_equal(w.err.text, complaint);
	words_done(&w);
}

void words_done(struct words *w)
{
	options_done(&w->options);
	assert_null(w->options.words);
	free(w->text);
}
