/* SPDX-License-Identifier: Apache-2.0 */
/* listfile.h: a file that lists machines, read whole. */
#ifndef CLI_LISTFILE_H
#define CLI_LISTFILE_H

#include <stddef.h>

struct err;

/* What path is called in messages: itself, or "standard input" for "-". */
const char *listfile_name(const char *path);

/* Its bytes, LIMIT_LIST_BYTES at most, and a NUL behind them; owned.  NULL with "NAME: why". */
char *listfile_read(const char *path, size_t *ret_len, struct err *ret_err);

#endif
