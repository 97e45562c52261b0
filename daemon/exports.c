/* SPDX-License-Identifier: Apache-2.0 */
/* exports.c: see exports.h. */
#include "daemon/exports.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "daemon/view.h"
#include "report/json.h"

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct export_file *)a)->name, ((const struct export_file *)b)->name);
}

static void add(struct exports *e, const char *name, const struct stat *st)
{
	if ((e->count & (e->count - 1)) == 0)
		e->list = xreallocarray(e->list, e->count > 0 ? e->count * 2 : 1, sizeof *e->list);
	e->list[e->count++] = (struct export_file){ .name = xstrdup(name),
						    .device = st->st_dev,
						    .inode = st->st_ino,
						    .size = st->st_size,
						    .modified = st->st_mtim };
}

static void look_into(DIR *d, const char *folder, struct exports *e)
{
	const struct dirent *entry;
	struct stat st;

	/* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody else reads this stream */
	while ((entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.' || fstatat(dirfd(d), entry->d_name, &st, 0) != 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		if (e->count == EXPORTS_MAX) {
			(void)err_set(&e->trouble, E2BIG, "%s holds more than %d files", folder,
				      EXPORTS_MAX);
			return;
		}
		add(e, entry->d_name, &st);
	}
}

void exports_look(const char *folder, struct exports *ret_exports)
{
	struct exports e = { .count = 0 };
	DIR *d = opendir(folder);

	if (d == NULL) {
		(void)err_set(&e.trouble, errno, "%s: %s", folder, strerrordesc_np(errno));
	} else {
		look_into(d, folder, &e);
		(void)closedir(d);
	}
	if (e.count > 0)
		qsort(e.list, e.count, sizeof *e.list, compare);
	*ret_exports = e;
}

static bool same_file(const struct export_file *a, const struct export_file *b)
{
	return strcmp(a->name, b->name) == 0 && a->device == b->device && a->inode == b->inode &&
	       a->size == b->size && a->modified.tv_sec == b->modified.tv_sec &&
	       a->modified.tv_nsec == b->modified.tv_nsec;
}

bool exports_same(const struct exports *a, const struct exports *b)
{
	if (a->count != b->count || strcmp(a->trouble.text, b->trouble.text) != 0)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!same_file(&a->list[i], &b->list[i]))
			return false;
	return true;
}

json_t *exports_json(const struct exports *e)
{
	json_t *list = report_array();

	for (size_t i = 0; i < e->count; i++) {
		const struct export_file *x = &e->list[i];
		json_t *o = report_object();

		report_set_text(o, "name", x->name);
		report_set_number(o, "bytes", x->size);
		view_set_time(o, "modified",
			      (struct wall){ .ms = (int64_t)x->modified.tv_sec * 1000 +
						   x->modified.tv_nsec / 1000000 });
		report_append(list, o);
	}
	return list;
}

void exports_done(struct exports *e)
{
	for (size_t i = 0; i < e->count; i++)
		free(e->list[i].name);
	free(e->list);
	*e = (struct exports){ .count = 0 };
}
