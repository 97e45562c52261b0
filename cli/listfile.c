/* SPDX-License-Identifier: Apache-2.0 */
/* listfile.c: see listfile.h. */
#include "cli/listfile.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"

static bool is_standard(const char *path)
{
	return strcmp(path, "-") == 0;
}

const char *listfile_name(const char *path)
{
	return is_standard(path) ? "standard input" : path;
}

/* Reads all of f (closing it, standard input apart); NULL on failure. */
static char *read_all(FILE *f, size_t *ret_len, struct err *ret_err)
{
	char *text = xcalloc(1, LIMIT_LIST_BYTES + 2);
	size_t len = fread(text, 1, LIMIT_LIST_BYTES + 1, f);
	bool ok = true;

	if (ferror(f))
		ok = err_set(ret_err, errno, "cannot be read: %s", strerrordesc_np(errno));
	else if (len > LIMIT_LIST_BYTES)
		ok = err_set(ret_err, EFBIG, "longer than %d bytes", LIMIT_LIST_BYTES);
	if (f != stdin)
		(void)fclose(f);
	if (ok) {
		*ret_len = len;
		return text;
	}
	free(text);
	return NULL;
}

char *listfile_read(const char *path, size_t *ret_len, struct err *ret_err)
{
	const char *name = listfile_name(path);
	FILE *f = is_standard(path) ? stdin : fopen(path, "re");
	char *text;

	if (f == NULL) {
		(void)err_set(ret_err, errno, "%s: %s", name, strerrordesc_np(errno));
		return NULL;
	}
	text = read_all(f, ret_len, ret_err);
	if (text == NULL)
		(void)err_add(ret_err, "%s", name);
	return text;
}
