/* SPDX-License-Identifier: Apache-2.0 */
/* options.c: see options.h. */
#include "cli/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "cli/matrixvalue.h"
#include "cli/optiontable.h"
#include "cli/shown.h"

enum { WINDOW_MIN_MS = 1000 };

/* The daemon's socket where nobody names one. */
static const char *usual_socket(void)
{
	const char *path =
		getenv("BANKSMAN_SOCKET"); /* NOLINT(concurrency-mt-unsafe): one thread */

	return path != NULL && path[0] != '\0' ? path : OPTIONS_SOCKET;
}

static const char *usual_prometheus(void)
{
	const char *url =
		getenv("BANKSMAN_PROMETHEUS"); /* NOLINT(concurrency-mt-unsafe): one thread */

	return url != NULL && url[0] != '\0' ? url : NULL;
}

static int64_t usual_timeout_ms(unsigned verb)
{
	enum { OF_ATTEMPTS = VERB_PROBE | VERB_FINGERPRINT | VERB_CA | VERB_PORTS };

	if (verb == VERB_TRACE)
		return HOP_TIMEOUT_MS;
	return (verb & OF_ATTEMPTS) != 0 ? TIMEOUT_MS : REPLY_TIMEOUT_MS;
}

static enum output usual_output(unsigned verb)
{
	if (verb == VERB_CA)
		return OUTPUT_PEM;
	return verb == VERB_ENDPOINTS ? OUTPUT_YAML : OUTPUT_TABLE;
}

void options_init(struct options *o, unsigned verb)
{
	*o = (struct options){
		.timeout = span_of_ms(usual_timeout_ms(verb)),
		.max_hops = MAX_HOPS,
		.output = usual_output(verb),
		.socket = usual_socket(),
		.matrix.url = usual_prometheus(),
		.now = wall_now(),
		.ask.warm = -1,
		.fail_on = RULE_BLOCKER,
	};
	o->to = o->now;
	o->from = (struct wall){ .ms = o->now.ms - INT64_C(86400000) };
}

void options_done(struct options *o)
{
	free(o->words);
	o->words = NULL;
	o->word_count = 0;
}

static bool unknown(unsigned verb, const char *word, struct err *ret_err)
{
	char shown[SHOWN_SIZE];
	const char *near = NULL;

	if (word[1] == '-') {
		AUTO(text) char *name = xstrndup(word + 2, strcspn(word + 2, "="));
		near = optiontable_suggest(verb, name);
	}
	shown_text(word, shown);
	if (near != NULL)
		return err_set(ret_err, EINVAL, "unknown option '%s' (did you mean '--%s'?)", shown,
			       near);
	return err_set(ret_err, EINVAL, "unknown option '%s'", shown);
}

/* The value that stands in the same word ("--port=902", "-ojson"); NULL when none does. */
static const char *value_inside(const char *word)
{
	const char *equals = strchr(word, '=');

	if (word[1] == '-')
		return equals != NULL ? equals + 1 : NULL;
	return word[2] != '\0' ? word + 2 : NULL;
}

/* Whether the rule's list of formats ("table|json") holds the value. */
static bool format_fits(const struct optiontable_rule *r, const char *value)
{
	size_t len = strlen(value);

	for (const char *p = r->argument; p != NULL; p = strchr(p, '|')) {
		p += *p == '|';
		if (strcspn(p, "|") == len && strncmp(p, value, len) == 0)
			return true;
	}
	return false;
}

/* Takes the option at argv[*i], and its value behind it when that stands there. */
static bool take(struct options *o, unsigned verb, int argc, char **argv, int *i,
		 struct err *ret_err)
{
	const char *word = argv[*i];
	const struct optiontable_rule *r = optiontable_find(verb, word);
	const char *value;

	if (r == NULL)
		return unknown(verb, word, ret_err);
	value = value_inside(word);
	if (r->argument == NULL && value != NULL)
		return err_set(ret_err, EINVAL, "option --%s takes no value", r->name);
	if (r->argument != NULL && value == NULL) {
		if (*i + 1 == argc)
			return err_set(ret_err, EINVAL, "option --%s needs a value: %s", r->name,
				       r->argument);
		value = argv[++*i];
	}
	if (r->apply == optionvalue_output && !format_fits(r, value)) {
		char shown[SHOWN_SIZE];

		shown_text(value, shown);
		return err_set(ret_err, EINVAL, "--output: '%s' is none of %s", shown, r->argument);
	}
	if ((r->verbs & VIA_DAEMON) == 0 && o->own_option == NULL)
		o->own_option = r->name;
	return r->apply(o, value, ret_err) || err_add(ret_err, "--%s", r->name);
}

/* --ca and --pin ask for a certificate: a check that sees none must not pass for an answer. */
static bool trust_fits(const struct options *o, struct err *ret_err)
{
	const char *trust = o->pin.len > 0 ? "--pin" : "--ca";
	bool clear_text = o->check_given && (o->check == DIALECT_TCP || o->check == DIALECT_HTTP);

	if (o->pin.len == 0 && o->ca_file == NULL)
		return true;
	if (o->reach)
		return err_set(ret_err, EINVAL, "%s needs a certificate, and --reach sees none",
			       trust);
	if (clear_text)
		return err_set(ret_err, EINVAL, "%s needs a certificate, and --check %s sees none",
			       trust, dialect_name(o->check));
	return true;
}

/* The daemon asks as its configuration says: what says otherwise must not seem to count. */
static bool daemon_fits(struct options *o, unsigned verb, struct err *ret_err)
{
	if (verb != VERB_PROBE)
		return true;
	if (!o->via_daemon)
		return !o->socket_given || err_set(ret_err, EINVAL, "--socket needs --via-daemon");
	if (o->own_option != NULL)
		return err_set(ret_err, EINVAL,
			       "--%s does not go with --via-daemon: the daemon asks as its "
			       "configuration says",
			       o->own_option);
	o->timeout = span_of_ms(PROBE_REPLY_TIMEOUT_MS);
	return true;
}

static bool window_fits(const struct options *o, struct err *ret_err)
{
	if (o->since_given && o->from_given)
		return err_set(ret_err, EINVAL, "--since and --from are the same");
	if (o->at_given && (o->since_given || o->from_given || o->to_given))
		return err_set(ret_err, EINVAL,
			       "--at is a moment: it takes no --since, --from, --to");
	if (o->at_given && o->at.ms > o->now.ms)
		return err_set(ret_err, EINVAL, "--at: that moment is still to come");
	if (!o->at_given && o->to.ms - o->from.ms < WINDOW_MIN_MS)
		return err_set(ret_err, EINVAL, "the window ends before it begins");
	return true;
}

/* What was, what is, and the word that tests are not asked for with the same options. */
static bool alerts_fit(struct options *o, unsigned verb, struct err *ret_err)
{
	bool test = o->word_count > 0 && strcmp(o->words[0], "test") == 0;

	if ((verb & (VERB_ALERTS | VERB_FINDINGS)) == 0)
		return true;
	if (o->since_given && !o->history)
		return err_set(ret_err, EINVAL, "--since needs --history");
	if (verb == VERB_FINDINGS)
		return true;
	if (test && (o->history || o->severity != NULL || o->alert != NULL || o->limit != 0))
		return err_set(ret_err, EINVAL,
			       "alerts test takes no --history, --severity, --alert, --limit");
	if (test && !o->timeout_given)
		o->timeout = span_of_ms(TEST_REPLY_TIMEOUT_MS);
	return true;
}

/* One of three: a list, one more, the end of one. */
static bool silence_fits(const struct options *o, unsigned verb, struct err *ret_err)
{
	bool more = o->lasts != NULL || o->why != NULL || o->alert != NULL;

	if (verb != VERB_SILENCE)
		return true;
	if (o->end != 0 && (more || o->word_count > 0))
		return err_set(ret_err, EINVAL, "--end takes nothing else: it ends that silence");
	if (o->word_count == 0)
		return !more || err_set(ret_err, EINVAL,
					"which endpoints? Name one, such as esx04:902 or esx04, "
					"or '*' for everything");
	if (o->lasts == NULL)
		return err_set(ret_err, EINVAL, "for how long? --for 2h");
	return o->why != NULL ||
	       err_set(ret_err, EINVAL,
		       "why? --why TEXT is what others see who wonder why nobody was told");
}

/* From exports, or as the daemon has them. */
static bool endpoints_fit(struct options *o, struct err *ret_err)
{
	if (!o->live && (o->socket_given || o->timeout_given))
		return err_set(ret_err, EINVAL, "--%s needs --live",
			       o->socket_given ? "socket" : "timeout");
	if (!o->live)
		return o->output != OUTPUT_TABLE ||
		       err_set(ret_err, EINVAL, "--output table needs --live");
	if (o->output_given && (o->output == OUTPUT_YAML || o->output == OUTPUT_HOSTS))
		return err_set(ret_err, EINVAL, "--live takes --output table or json");
	if (!o->output_given)
		o->output = OUTPUT_TABLE;
	return true;
}

/* Standard input can be read once. */
static bool inputs_fit(struct options *o, unsigned verb, struct err *ret_err)
{
	unsigned standard = 0;

	if ((verb & (VERB_CHECK | VERB_ENDPOINTS)) == 0)
		return true;
	if (verb == VERB_ENDPOINTS && !endpoints_fit(o, ret_err))
		return false;
	if (o->live)
		return true;
	if (o->word_count == 0)
		return err_set(ret_err, EINVAL,
			       "which exports? Name files, or - for standard input");
	for (size_t i = 0; i < o->word_count; i++)
		standard += strcmp(o->words[i], "-") == 0;
	for (size_t i = 0; i < o->baseline_count; i++)
		standard += strcmp(o->baselines[i], "-") == 0;
	if (standard > 1)
		return err_set(ret_err, EINVAL, "standard input (-) can be read only once");
	if (o->compare_forklift && (o->output == OUTPUT_CSV || o->output == OUTPUT_JUNIT))
		return err_set(ret_err, EINVAL, "--compare-forklift has no place in csv and junit");
	return true;
}

/* What one option alone cannot know. */
static bool fits_together(struct options *o, unsigned verb, struct err *ret_err)
{
	bool http = o->check_given && (o->check == DIALECT_HTTP || o->check == DIALECT_HTTPS);

	if (!daemon_fits(o, verb, ret_err) || !trust_fits(o, ret_err) || !window_fits(o, ret_err) ||
	    !alerts_fit(o, verb, ret_err) || !silence_fits(o, verb, ret_err) ||
	    !inputs_fit(o, verb, ret_err) || !matrixvalue_fit(o, verb, ret_err))
		return false;
	if (o->path != NULL && !http)
		return err_set(ret_err, EINVAL, "--path needs --check http or --check https");
	if (o->status != 0 && !http)
		return err_set(ret_err, EINVAL, "--status needs --check http or --check https");
	return true;
}

bool options_parse(struct options *o, unsigned verb, int argc, char **argv, struct err *ret_err)
{
	bool only_words = false;

	o->words = xcalloc((size_t)argc + 1, sizeof *o->words);
	for (int i = 0; i < argc; i++) {
		if (only_words || argv[i][0] != '-' || argv[i][1] == '\0')
			o->words[o->word_count++] = argv[i];
		else if (strcmp(argv[i], "--") == 0)
			only_words = true;
		else if (!take(o, verb, argc, argv, &i, ret_err))
			return false;
	}
	return o->help || fits_together(o, verb, ret_err);
}
