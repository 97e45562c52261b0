/* SPDX-License-Identifier: Apache-2.0 */
/* scriptfile.c: the scripts that are built in, and those of a folder. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include "inventory/script.h"
#include "inventory/utf8.h"

/* C99 promises string literals of 4,095 bytes; gcc and clang have no such bound. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
#define SCRIPT(name, sql) { name, sql },
static const struct {
	const char *name, *text;
} builtin[] = {
#include "inventory_scripts.inc"
	{ NULL, NULL },
};
#undef SCRIPT
#pragma GCC diagnostic pop

/* A FIFO in the folder must not hang us. */
static bool read_file(int folder, const char *name, struct buf *to, struct err *ret_err)
{
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char bytes[16 * 1024];
	struct stat st;
	ssize_t n;
	bool ok;

	if (fd < 0)
		return err_set(ret_err, errno, "%s", strerrordesc_np(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd);
		return err_set(ret_err, EINVAL, "not a regular file");
	}
	while ((n = read(fd, bytes, sizeof bytes)) > 0)
		buf_put(to, bytes, (size_t)n);
	if (n < 0)
		ok = err_set(ret_err, errno, "%s", strerrordesc_np(errno));
	else if (buf_overflowed(to))
		ok = err_set(ret_err, EFBIG, "more than %d MiB", SCRIPT_FILE_BYTES >> 20);
	else if (strlen(buf_text(to)) != to->len)
		ok = err_set(ret_err, EINVAL, "holds a NUL byte");
	else
		ok = utf8_is(buf_text(to), to->len) || err_set(ret_err, EINVAL, "is not UTF-8");
	(void)close(fd);
	return ok;
}

static bool load_file(struct scripts *s, const char *folder, int fd, const char *name,
		      struct err *ret_err)
{
	char *path = xasprintf("%s/%s", folder, name);
	struct buf text;
	bool ok;

	buf_init(&text, SCRIPT_FILE_BYTES);
	ok = read_file(fd, name, &text, ret_err) || err_add(ret_err, "%s", path);
	ok = ok && script_parse(s, path, buf_text(&text), false, ret_err);
	buf_done(&text);
	free(path);
	return ok;
}

static int is_script(const struct dirent *entry)
{
	size_t n = strlen(entry->d_name);

	return entry->d_name[0] != '.' && n > 4 && strcmp(entry->d_name + n - 4, ".sql") == 0;
}

/* strcmp: the order shall not depend on the locale. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool load_folder(struct scripts *s, const char *folder, struct err *ret_err)
{
	int fd = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	struct dirent **names = NULL;
	int n = fd < 0 ? -1 : scandirat(fd, ".", &names, is_script, by_name);
	bool ok = n >= 0;

	if (!ok)
		(void)err_set(ret_err, errno, "%s: %s", folder, strerrordesc_np(errno));
	else if (n > SCRIPT_FILES)
		ok = err_set(ret_err, 0, "%s: more than %d scripts", folder, SCRIPT_FILES);
	for (int i = 0; i < n; i++) {
		ok = ok && load_file(s, folder, fd, names[i]->d_name, ret_err);
		free(names[i]);
	}
	free(names);
	if (fd >= 0)
		(void)close(fd);
	return ok;
}

struct scripts *script_load(const char *folder, struct err *ret_err)
{
	struct scripts *s = xcalloc(1, sizeof *s);
	bool ok = true;

	for (size_t i = 0; ok && builtin[i].name != NULL; i++)
		ok = script_parse(s, builtin[i].name, builtin[i].text, true, ret_err);
	if (ok && folder != NULL)
		ok = load_folder(s, folder, ret_err);
	if (ok)
		return s;
	script_free(s);
	return NULL;
}
