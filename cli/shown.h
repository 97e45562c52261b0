/* SPDX-License-Identifier: Apache-2.0 */
/* shown.h: outside text as it may stand in a message: short, and without control characters. */
#ifndef CLI_SHOWN_H
#define CLI_SHOWN_H

enum { SHOWN_SIZE = 64 };

/* At most 60 bytes of text, "..." when it was longer, "?" for what cannot be printed. */
void shown_text(const char *text, char ret_shown[SHOWN_SIZE]);

/* Replaces by "?" in place what is not printable ASCII. */
void shown_clean(char *text);

#endif
