/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sim.c: plays scenarios, each one a file of lines, and says in TAP which ones went as expected.
 *
 *	sim [-t SECONDS] FILE...	-t: none may take more processor time than that
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/parse.h"
#include "tests/sim/command.h"
#include "tests/sim/record.h"
#include "tests/sim/scene.h"

enum { LINE_BYTES = 500 };

/* Into s->words; what follows a "#" is a comment. */
static bool split(struct scene *s, char *line)
{
	s->count = 0;
	line[strcspn(line, "#\n")] = '\0';
	for (char *p = line; *p != '\0';) {
		while (isspace((unsigned char)*p))
			*p++ = '\0';
		if (*p == '\0')
			break;
		if (s->count == SCENE_WORDS)
			return scene_fail(s, "too many words");
		s->words[s->count++] = p;
		while (*p != '\0' && !isspace((unsigned char)*p))
			p++;
	}
	return true;
}

static void play_lines(struct scene *s, FILE *f)
{
	char line[LINE_BYTES];

	while (fgets(line, sizeof line, f) != NULL) {
		s->line++;
		if (split(s, line) && s->count > 0)
			(void)command_run(s);
	}
}

/* The promises that every scenario makes. */
static void conclude(struct scene *s)
{
	if (record_complaint(s->play.record)[0] != '\0')
		(void)scene_fail(s, "%s", record_complaint(s->play.record));
	if (s->play.trouble[0] != '\0')
		(void)scene_fail(s, "%s", s->play.trouble);
	if (s->checked == 0)
		(void)scene_fail(s, "nothing is expected");
}

/* False when something did not go as expected. */
static bool play_file(const char *path)
{
	struct scene s = { .file = path };
	FILE *f = fopen(path, "re");

	if (f == NULL) {
		printf("# %s: cannot be read\n", path);
		return false;
	}
	site_init(&s.site);
	play_init(&s.play, 1);
	play_lines(&s, f);
	if (s.play.round != NULL)
		play_stop(&s.play, false);
	conclude(&s);
	play_done(&s.play);
	site_done(&s.site);
	(void)fclose(f);
	return s.failures == 0;
}

static void play_all(char **paths, int count, double most, int *ret_failed)
{
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		clock_t began = clock();
		bool well = play_file(paths[i]);
		double took = (double)(clock() - began) / CLOCKS_PER_SEC;

		if (most > 0 && took > most) {
			printf("# %s: more than %.1f s\n", paths[i], most);
			well = false;
		}
		printf("%s %d - %s (%.2f s)\n", well ? "ok" : "not ok", i + 1, paths[i], took);
		(void)fflush(stdout);
		*ret_failed += !well;
	}
}

int main(int argc, char **argv)
{
	double most = 0;
	int failed = 0;
	int option;

	while ((option = getopt(argc, argv, "t:")) != -1) {
		uint64_t seconds;

		if (option != 't' || !parse_u64(optarg, 1, 3600, &seconds)) {
			(void)fprintf(stderr, "usage: sim [-t SECONDS] FILE...\n");
			return 2;
		}
		most = (double)seconds;
	}
	play_all(argv + optind, argc - optind, most, &failed);
	return failed > 0;
}
