/* SPDX-License-Identifier: Apache-2.0 */
/* shown.c: see shown.h. */
#include "cli/shown.h"

#include <string.h>

void shown_text(const char *text, char ret_shown[SHOWN_SIZE])
{
	static const char more[] = "...";
	size_t room = SHOWN_SIZE - sizeof more;
	size_t len = strlen(text);
	size_t kept = len < room ? len : room;

	for (size_t i = 0; i < kept; i++)
		ret_shown[i] = (char)(text[i] >= ' ' && text[i] <= '~' ? text[i] : '?');
	ret_shown[kept] = '\0';
	if (kept < len)
		memcpy(ret_shown + kept, more, sizeof more);
}

void shown_clean(char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}
