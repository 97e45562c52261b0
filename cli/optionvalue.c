/* SPDX-License-Identifier: Apache-2.0 */
/* optionvalue.c: see optionvalue.h. */
#include "cli/optionvalue.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/parse.h"
#include "base/suggest.h"
#include "cli/hosts.h"
#include "cli/moment.h"
#include "cli/options.h"
#include "cli/shown.h"

enum { IN_FLIGHT_MAX = 20000, STATUS_MIN = 100, STATUS_MAX = 599 };

bool optionvalue_role(struct options *o, const char *value, struct err *ret_err)
{
	o->role = hosts_role(value, ret_err);
	return o->role != ROLE_NONE;
}

bool optionvalue_port(struct options *o, const char *value, struct err *ret_err)
{
	if (o->port_count == OPTIONS_PORTS_MAX)
		return err_set(ret_err, E2BIG, "more than %d ports", OPTIONS_PORTS_MAX);
	if (!portmap_parse(value, &o->ports[o->port_count], ret_err))
		return false;
	o->port_count++;
	return true;
}

bool optionvalue_check(struct options *o, const char *value, struct err *ret_err)
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

bool optionvalue_reach(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	(void)ret_err;
	o->reach = true;
	return true;
}

bool optionvalue_timeout(struct options *o, const char *value, struct err *ret_err)
{
	enum { TIMEOUT_MAX_MS = 10 * 60 * 1000 };
	char shown[SHOWN_SIZE];

	shown_text(value, shown);
	if (!parse_span(value, &o->timeout))
		return err_set(ret_err, EINVAL, "'%s' is not a time such as 500ms, 3s or 1m",
			       shown);
	if (span_ms(o->timeout) > TIMEOUT_MAX_MS)
		return err_set(ret_err, ERANGE, "'%s' is longer than 10 minutes", shown);
	o->timeout_given = true;
	return true;
}

bool optionvalue_family(struct options *o, const char *value, struct err *ret_err)
{
	char shown[SHOWN_SIZE];

	if (strcmp(value, "4") == 0 || strcmp(value, "6") == 0) {
		o->family = value[0] == '4' ? AF_INET : AF_INET6;
		return true;
	}
	shown_text(value, shown);
	return err_set(ret_err, EINVAL, "'%s' is neither 4 nor 6", shown);
}

bool optionvalue_ca(struct options *o, const char *value, struct err *ret_err)
{
	if (value[0] == '\0')
		return err_set(ret_err, EINVAL, "is followed by no file name");
	o->ca_file = value;
	return true;
}

bool optionvalue_pin(struct options *o, const char *value, struct err *ret_err)
{
	return pin_parse(value, &o->pin, ret_err);
}

/* "10.0.0.53", "10.0.0.53:5353", "[fd00::53]:53", and several with commas. */
bool optionvalue_resolver(struct options *o, const char *value, struct err *ret_err)
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

bool optionvalue_min_version(struct options *o, const char *value, struct err *ret_err)
{
	char shown[SHOWN_SIZE];

	shown_text(value, shown);
	if (value[0] < '0' || value[0] > '9' || strspn(value, "0123456789.") != strlen(value))
		return err_set(ret_err, EINVAL, "'%s' is not a version such as 6.5 or 8.0.2",
			       shown);
	o->min_version = value;
	return true;
}

bool optionvalue_path(struct options *o, const char *value, struct err *ret_err)
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

bool optionvalue_status(struct options *o, const char *value, struct err *ret_err)
{
	return number(value, STATUS_MIN, STATUS_MAX, &o->status, ret_err);
}

bool optionvalue_plain(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	(void)ret_err;
	o->plain = true;
	return true;
}

bool optionvalue_max_in_flight(struct options *o, const char *value, struct err *ret_err)
{
	return number(value, 1, IN_FLIGHT_MAX, &o->max_in_flight, ret_err);
}

bool optionvalue_max_hops(struct options *o, const char *value, struct err *ret_err)
{
	return number(value, 1, LIMIT_TRACE_HOPS, &o->max_hops, ret_err);
}

bool optionvalue_sha1(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	(void)ret_err;
	o->sha256 = false;
	return true;
}

bool optionvalue_sha256(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	(void)ret_err;
	o->sha256 = true;
	return true;
}

bool optionvalue_output(struct options *o, const char *value, struct err *ret_err)
{
	static const char *const names[OUTPUT_N] = {
		[OUTPUT_TABLE] = "table", [OUTPUT_WIDE] = "wide", [OUTPUT_JSON] = "json",
		[OUTPUT_CSV] = "csv",     [OUTPUT_PEM] = "pem",   [OUTPUT_HTML] = "html",
		[OUTPUT_JUNIT] = "junit", [OUTPUT_YAML] = "yaml", [OUTPUT_MARKDOWN] = "markdown",
		[OUTPUT_HOSTS] = "hosts"
	};
	char shown[SHOWN_SIZE];

	for (int i = 0; i < OUTPUT_N; i++)
		if (strcmp(value, names[i]) == 0) {
			o->output = (enum output)i;
			o->output_given = true;
			return true;
		}
	shown_text(value, shown);
	return err_set(ret_err, EINVAL, "unknown format '%s'", shown);
}

bool optionvalue_help(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	(void)ret_err;
	o->help = true;
	return true;
}

static bool take_time(const struct options *o, const char *value, struct wall *ret_time,
		      bool *ret_given, struct err *ret_err)
{
	if (!moment_parse(value, o->now, ret_time, ret_err))
		return false;
	*ret_given = true;
	return true;
}

bool optionvalue_since(struct options *o, const char *value, struct err *ret_err)
{
	return take_time(o, value, &o->from, &o->since_given, ret_err);
}

bool optionvalue_from(struct options *o, const char *value, struct err *ret_err)
{
	return take_time(o, value, &o->from, &o->from_given, ret_err);
}

bool optionvalue_to(struct options *o, const char *value, struct err *ret_err)
{
	return take_time(o, value, &o->to, &o->to_given, ret_err);
}

bool optionvalue_at(struct options *o, const char *value, struct err *ret_err)
{
	return take_time(o, value, &o->at, &o->at_given, ret_err);
}

bool optionvalue_aspect(struct options *o, const char *value, struct err *ret_err)
{
	static const char *const names[] = { "port", "service", "trust", "name" };
	char hint[SUGGEST_TEXT_SIZE];
	char shown[SHOWN_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(value, names[i]) == 0) {
			o->aspect = names[i];
			return true;
		}
	suggest_format(value, names, ARRAY_LEN(names), hint);
	shown_text(value, shown);
	return err_set(ret_err, EINVAL, "'%s' is none of port, service, trust, name%s", shown,
		       hint);
}

bool optionvalue_socket(struct options *o, const char *value, struct err *ret_err)
{
	if (value[0] == '\0')
		return err_set(ret_err, EINVAL, "is followed by no path");
	o->socket = value;
	o->socket_given = true;
	return true;
}

bool optionvalue_limit(struct options *o, const char *value, struct err *ret_err)
{
	unsigned limit = 0;

	if (!number(value, 1, OPTIONS_LIMIT_MAX, &limit, ret_err))
		return false;
	o->limit = limit;
	return true;
}

bool optionvalue_problems(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	(void)ret_err;
	o->problems = true;
	return true;
}

bool optionvalue_follow(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	(void)ret_err;
	o->follow = true;
	return true;
}

bool optionvalue_via_daemon(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	(void)ret_err;
	o->via_daemon = true;
	return true;
}

bool optionvalue_live(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	(void)ret_err;
	o->live = true;
	return true;
}

bool optionvalue_history(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	(void)ret_err;
	o->history = true;
	return true;
}

bool optionvalue_severity(struct options *o, const char *value, struct err *ret_err)
{
	static const char *const names[] = { "info", "warning", "critical" };
	char hint[SUGGEST_TEXT_SIZE];
	char shown[SHOWN_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (strcmp(value, names[i]) == 0) {
			o->severity = names[i];
			return true;
		}
	suggest_format(value, names, ARRAY_LEN(names), hint);
	shown_text(value, shown);
	return err_set(ret_err, EINVAL, "'%s' is none of info, warning, critical%s", shown, hint);
}

/* Which names there are is the daemon's to know. */
bool optionvalue_alert(struct options *o, const char *value, struct err *ret_err)
{
	if (value[0] == '\0')
		return err_set(ret_err, EINVAL, "is followed by no name such as PortClosed");
	o->alert = value;
	return true;
}

bool optionvalue_for(struct options *o, const char *value, struct err *ret_err)
{
	char shown[SHOWN_SIZE];
	struct span span;

	shown_text(value, shown);
	if (!parse_span(value, &span))
		return err_set(ret_err, EINVAL, "'%s' is not a time such as 30m, 2h or 7d", shown);
	o->lasts = value;
	return true;
}

bool optionvalue_why(struct options *o, const char *value, struct err *ret_err)
{
	if (value[strspn(value, " \t\r\n")] == '\0')
		return err_set(ret_err, EINVAL, "is followed by no word");
	o->why = value;
	return true;
}

bool optionvalue_end(struct options *o, const char *value, struct err *ret_err)
{
	char shown[SHOWN_SIZE];
	uint64_t id;

	shown_text(value, shown);
	if (!parse_u64(value, 1, INT64_MAX, &id))
		return err_set(ret_err, EINVAL,
			       "'%s' is not the number of a silence ('banksman silence' lists "
			       "them)",
			       shown);
	o->end = (int64_t)id;
	return true;
}
