/* SPDX-License-Identifier: Apache-2.0 */
/* options.c: the options of all verbs in one table; see options.h. */
#include "cli/options.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/addr.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/parse.h"
#include "base/suggest.h"
#include "cli/hosts.h"
#include "cli/shown.h"

enum { IN_FLIGHT_MAX = 20000, STATUS_MIN = 100, STATUS_MAX = 599, ALL_VERBS = 0x1f };

/* Takes one option's value; value is NULL for an option without one. */
typedef bool apply_fn(struct options *o, const char *value, struct err *ret_err);

static apply_fn apply_role, apply_port, apply_check, apply_reach, apply_timeout, apply_family,
	apply_ca, apply_pin, apply_resolver, apply_min_version, apply_path, apply_status,
	apply_plain, apply_max_in_flight, apply_max_hops, apply_sha1, apply_sha256, apply_output,
	apply_help;

struct rule {
	const char *name;
	char letter; /* 0: none */
	unsigned verbs;
	const char *argument; /* NULL: takes none */
	const char *help;
	apply_fn *apply;
};

enum { ASKING = VERB_PROBE | VERB_FINGERPRINT | VERB_CA | VERB_TRACE };

/* clang-format off */
static const struct rule rules[] = {
	{ "role", 0, VERB_PROBE, "ROLE",
	  "what each HOST is, unless it says so itself: vcenter, esxi, ovirt-engine, "
	  "ovirt-host, registry and others ('banksman ports')", apply_role },
	{ "role", 0, VERB_PORTS, "ROLE", "only the rows of this role", apply_role },
	{ "port", 0, VERB_PROBE, "N",
	  "ask this port instead of the documented ones (repeatable); N=M: the documented "
	  "port N is reached on M", apply_port },
	{ "port", 0, VERB_FINGERPRINT | VERB_CA, "N", "the port to ask (443)", apply_port },
	{ "check", 0, VERB_PROBE, "WORD",
	  "how to ask, whatever the documentation says: tcp, tls, http or https", apply_check },
	{ "reach", 0, VERB_PROBE, NULL,
	  "ask for the port alone; the service behind it notices nothing", apply_reach },
	{ "timeout", 0, VERB_PROBE | VERB_FINGERPRINT | VERB_CA, "TIME",
	  "for one whole attempt: 500ms, 3s, 1m (3s)", apply_timeout },
	{ "timeout", 0, VERB_TRACE, "TIME", "for one hop: 500ms, 3s (1s)", apply_timeout },
	{ "max-hops", 0, VERB_TRACE, "N", "how far to follow, 1 to 64 (30)", apply_max_hops },
	{ "family", 0, ASKING, "4|6", "only IPv4 or only IPv6 addresses", apply_family },
	{ "resolver", 0, ASKING, "ADDR[:PORT]",
	  "the DNS server to ask instead of the system's (several: with commas)",
	  apply_resolver },
	{ "ca", 0, VERB_PROBE, "FILE",
	  "certificates must lead to one of this PEM file", apply_ca },
	{ "pin", 0, VERB_PROBE, "FINGERPRINT",
	  "the certificate must have this SHA-1 or SHA-256 fingerprint", apply_pin },
	{ "min-version", 0, VERB_PROBE, "V",
	  "oldest acceptable vCenter or ESXi (as documented)", apply_min_version },
	{ "path", 0, VERB_PROBE, "/PATH", "with --check http or https: what to get (/)",
	  apply_path },
	{ "status", 0, VERB_PROBE, "N",
	  "with --check http or https: the only good status (any below 400)", apply_status },
	{ "plain", 0, VERB_PROBE, NULL, "talk to a registry without TLS", apply_plain },
	{ "max-in-flight", 0, VERB_PROBE, "N",
	  "attempts under way at once (64; with --reach 512)", apply_max_in_flight },
	{ "sha1", 0, VERB_FINGERPRINT, NULL, "SHA-1, as Forklift wants it (the default)",
	  apply_sha1 },
	{ "sha256", 0, VERB_FINGERPRINT, NULL, "SHA-256", apply_sha256 },
	{ "output", 'o', VERB_PROBE | VERB_TRACE, "table|json", "for people or for programs",
	  apply_output },
	{ "output", 'o', VERB_CA, "pem|json", "the certificate alone, or with what it says",
	  apply_output },
	{ "output", 'o', VERB_PORTS, "table|json|csv", "for people or for programs",
	  apply_output },
	{ "help", 'h', ALL_VERBS, NULL, "this text", apply_help },
};
/* clang-format on */

static bool apply_role(struct options *o, const char *value, struct err *ret_err)
{
	o->role = hosts_role(value, ret_err);
	return o->role != ROLE_NONE;
}

static bool apply_port(struct options *o, const char *value, struct err *ret_err)
{
	if (o->port_count == OPTIONS_PORTS_MAX)
		return err_set(ret_err, E2BIG, "more than %d ports", OPTIONS_PORTS_MAX);
	if (!portmap_parse(value, &o->ports[o->port_count], ret_err))
		return false;
	o->port_count++;
	return true;
}

static bool apply_check(struct options *o, const char *value, struct err *ret_err)
{
	static const enum dialect checks[] = { DIALECT_TCP, DIALECT_TLS, DIALECT_HTTP,
					       DIALECT_HTTPS };
	const char *names[ARRAY_LEN(checks)];
	char hint[SUGGEST_TEXT_SIZE];
	char shown[SHOWN_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		names[i] = dialect_name(checks[i]);
		if (strcmp(value, names[i]) == 0) {
			o->check = checks[i];
			o->check_given = true;
			return true;
		}
	}
	suggest_format(value, names, ARRAY_LEN(names), hint);
	shown_text(value, shown);
	return err_set(ret_err, EINVAL, "'%s' is none of tcp, tls, http, https%s", shown, hint);
}

static bool apply_reach(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	(void)ret_err;
	o->reach = true;
	return true;
}

static bool apply_timeout(struct options *o, const char *value, struct err *ret_err)
{
	enum { TIMEOUT_MAX_MS = 10 * 60 * 1000 };
	char shown[SHOWN_SIZE];

	shown_text(value, shown);
	if (!parse_span(value, &o->timeout))
		return err_set(ret_err, EINVAL, "'%s' is not a time such as 500ms, 3s or 1m",
			       shown);
	if (span_ms(o->timeout) > TIMEOUT_MAX_MS)
		return err_set(ret_err, ERANGE, "'%s' is longer than 10 minutes", shown);
	return true;
}

static bool apply_family(struct options *o, const char *value, struct err *ret_err)
{
	char shown[SHOWN_SIZE];

	if (strcmp(value, "4") == 0 || strcmp(value, "6") == 0) {
		o->family = value[0] == '4' ? AF_INET : AF_INET6;
		return true;
	}
	shown_text(value, shown);
	return err_set(ret_err, EINVAL, "'%s' is neither 4 nor 6", shown);
}

static bool apply_ca(struct options *o, const char *value, struct err *ret_err)
{
	if (value[0] == '\0')
		return err_set(ret_err, EINVAL, "is followed by no file name");
	o->ca_file = value;
	return true;
}

static bool apply_pin(struct options *o, const char *value, struct err *ret_err)
{
	return pin_parse(value, &o->pin, ret_err);
}

/* "10.0.0.53", "10.0.0.53:5353", "[fd00::53]:53", and several with commas. */
static bool apply_resolver(struct options *o, const char *value, struct err *ret_err)
{
	const char *start = value;

	for (const char *end = value;; end++) {
		char host[ADDR_TEXT_SIZE];
		char shown[SHOWN_SIZE];
		struct addr numeric;
		uint16_t port;

		if (*end != ',' && *end != '\0')
			continue;
		AUTO(text) char *server = xstrndup(start, (size_t)(end - start));
		/* c-ares 1.18 takes no interface behind an address. */
		if (!parse_hostport(server, host, sizeof host, &port) ||
		    !addr_parse(host, port, &numeric) || strchr(host, '%') != NULL) {
			shown_text(server, shown);
			return err_set(ret_err, EINVAL, "'%s' is not an address[:port]", shown);
		}
		if (*end == '\0')
			break;
		start = end + 1;
	}
	o->resolver = value;
	return true;
}

static bool apply_min_version(struct options *o, const char *value, struct err *ret_err)
{
	char shown[SHOWN_SIZE];

	shown_text(value, shown);
	if (value[0] < '0' || value[0] > '9' || strspn(value, "0123456789.") != strlen(value))
		return err_set(ret_err, EINVAL, "'%s' is not a version such as 6.5 or 8.0.2",
			       shown);
	o->min_version = value;
	return true;
}

static bool apply_path(struct options *o, const char *value, struct err *ret_err)
{
	char shown[SHOWN_SIZE];
	bool clean = value[0] == '/' && strlen(value) < LIMIT_HTTP_FIELD_BYTES;

	for (const char *p = value; *p != '\0'; p++)
		clean = clean && *p > ' ' && *p <= '~';
	shown_text(value, shown);
	if (!clean)
		return err_set(ret_err, EINVAL, "'%s' is not a path such as /healthz", shown);
	o->path = value;
	return true;
}

static bool number(const char *value, unsigned min, unsigned max, unsigned *ret_number,
		   struct err *ret_err)
{
	char shown[SHOWN_SIZE];
	uint64_t n;

	shown_text(value, shown);
	if (!parse_u64(value, min, max, &n))
		return err_set(ret_err, EINVAL, "'%s' is not a number from %u to %u", shown, min,
			       max);
	*ret_number = (unsigned)n;
	return true;
}

static bool apply_status(struct options *o, const char *value, struct err *ret_err)
{
	return number(value, STATUS_MIN, STATUS_MAX, &o->status, ret_err);
}

static bool apply_plain(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	(void)ret_err;
	o->plain = true;
	return true;
}

static bool apply_max_in_flight(struct options *o, const char *value, struct err *ret_err)
{
	return number(value, 1, IN_FLIGHT_MAX, &o->max_in_flight, ret_err);
}

static bool apply_max_hops(struct options *o, const char *value, struct err *ret_err)
{
	return number(value, 1, LIMIT_TRACE_HOPS, &o->max_hops, ret_err);
}

static bool apply_sha1(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	(void)ret_err;
	o->sha256 = false;
	return true;
}

static bool apply_sha256(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	(void)ret_err;
	o->sha256 = true;
	return true;
}

static bool apply_output(struct options *o, const char *value, struct err *ret_err)
{
	static const char *const names[OUTPUT_N] = { [OUTPUT_TABLE] = "table",
						     [OUTPUT_JSON] = "json",
						     [OUTPUT_CSV] = "csv",
						     [OUTPUT_PEM] = "pem" };
	char shown[SHOWN_SIZE];

	for (int i = 0; i < OUTPUT_N; i++)
		if (strcmp(value, names[i]) == 0) {
			o->output = (enum output)i;
			return true;
		}
	shown_text(value, shown);
	return err_set(ret_err, EINVAL, "unknown format '%s'", shown);
}

static bool apply_help(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	(void)ret_err;
	o->help = true;
	return true;
}

void options_init(struct options *o, unsigned verb)
{
	*o = (struct options){
		.timeout = span_of_ms(verb == VERB_TRACE ? HOP_TIMEOUT_MS : TIMEOUT_MS),
		.max_hops = MAX_HOPS,
		.output = verb == VERB_CA ? OUTPUT_PEM : OUTPUT_TABLE,
	};
}

void options_done(struct options *o)
{
	free(o->words);
	o->words = NULL;
	o->word_count = 0;
}

/* The rule of "--name", "--name=…", "-x" or "-x…"; NULL when the verb has none. */
static const struct rule *rule_find(unsigned verb, const char *word)
{
	size_t len = strcspn(word + 2, "=");

	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		const struct rule *r = &rules[i];

		if ((r->verbs & verb) == 0)
			continue;
		if (word[1] != '-' && r->letter != '\0' && word[1] == r->letter)
			return r;
		if (word[1] == '-' && strlen(r->name) == len &&
		    strncmp(word + 2, r->name, len) == 0)
			return r;
	}
	return NULL;
}

static bool unknown(unsigned verb, const char *word, struct err *ret_err)
{
	const char *names[ARRAY_LEN(rules)] = { NULL };
	char shown[SHOWN_SIZE];
	const char *near = NULL;

	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		names[i] = (rules[i].verbs & verb) != 0 ? rules[i].name : NULL;
	if (word[1] == '-') {
		AUTO(text) char *name = xstrndup(word + 2, strcspn(word + 2, "="));
		near = suggest_word(name, names, ARRAY_LEN(names));
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
static bool format_fits(const struct rule *r, const char *value)
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
	const struct rule *r = rule_find(verb, word);
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
	if (r->apply == apply_output && !format_fits(r, value)) {
		char shown[SHOWN_SIZE];

		shown_text(value, shown);
		return err_set(ret_err, EINVAL, "--output: '%s' is none of %s", shown, r->argument);
	}
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

/* What one option alone cannot know. */
static bool fits_together(const struct options *o, struct err *ret_err)
{
	bool http = o->check_given && (o->check == DIALECT_HTTP || o->check == DIALECT_HTTPS);

	if (!trust_fits(o, ret_err))
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
	return o->help || fits_together(o, ret_err);
}

/* text in lines of at most width bytes, each but the first behind indent blanks. */
static void put_lines(struct buf *out, const char *text, size_t indent, size_t width)
{
	for (bool first = true; *text != '\0'; first = false) {
		size_t len = strlen(text);

		if (len > width) {
			len = width;
			while (len > 0 && text[len] != ' ')
				len--;
		}
		buf_printf(out, "%*s%.*s\n", first ? 0 : (int)indent, "", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
}

void options_help(unsigned verb, struct buf *out)
{
	enum { COLUMN = 28, WIDTH = 80 - COLUMN };

	buf_puts(out, "Options:\n");
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		const struct rule *r = &rules[i];
		char head[COLUMN + 24];
		int n;

		if ((r->verbs & verb) == 0)
			continue;
		n = snprintf(head, sizeof head, "  %c%c%c --%s %s", r->letter ? '-' : ' ',
			     r->letter ? r->letter : ' ', r->letter ? ',' : ' ', r->name,
			     r->argument != NULL ? r->argument : "");
		MUST(n > 0 && (size_t)n < sizeof head);
		if (n < COLUMN)
			buf_printf(out, "%-*s", COLUMN, head);
		else
			buf_printf(out, "%s\n%*s", head, COLUMN, "");
		put_lines(out, r->help, COLUMN, WIDTH);
	}
}
