/* SPDX-License-Identifier: Apache-2.0 */
/* rename.c: see rename.h. */
#include "inventory/rename.h"

#include <ctype.h>
#include <string.h>

enum { LABEL_MAX = 63 };

/* One label of n bytes: '-' for what separates words, no other odd character, no '-' at its ends. */
static size_t label(const char *p, size_t n, char ret_label[LABEL_MAX])
{
	size_t len = 0;
	bool hyphen = false; /* wanted before what comes next */

	for (size_t i = 0; i < n && len < LABEL_MAX; i++) {
		char ch = (char)tolower((unsigned char)p[i]);

		if (strchr("_+* /\\-", ch) != NULL) {
			hyphen = len > 0;
		} else if ((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9')) {
			if (hyphen)
				ret_label[len++] = '-';
			hyphen = false;
			if (len < LABEL_MAX)
				ret_label[len++] = ch;
		}
	}
	while (len > 0 && ret_label[len - 1] == '-')
		len--;
	return len;
}

bool rename_machine(const char *name, char ret_name[RENAME_SIZE])
{
	char part[LABEL_MAX];
	size_t len = 0;

	for (const char *p = name; *p != '\0' && len < LABEL_MAX;) {
		size_t n = strcspn(p, ".");
		size_t kept = label(p, n, part);

		if (kept > 0 && len > 0)
			ret_name[len++] = '.';
		if (kept > LABEL_MAX - len)
			kept = LABEL_MAX - len;
		memcpy(ret_name + len, part, kept);
		len += kept;
		p += n + (p[n] == '.');
	}
	while (len > 0 && strchr(".-", ret_name[len - 1]) != NULL)
		len--;
	ret_name[len] = '\0';
	return len > 0;
}
