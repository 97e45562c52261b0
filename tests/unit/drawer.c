/* SPDX-License-Identifier: Apache-2.0 */
/* drawer.c: see drawer.h. */
#include "tests/unit/drawer.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

void drawer_init(struct drawer *d)
{
	(void)snprintf(d->path, sizeof d->path, "/tmp/drawer-XXXXXX");
	assert_non_null(mkdtemp(d->path));
}

const char *drawer_path(const struct drawer *d, const char *name)
{
	static char path[256];

	assert_true(snprintf(path, sizeof path, "%s/%s", d->path, name) < (int)sizeof path);
	return path;
}

void drawer_put_bytes(const struct drawer *d, const char *name, const void *bytes, size_t n)
{
	FILE *file = fopen(drawer_path(d, name), "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, n, file), n);
	assert_int_equal(fclose(file), 0);
}

void drawer_put(const struct drawer *d, const char *name, const char *text)
{
	drawer_put_bytes(d, name, text, strlen(text));
}

static int on_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void drawer_done(struct drawer *d)
{
	assert_int_equal(nftw(d->path, on_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
}
