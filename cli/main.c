/* SPDX-License-Identifier: Apache-2.0 */
/* main.c: banksman, the command: finds the verb, reads its options, shows help. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "base/suggest.h"
#include "base/version.h"
#include "cli/options.h"
#include "cli/optiontable.h"
#include "cli/shown.h"
#include "cli/verb.h"
#include "report/exit.h"
#include "report/term.h"

enum { HELP_BYTES = 16 * 1024, VERB_NAMES_MAX = 32 };

static const char *const other_words[] = { "help", "--help", "-h", "--version" };

static void put_usage(struct buf *out)
{
	size_t count;
	const struct verb *verbs = verb_all(&count);

	buf_puts(out, "Banksman watches the way between a cluster and the machines that Forklift\n"
		      "migrates from.\n"
		      "\n"
		      "usage: banksman VERB [options] [arguments]\n"
		      "\n");
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "  %-12s %s\n", verbs[i].name, verbs[i].summary);
	buf_puts(out, "\n"
		      "  banksman VERB --help   the options of a verb\n"
		      "  banksman --version     the version\n"
		      "\n"
		      "Begin with: banksman probe vcenter.example.com\n");
}

/* Help that was asked for goes to standard output, help for the lost to standard error. */
static int show_help(const struct verb *v, int status)
{
	struct buf out;

	buf_init(&out, HELP_BYTES);
	if (v != NULL) {
		buf_printf(&out, "usage: banksman %s %s\n\n%s\n", v->name, v->arguments, v->text);
		optiontable_help(v->bit, &out);
	} else {
		put_usage(&out);
	}
	if (status == STATUS_CLEAR)
		status = term_write(&out, status);
	else
		(void)fputs(buf_text(&out), stderr);
	buf_done(&out);
	return status;
}

static int unknown_verb(const char *word)
{
	size_t count;
	const struct verb *verbs = verb_all(&count);
	const char *names[VERB_NAMES_MAX];
	char hint[SUGGEST_TEXT_SIZE];
	char shown[SHOWN_SIZE];

	MUST(count + ARRAY_LEN(other_words) <= ARRAY_LEN(names));
	for (size_t i = 0; i < count; i++)
		names[i] = verbs[i].name;
	for (size_t i = 0; i < ARRAY_LEN(other_words); i++)
		names[count + i] = other_words[i];
	suggest_format(word, names, count + ARRAY_LEN(other_words), hint);
	shown_text(word, shown);
	term_complain("unknown %s '%s'%s", word[0] == '-' ? "option" : "verb", shown,
		      hint[0] != '\0' ? hint : "; see 'banksman help'");
	return STATUS_USAGE;
}

static int help_on(const char *name)
{
	const struct verb *v = name != NULL ? verb_find(name) : NULL;

	if (name != NULL && v == NULL)
		return unknown_verb(name);
	return show_help(v, STATUS_CLEAR);
}

static int show_version(void)
{
	struct buf out;
	int status;

	buf_init(&out, HELP_BYTES);
	buf_puts(&out, "banksman " VERSION_TEXT "\n");
	status = term_write(&out, STATUS_CLEAR);
	buf_done(&out);
	return status;
}

static int run_verb(const struct verb *v, int argc, char **argv)
{
	struct options options;
	struct err err;
	int status;

	options_init(&options, v->bit);
	if (!options_parse(&options, v->bit, argc, argv, &err)) {
		term_complain("%s", err.text);
		status = STATUS_USAGE;
	} else if (options.help) {
		status = show_help(v, STATUS_CLEAR);
	} else {
		status = v->run(&options);
	}
	options_done(&options);
	return status;
}

int main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : NULL;
	const struct verb *v;

	if (word == NULL)
		return show_help(NULL, STATUS_USAGE);
	if (strcmp(word, "--version") == 0)
		return show_version();
	if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		return help_on(argc > 2 ? argv[2] : NULL);
	v = verb_find(word);
	if (v == NULL)
		return unknown_verb(word);
	return run_verb(v, argc - 2, argv + 2);
}
