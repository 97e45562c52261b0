/* SPDX-License-Identifier: Apache-2.0 */
/* main.c: banksmand: what the command line asks for. */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/log.h"
#include "base/version.h"
#include "daemon/conf.h"
#include "daemon/confwatch.h"
#include "daemon/daemon.h"
#include "daemon/once.h"
#include "daemon/surveyor.h"
#include "report/exit.h"

#define DEFAULT_CONF "/etc/banksman/banksman.yaml"

enum { HELP_BYTES = 64 * 1024 };

static const char usage[] =
	"usage: banksmand [-c FILE] [-t [FILE] | --once [-o table|json]]\n"
	"\n"
	"Watches the ways to the machines that the configuration names, keeps their history,\n"
	"and answers questions over a local socket.\n"
	"\n"
	"  -c, --config FILE   the configuration (" DEFAULT_CONF ")\n"
	"  -t, --test [FILE]   check the configuration and say what is wrong with it\n"
	"      --once          probe everything once, print what was found, and end\n"
	"  -o, --output FORMAT with --once: table or json\n"
	"      --help-config   every key of the configuration\n"
	"      --version       the version\n"
	"  -h, --help          this\n"
	"\n"
	"Signals: SIGHUP reads the configuration again, SIGTERM and SIGINT end it.\n";

enum { OPTION_ONCE = 256, OPTION_HELP_CONFIG, OPTION_VERSION };

static const struct option options[] = {
	{ "config", required_argument, NULL, 'c' },
	{ "test", no_argument, NULL, 't' },
	{ "once", no_argument, NULL, OPTION_ONCE },
	{ "output", required_argument, NULL, 'o' },
	{ "help-config", no_argument, NULL, OPTION_HELP_CONFIG },
	{ "version", no_argument, NULL, OPTION_VERSION },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

struct wish {
	const char *path;
	bool test;
	bool once;
	bool output_given;
	bool json;
	int status; /* when nothing is to be run; else -1 */
};

static int print(const char *text)
{
	return fputs(text, stdout) < 0 || fflush(stdout) != 0 ? STATUS_LOCAL : STATUS_CLEAR;
}

static int print_help_config(void)
{
	struct buf out;
	int status;

	buf_init(&out, HELP_BYTES);
	conf_help(&out);
	status = print(buf_text(&out));
	buf_done(&out);
	return status;
}

static int complain(const char *text)
{
	(void)fprintf(stderr, "banksmand: %s; see banksmand --help\n", text);
	return STATUS_USAGE;
}

static void take_output(struct wish *w, const char *value)
{
	w->output_given = true;
	w->json = strcmp(value, "json") == 0;
	if (!w->json && strcmp(value, "table") != 0)
		w->status = complain("--output is table or json");
}

static void take(struct wish *w, int option)
{
	switch (option) {
	case 'c':
		w->path = optarg;
		return;
	case 't':
		w->test = true;
		return;
	case 'o':
		take_output(w, optarg);
		return;
	case OPTION_ONCE:
		w->once = true;
		return;
	case OPTION_HELP_CONFIG:
		w->status = print_help_config();
		return;
	case OPTION_VERSION:
		w->status = print("banksmand " VERSION_TEXT "\n");
		return;
	case 'h':
		w->status = print(usage);
		return;
	default: /* getopt has said why */
		w->status = STATUS_USAGE;
	}
}

static struct wish understand(int argc, char **argv)
{
	struct wish w = { .path = DEFAULT_CONF, .status = -1 };
	int option;

	/* Before any thread: NOLINTNEXTLINE(concurrency-mt-unsafe) */
	while (w.status < 0 && (option = getopt_long(argc, argv, "c:to:h", options, NULL)) != -1)
		take(&w, option);
	if (w.status >= 0)
		return w;
	if (w.test && optind + 1 == argc)
		w.path = argv[optind++];
	if (optind < argc)
		w.status = complain("no argument is wanted behind the options");
	else if (w.test && w.once)
		w.status = complain("-t and --once do not go together");
	else if (w.output_given && !w.once)
		w.status = complain("--output goes with --once");
	return w;
}

static int run(struct conf *conf, const char *path, const struct confwatch_mark *read)
{
	struct err err;
	struct daemon *d = daemon_new(conf, path, read, &err);

	if (d == NULL) {
		log_error("%s", err.text);
		return STATUS_LOCAL;
	}
	daemon_run(d);
	daemon_free(d);
	return STATUS_CLEAR;
}

static int test(struct conf *conf, const char *path)
{
	struct err err;
	bool ok = conf->inventory.directory[0] == '\0' || surveyor_check(conf, &err);

	if (ok)
		(void)printf("%s is well: node %s, %zu targets\n", path, conf->node,
			     conf->target_count);
	else
		(void)fprintf(stderr, "banksmand: %s: %s\n", path, err.text);
	conf_free(conf);
	return ok ? STATUS_CLEAR : STATUS_USAGE;
}

int main(int argc, char **argv)
{
	struct wish w;
	struct confwatch_mark read;
	struct conf *conf;
	struct err err;

	/* Nobody types that: it is how the daemon runs itself. */
	if (argc > 1 && strcmp(argv[1], SURVEYOR_OPTION) == 0)
		return surveyor_main(argc - 2, argv + 2);
	w = understand(argc, argv);
	if (w.status >= 0)
		return w.status;
	read = confwatch_look(w.path);
	conf = conf_load(w.path, &err);
	if (conf == NULL) {
		(void)fprintf(stderr, "banksmand: %s\n", err.text);
		return STATUS_USAGE;
	}
	log_set_level(conf->log.level);
	if (w.test)
		return test(conf, w.path);
	return w.once ? once_run(conf, w.json) : run(conf, w.path, &read);
}
