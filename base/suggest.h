/* SPDX-License-Identifier: Apache-2.0 */
/* suggest.h: the word that a misspelt one was meant to be. */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

enum { SUGGEST_TEXT_SIZE = 64 };

/* The name nearest to word, NULL when none is near.  names may hold NULLs. */
const char *suggest_word(const char *word, const char *const *names, size_t count);

/* " (did you mean 'x'?)", or "" when nothing is near. */
void suggest_format(const char *word, const char *const *names, size_t count,
		    char ret_text[SUGGEST_TEXT_SIZE]);

#endif
