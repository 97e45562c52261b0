/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/must.h"
#include "cli/optiontable.h"
#include "tests/unit/unit.h"
#include "tests/unit/words.h"

static const unsigned verbs[] = { VERB_PROBE, VERB_FINGERPRINT, VERB_CA, VERB_TRACE, VERB_PORTS };

TEST(test_options_none_leaves_the_defaults)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		struct words l = words_taken(verbs[i], "");
		const struct options *o = &l.options;

		assert_int_equal(o->role, ROLE_NONE);
		assert_int_equal(o->port_count, 0);
		assert_false(o->check_given || o->reach || o->plain || o->sha256 || o->help);
		assert_int_equal(span_ms(o->timeout), verbs[i] == VERB_TRACE ? 1000 : 3000);
		assert_int_equal(o->family, AF_UNSPEC);
		assert_null(o->ca_file);
		assert_int_equal(o->pin.len, 0);
		assert_null(o->resolver);
		assert_null(o->min_version);
		assert_null(o->path);
		assert_int_equal(o->status, 0);
		assert_int_equal(o->max_in_flight, 0);
		assert_int_equal(o->max_hops, 30);
		assert_int_equal(o->output, verbs[i] == VERB_CA ? OUTPUT_PEM : OUTPUT_TABLE);
		assert_int_equal(o->word_count, 0);
		assert_null(o->words[0]);
		words_done(&l);
	}
}

TEST(test_options_every_option_of_probe_is_taken)
{
	struct words l = words_taken(
		VERB_PROBE,
		"--role|esxi|--port|902=19902|--port|443|--check|https|--timeout|1.5s|"
		"--family|6|--resolver|10.0.0.53:53,[fd00::53]|--ca|ca.pem|--pin|"
		"01:02:03:04:05:06:07:08:09:0a:0B:0C:0D:0E:0F:10:11:12:13:14|--min-version|8.0.2|"
		"--path|/healthz?a=b|--status|204|--plain|--max-in-flight|20000|--output|json|a");
	const struct options *o = &l.options;

	assert_int_equal(o->role, ROLE_ESXI);
	assert_int_equal(o->port_count, 2);
	assert_int_equal(o->ports[0].documented, 902);
	assert_int_equal(o->ports[0].actual, 19902);
	assert_true(o->ports[0].mapped);
	assert_int_equal(o->ports[1].actual, 443);
	assert_true(o->check_given && o->plain && !o->reach);
	assert_int_equal(o->check, DIALECT_HTTPS);
	assert_int_equal(span_ms(o->timeout), 1500);
	assert_int_equal(o->family, AF_INET6);
	assert_string_equal(o->resolver, "10.0.0.53:53,[fd00::53]");
	assert_string_equal(o->ca_file, "ca.pem");
	assert_int_equal(o->pin.len, 20);
	assert_int_equal(o->pin.bytes[10], 0x0b);
	assert_string_equal(o->min_version, "8.0.2");
	assert_string_equal(o->path, "/healthz?a=b");
	assert_int_equal(o->status, 204);
	assert_int_equal(o->max_in_flight, 20000);
	assert_int_equal(o->output, OUTPUT_JSON);
	assert_int_equal(o->word_count, 1);
	words_done(&l);
	l = words_taken(VERB_PROBE, "--reach|a");
	assert_true(l.options.reach);
	words_done(&l);
}

TEST(test_options_trust_with_a_check_that_sees_no_certificate_is_refused)
{
	static const char pin[] = "--pin|0102030405060708090a0b0c0d0e0f1011121314|a|";
	static const char *const blind[] = { "--reach", "--check|tcp", "--check|http" };

	for (size_t i = 0; i < ARRAY_LEN(blind); i++) {
		const char *word = strchr(blind[i], '|');
		char text[128];
		char want[128];

		(void)snprintf(want, sizeof want, "--pin needs a certificate, and %s%s%s sees none",
			       word != NULL ? "--check" : "--reach", word != NULL ? " " : "",
			       word != NULL ? word + 1 : "");
		(void)snprintf(text, sizeof text, "%s%s", pin, blind[i]);
		words_refused(VERB_PROBE, text, want);
	}
	words_refused(VERB_PROBE, "--reach|--ca|ca.pem|a",
		      "--ca needs a certificate, and --reach sees none");
}

TEST(test_options_every_option_of_the_other_verbs_is_taken)
{
	struct words l =
		words_taken(VERB_FINGERPRINT, "--sha256|--port|902|--timeout|10m|--family|4|"
					      "--resolver|10.0.0.53|a");

	assert_true(l.options.sha256);
	assert_int_equal(l.options.ports[0].actual, 902);
	assert_int_equal(span_ms(l.options.timeout), 600000);
	assert_int_equal(l.options.family, AF_INET);
	words_done(&l);
	l = words_taken(VERB_FINGERPRINT, "--sha256|--sha1|a");
	assert_false(l.options.sha256);
	words_done(&l);
	l = words_taken(VERB_CA,
			"-o|json|--port|8443|--timeout|1ms|--family|6|--resolver|fd00::53|a");
	assert_int_equal(l.options.output, OUTPUT_JSON);
	assert_int_equal(l.options.ports[0].actual, 8443);
	words_done(&l);
	l = words_taken(VERB_TRACE,
			"--timeout|500ms|--max-hops|64|--family|4|--resolver|10.0.0.53|-ojson");
	assert_int_equal(l.options.max_hops, 64);
	assert_int_equal(span_ms(l.options.timeout), 500);
	assert_int_equal(l.options.output, OUTPUT_JSON);
	words_done(&l);
	l = words_taken(VERB_PORTS, "--role|ova|--output=csv");
	assert_int_equal(l.options.role, ROLE_OVA);
	assert_int_equal(l.options.output, OUTPUT_CSV);
	words_done(&l);
}

TEST(test_options_every_check_is_taken)
{
	static const struct {
		const char *text;
		enum dialect want;
	} cases[] = {
		{ "--check=tcp", DIALECT_TCP },
		{ "--check=tls", DIALECT_TLS },
		{ "--check=http", DIALECT_HTTP },
		{ "--check=https", DIALECT_HTTPS },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct words l = words_taken(VERB_PROBE, cases[i].text);

		assert_true(l.options.check_given);
		assert_int_equal(l.options.check, cases[i].want);
		words_done(&l);
	}
}

TEST(test_options_and_words_may_be_mixed)
{
	struct words l = words_taken(VERB_PROBE, "a|--reach|-|--port=443|b||c");

	assert_int_equal(l.options.word_count, 5);
	assert_string_equal(l.options.words[0], "a");
	assert_string_equal(l.options.words[1], "-");
	assert_string_equal(l.options.words[2], "b");
	assert_string_equal(l.options.words[3], "");
	assert_string_equal(l.options.words[4], "c");
	assert_null(l.options.words[5]);
	assert_true(l.options.reach);
	words_done(&l);
}

TEST(test_options_end_behind_two_hyphens)
{
	struct words l = words_taken(VERB_PROBE, "--|--reach|--|-x");

	assert_int_equal(l.options.word_count, 3);
	assert_string_equal(l.options.words[0], "--reach");
	assert_string_equal(l.options.words[1], "--");
	assert_string_equal(l.options.words[2], "-x");
	assert_false(l.options.reach);
	words_done(&l);
}

TEST(test_options_help_is_taken_by_every_verb)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		struct words l = words_taken(verbs[i], "--help");

		assert_true(l.options.help);
		words_done(&l);
		l = words_taken(verbs[i], "a|-h");
		assert_true(l.options.help);
		words_done(&l);
	}
}

TEST(test_options_help_excuses_what_does_not_fit_together)
{
	struct words l = words_taken(VERB_PROBE, "--path|/x|--help");

	assert_true(l.options.help);
	words_done(&l);
}

TEST(test_options_misspelt_is_suggested)
{
	static const char *const cases[][2] = {
		{ "--tiemout", "timeout" },
		{ "--timout=3s", "timeout" },
		{ "--rol", "role" },
		{ "--roles", "role" },
		{ "--min-verson", "min-version" },
		{ "--max-inflight", "max-in-flight" },
		{ "--ouput=json", "output" },
		{ "--rech", "reach" },
		{ "--resolve", "resolver" },
		{ "--chek", "check" },
		{ "--hepl", "help" },
		{ "--famly=4", "family" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err want;

		(void)err_set(&want, 0, "unknown option '%s' (did you mean '--%s'?)", cases[i][0],
			      cases[i][1]);
		words_refused(VERB_PROBE, cases[i][0], want.text);
	}
}

TEST(test_options_unknown_without_a_near_one_is_named)
{
	words_refused(VERB_PROBE, "--frobnicate", "unknown option '--frobnicate'");
	words_refused(VERB_PROBE, "-x", "unknown option '-x'");
	words_refused(VERB_PROBE, "-p443", "unknown option '-p443'");
	words_refused(VERB_PROBE, "--=x", "unknown option '--=x'");
	words_refused(VERB_PROBE, "---", "unknown option '---'");
	words_refused(VERB_PROBE, "--x\x1b[2J", "unknown option '--x?[2J'");
}

TEST(test_options_of_another_verb_are_unknown)
{
	words_refused(VERB_FINGERPRINT, "--role|esxi", "unknown option '--role'");
	words_refused(VERB_FINGERPRINT, "-o|json", "unknown option '-o'");
	words_refused(VERB_CA, "--reach", "unknown option '--reach'");
	words_refused(VERB_TRACE, "--pin|x", "unknown option '--pin'");
	words_refused(VERB_PORTS, "--family|4",
		      "--no-resolve, --resolver, --family and --timeout need --matrix");
	words_refused(VERB_PROBE, "--sha256", "unknown option '--sha256'");
	words_refused(VERB_PROBE, "--max-hops|3", "unknown option '--max-hops'");
}

TEST(test_options_value_that_is_missing_is_asked_for)
{
	words_refused(VERB_PROBE, "a|--role", "option --role needs a value: ROLE");
	words_refused(VERB_PROBE, "-o", "option --output needs a value: table|json");
	words_refused(VERB_CA, "-o", "option --output needs a value: pem|json");
	words_refused(VERB_PROBE, "--reach=yes", "option --reach takes no value");
	words_refused(VERB_PROBE, "--plain=", "option --plain takes no value");
	words_refused(VERB_PROBE, "-hx", "option --help takes no value");
}

TEST(test_options_value_that_is_not_understood_is_refused)
{
	static const char *const cases[][2] = {
		{ "--role|exsi", "--role: unknown role 'exsi' (did you mean 'esxi'?)" },
		{ "--role|vcentre", "--role: unknown role 'vcentre' (did you mean 'vcenter'?)" },
		{ "--role|", "--role: unknown role ''; 'banksman ports' lists the roles" },
		{ "--role|vmware",
		  "--role: unknown role 'vmware'; 'banksman ports' lists the roles" },
		{ "--port|0", "--port: port '0' is not a number from 1 to 65535" },
		{ "--port=902=", "--port: port '' is not a number from 1 to 65535" },
		{ "--check|htp",
		  "--check: 'htp' is none of tcp, tls, http, https (did you mean 'http'?)" },
		{ "--check|banner", "--check: 'banner' is none of tcp, tls, http, https" },
		{ "--check|esxi", "--check: 'esxi' is none of tcp, tls, http, https" },
		{ "--family|5", "--family: '5' is neither 4 nor 6" },
		{ "--family|46", "--family: '46' is neither 4 nor 6" },
		{ "--ca|", "--ca: is followed by no file name" },
		{ "--min-version|new",
		  "--min-version: 'new' is not a version such as 6.5 or 8.0.2" },
		{ "--min-version|.5", "--min-version: '.5' is not a version such as 6.5 or 8.0.2" },
		{ "--min-version|", "--min-version: '' is not a version such as 6.5 or 8.0.2" },
		{ "-oyaml", "--output: 'yaml' is none of table|json" },
		{ "-o|csv", "--output: 'csv' is none of table|json" },
		{ "--output|pem", "--output: 'pem' is none of table|json" },
		{ "--output=", "--output: '' is none of table|json" },
		{ "--output=jso", "--output: 'jso' is none of table|json" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		words_refused(VERB_PROBE, cases[i][0], cases[i][1]);
	words_refused(VERB_CA, "-o|table", "--output: 'table' is none of pem|json");
	words_refused(VERB_PORTS, "-o|pem", "--output: 'pem' is none of table|json|csv");
}

TEST(test_options_that_do_not_fit_together_are_refused)
{
	words_refused(VERB_PROBE, "--path|/x", "--path needs --check http or --check https");
	words_refused(VERB_PROBE, "--status|200|--check|tls",
		      "--status needs --check http or --check https");
}

static void assert_help(unsigned verb, const char *needle, bool there)
{
	struct buf out;

	buf_init(&out, 16 * 1024);
	optiontable_help(verb, &out);
	assert_false(buf_overflowed(&out));
	assert_int_equal(strstr(buf_text(&out), needle) != NULL, there);
	for (const char *p = buf_text(&out); *p != '\0'; p += strcspn(p, "\n") + 1) {
		size_t len = strcspn(p, "\n");

		if (len > 80 || len == 0 || p[len - 1] == ' ')
			fail_msg("%zu columns: %.*s|", len, (int)len, p);
	}
	buf_done(&out);
}

TEST(test_options_help_is_of_the_verb_and_fits_80_columns)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
		assert_help(verbs[i], "  -h, --help ", true);
		assert_help(verbs[i], "--reach", verbs[i] == VERB_PROBE);
		assert_help(verbs[i], "--sha256", verbs[i] == VERB_FINGERPRINT);
		assert_help(verbs[i], "--max-hops", verbs[i] == VERB_TRACE);
		assert_help(verbs[i], "table|json|csv", verbs[i] == VERB_PORTS);
		assert_help(verbs[i], "pem|json", verbs[i] == VERB_CA);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_options_none_leaves_the_defaults),
	cmocka_unit_test(test_options_every_option_of_probe_is_taken),
	cmocka_unit_test(test_options_trust_with_a_check_that_sees_no_certificate_is_refused),
	cmocka_unit_test(test_options_every_option_of_the_other_verbs_is_taken),
	cmocka_unit_test(test_options_every_check_is_taken),
	cmocka_unit_test(test_options_and_words_may_be_mixed),
	cmocka_unit_test(test_options_end_behind_two_hyphens),
	cmocka_unit_test(test_options_help_is_taken_by_every_verb),
	cmocka_unit_test(test_options_help_excuses_what_does_not_fit_together),
	cmocka_unit_test(test_options_misspelt_is_suggested),
	cmocka_unit_test(test_options_unknown_without_a_near_one_is_named),
	cmocka_unit_test(test_options_of_another_verb_are_unknown),
	cmocka_unit_test(test_options_value_that_is_missing_is_asked_for),
	cmocka_unit_test(test_options_value_that_is_not_understood_is_refused),
	cmocka_unit_test(test_options_that_do_not_fit_together_are_refused),
	cmocka_unit_test(test_options_help_is_of_the_verb_and_fits_80_columns),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
