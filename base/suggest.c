/* SPDX-License-Identifier: Apache-2.0 */
/* suggest.c: edit distance over a short list of names; see suggest.h. */
#include "base/suggest.h"

#include <stdio.h>
#include <string.h>

enum { WORD_MAX_BYTES = 64 };

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Levenshtein's distance, swapped neighbours counting as one edit; words of at most 64 bytes. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX_BYTES + 1] = { { 0 } };
	size_t a_len = strlen(a);
	size_t b_len = strlen(b);

	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *row = rows[i % 3];
		const size_t *above = rows[(i + 2) % 3];
		const size_t *two_above = rows[(i + 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t change = a[i - 1] != b[j - 1];

			row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], row[j], two_above[j - 2] + 1);
		}
	}
	return rows[a_len % 3][b_len];
}

const char *suggest_word(const char *word, const char *const *names, size_t count)
{
	const char *best = NULL;
	size_t best_distance;

	if (strlen(word) > WORD_MAX_BYTES)
		return NULL;
	best_distance = strlen(word) / 3 + 2; /* one more than is near */
	for (size_t i = 0; i < count; i++) {
		size_t d;

		if (names[i] == NULL || strlen(names[i]) > WORD_MAX_BYTES)
			continue;
		d = distance(word, names[i]);
		if (d < best_distance && d < strlen(names[i])) {
			best = names[i];
			best_distance = d;
		}
	}
	return best;
}

void suggest_format(const char *word, const char *const *names, size_t count,
		    char ret_text[SUGGEST_TEXT_SIZE])
{
	const char *name = suggest_word(word, names, count);

	ret_text[0] = '\0';
	if (name != NULL)
		(void)snprintf(ret_text, SUGGEST_TEXT_SIZE, " (did you mean '%s'?)", name);
}
