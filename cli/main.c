/* SPDX-License-Identifier: Apache-2.0 */
/* main.c: banksman, the command: finds the verb, reads its options, shows help. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "base/suggest.h"
#include "base/version.h"
#include "cli/options.h"
#include "cli/shown.h"
#include "cli/verb.h"
#include "report/exit.h"
#include "report/term.h"

enum { HELP_BYTES = 16 * 1024 };

static const struct verb {
	const char *name;
	const char *arguments;
	const char *summary;
	const char *text;
	unsigned bit;
	verb_fn *run;
} verbs[] = {
	{ .name = "probe",
	  .arguments = "[options] HOST...",
	  .summary = "is the way to these machines clear?",
	  .text = "Asks every address of each HOST on every port that the documentation names for\n"
		  "its role, and says what it found and what to do next.  A host without a role "
		  "is\n"
		  "asked on 443 what it is.\n"
		  "\n"
		  "HOST is a name or an address, with :PORT behind it and ROLE= before it if need "
		  "be,\n"
		  "it, or @FILE: a list of hosts, one a line (@-: standard input):\n"
		  "\n"
		  "  banksman probe vcenter.example.com esxi=esx01.example.com esxi=10.1.7.9\n"
		  "  banksman probe --reach --role esxi @hosts.txt\n"
		  "  banksman probe registry=quay.example.com/team/vddk:8.0\n"
		  "  banksman probe --role esxi --port 902=19902 198.51.100.7   (behind a NAT)\n"
		  "\n"
		  "Exit status: 0 all clear, 1 something is not, 2 usage, 3 could not be run.\n",
	  .bit = VERB_PROBE,
	  .run = cmd_probe },
	{ .name = "fingerprint",
	  .arguments = "[options] HOST...",
	  .summary = "the certificate's fingerprint, as a provider wants it",
	  .text = "Prints the fingerprint of the certificate that HOST serves, whatever its "
		  "state.\n"
		  "\n"
		  "  banksman fingerprint vcenter.example.com\n"
		  "  banksman fingerprint --sha256 esx01.example.com:902\n",
	  .bit = VERB_FINGERPRINT,
	  .run = cmd_fingerprint },
	{ .name = "ca",
	  .arguments = "[options] ENGINE",
	  .summary = "the oVirt engine's CA certificate",
	  .text = "Prints the CA certificate of an oVirt engine, and says on standard error "
		  "whether\n"
		  "the certificate that the engine itself serves verifies against it.\n"
		  "\n"
		  "  banksman ca engine.example.com > ca.pem\n",
	  .bit = VERB_CA,
	  .run = cmd_ca },
	{ .name = "trace",
	  .arguments = "[options] HOST:PORT",
	  .summary = "which device on the way drops or rejects?",
	  .text = "Follows the way to a TCP port hop by hop, without any privilege, and names the\n"
		  "device behind which it ends.\n"
		  "\n"
		  "  banksman trace esx01.example.com:902\n",
	  .bit = VERB_TRACE,
	  .run = cmd_trace },
	{ .name = "ports",
	  .arguments = "[options]",
	  .summary = "the documented port requirements",
	  .text = "Lists the ports that the documentation asks for, with their purpose and the\n"
		  "releases that ask for them.  JSON and CSV have all columns.\n",
	  .bit = VERB_PORTS,
	  .run = cmd_ports },
};

static const char *const other_words[] = { "help", "--help", "-h", "--version" };

static const struct verb *verb_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static void put_usage(struct buf *out)
{
	buf_puts(out, "Banksman watches the way between a cluster and the machines that Forklift\n"
		      "migrates from.\n"
		      "\n"
		      "usage: banksman VERB [options] [arguments]\n"
		      "\n");
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
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
		options_help(v->bit, &out);
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
	const char *names[ARRAY_LEN(verbs) + ARRAY_LEN(other_words)];
	char hint[SUGGEST_TEXT_SIZE];
	char shown[SHOWN_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		names[i] = verbs[i].name;
	for (size_t i = 0; i < ARRAY_LEN(other_words); i++)
		names[ARRAY_LEN(verbs) + i] = other_words[i];
	suggest_format(word, names, ARRAY_LEN(names), hint);
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
