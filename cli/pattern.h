/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.h: endpoints as a person names them.  Pure. */
#ifndef CLI_PATTERN_H
#define CLI_PATTERN_H

#include <stdbool.h>

/* Texts are borrowed; "" what is not known. */
struct pattern_subject {
	const char *name;
	const char *host;
	const char *port;
	const char *provider;
};

/*
 * "esx04.example.com:902", "esx04:902", "esx04" (a name's first labels), ":902", a provider, or
 * such a pattern with * and ?.  Case does not count.
 */
bool pattern_fits(const char *pattern, const struct pattern_subject *s);

#endif
