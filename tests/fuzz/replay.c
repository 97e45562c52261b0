/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c: feeds files, or all files of folders, to a fuzz target; needs no fuzzer. */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/fuzz/fuzz.h"

static unsigned long replayed;

static int replay(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	size_t size = (size_t)st->st_size;
	uint8_t *data;
	FILE *file;

	(void)ftw;
	if (type == FTW_D)
		return 0;
	file = type == FTW_F ? fopen(path, "rb") : NULL;
	/* exactly as long as the input, so that a read past the end is caught */
	data = malloc(size ? size : 1);
	if (!file || !data || fread(data, 1, size, file) != size) {
		fprintf(stderr, "%s: cannot be read\n", path);
		exit(1);
	}
	fclose(file);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	replayed++;
	return 0;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (nftw(argv[i], replay, 16, 0) != 0) {
			fprintf(stderr, "%s: %s\n", argv[i], strerror(errno));
			return 1;
		}
	}
	printf("%lu inputs\n", replayed);
	return replayed ? 0 : 1;
}
