/* SPDX-License-Identifier: Apache-2.0 */
/* confvalue.c: see confvalue.h. */
#include "daemon/confvalue.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/parse.h"
#include "base/suggest.h"
#include "base/when.h"
#include "daemon/alert.h"
#include "daemon/confform.h"
#include "daemon/confhost.h"
#include "daemon/confpool.h"
#include "daemon/confsay.h"
#include "probes/imageref.h"

enum { WORDS_MAX = 7 };

/* Some types are a check of the text, some are a word of a list, some have a reader. */
typedef bool check_fn(const char *text, struct err *ret_err);
typedef bool read_fn(const struct conf_key *k, const char *text, void *into, struct err *ret_err);

struct type {
	const char *name;
	check_fn *check;
	read_fn *read;
	struct {
		const char *word;
		int value;
	} words[WORDS_MAX];
};

static bool refuse_range(const struct conf_key *k, const char *text, struct err *ret_err)
{
	char shown[CONFSAY_SIZE];

	confsay_shown(text, shown);
	return err_set(ret_err, ERANGE, "'%s' is not within %s and %s", shown, k->low, k->high);
}

/* ---- texts */

static bool check_name(const char *text, struct err *ret_err)
{
	bool ok = isalnum((unsigned char)text[0]) && strlen(text) < LIMIT_HOST_BYTES;

	for (const char *p = text; ok && *p != '\0'; p++)
		ok = isalnum((unsigned char)*p) || strchr("._-:/@", *p) != NULL;
	return ok || confsay_refuse(text,
				    "a name: letters, digits and . _ - : / @, at most 253, the "
				    "first a letter or digit",
				    ret_err);
}

static bool check_file(const char *text, struct err *ret_err)
{
	if (text[0] == '/' && text[strlen(text) - 1] != '/')
		return true;
	return confsay_refuse(text, "the absolute path of a file", ret_err);
}

static bool check_file_or_none(const char *text, struct err *ret_err)
{
	return text[0] == '\0' || check_file(text, ret_err);
}

static bool check_folder(const char *text, struct err *ret_err)
{
	return text[0] == '\0' || text[0] == '/' ||
	       confsay_refuse(text, "the absolute path of a folder", ret_err);
}

static bool check_socket(const char *text, struct err *ret_err)
{
	/* It is made as PATH.new, then renamed. */
	size_t size = sizeof((struct sockaddr_un){ 0 }.sun_path) - strlen(".new");

	if (strlen(text) >= size)
		return err_set(ret_err, ENAMETOOLONG,
			       "the path of a socket has at most %zu bytes, this one has %zu",
			       size - 1, strlen(text));
	return check_file_or_none(text, ret_err);
}

static bool check_image(const char *text, struct err *ret_err)
{
	struct imageref ref;
	struct err why;

	if (strlen(text) < LIMIT_REFERENCE_BYTES && imageref_parse(text, &ref, &why))
		return true;
	return confsay_refuse(text, "an image reference such as quay.example.com/team/vddk:8.0",
			      ret_err);
}

static bool check_url_path(const char *text, struct err *ret_err)
{
	bool ok = text[0] == '/' && strlen(text) < LIMIT_HTTP_FIELD_BYTES;

	for (const char *p = text; ok && *p != '\0'; p++)
		ok = *p > ' ' && *p <= '~';
	return ok || confsay_refuse(text, "a path: it begins with / and holds no blank", ret_err);
}

/* ---- numbers */

static bool read_time(const struct conf_key *k, const char *text, void *into, struct err *ret_err)
{
	struct span value, low, high;

	if (!parse_span(text, &value))
		return confsay_refuse(text, "a time such as 250ms, 10s, 5m, 2h or 7d", ret_err);
	MUST(parse_span(k->low, &low) && parse_span(k->high, &high));
	if (value.ns < low.ns || value.ns > high.ns)
		return refuse_range(k, text, ret_err);
	memcpy(into, &value, sizeof value);
	return true;
}

static bool read_time_or_off(const struct conf_key *k, const char *text, void *into,
			     struct err *ret_err)
{
	static const struct span off;

	if (strcmp(text, "off") != 0 && strcmp(text, "0") != 0)
		return read_time(k, text, into, ret_err);
	memcpy(into, &off, sizeof off);
	return true;
}

static bool read_count(const struct conf_key *k, const char *text, void *into, struct err *ret_err)
{
	uint64_t value, low, high;
	unsigned count;

	if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text))
		return confsay_refuse(text, "a whole number", ret_err);
	MUST(parse_u64(k->low, 0, UINT32_MAX, &low) && parse_u64(k->high, 0, UINT32_MAX, &high));
	if (!parse_u64(text, low, high, &value))
		return refuse_range(k, text, ret_err);
	count = (unsigned)value;
	memcpy(into, &count, sizeof count);
	return true;
}

static bool read_rate(const struct conf_key *k, const char *text, void *into, struct err *ret_err)
{
	unsigned count = 0;
	double rate;

	if (!read_count(k, text, &count, ret_err))
		return false;
	rate = count;
	memcpy(into, &rate, sizeof rate);
	return true;
}

/* "30%" or "30" */
static bool parse_share(const char *text, unsigned *ret_pct)
{
	size_t len = strlen(text);
	AUTO(text)
	char *digits = xstrndup(text, len > 0 && text[len - 1] == '%' ? len - 1 : len);
	uint64_t value;

	if (!parse_u64(digits, 0, UINT32_MAX, &value))
		return false;
	*ret_pct = (unsigned)value;
	return true;
}

static bool read_share(const struct conf_key *k, const char *text, void *into, struct err *ret_err)
{
	unsigned value, low, high;

	if (!parse_share(text, &value))
		return confsay_refuse(text, "a percentage such as 30%", ret_err);
	MUST(parse_share(k->low, &low) && parse_share(k->high, &high));
	if (value < low || value > high)
		return refuse_range(k, text, ret_err);
	memcpy(into, &value, sizeof value);
	return true;
}

/* Bytes, or with a unit; "Mi" is how Kubernetes writes it. */
static bool parse_size(const char *text, uint64_t *ret_bytes)
{
	static const struct {
		const char *name;
		unsigned shift;
	} units[] = {
		{ "", 0 },     { "KiB", 10 }, { "Ki", 10 },  { "MiB", 20 }, { "Mi", 20 },
		{ "GiB", 30 }, { "Gi", 30 },  { "TiB", 40 }, { "Ti", 40 },
	};
	size_t digits = strspn(text, "0123456789");
	AUTO(text) char *number = xstrndup(text, digits);
	uint64_t value;

	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (strcmp(text + digits, units[i].name) == 0 &&
		    parse_u64(number, 0, UINT64_MAX >> units[i].shift, &value)) {
			*ret_bytes = value << units[i].shift;
			return true;
		}
	return false;
}

static bool read_size(const struct conf_key *k, const char *text, void *into, struct err *ret_err)
{
	uint64_t value, low, high;

	if (!parse_size(text, &value))
		return confsay_refuse(text, "a size such as 512MiB or 2GiB", ret_err);
	MUST(parse_size(k->low, &low) && parse_size(k->high, &high));
	if (value < low || value > high)
		return refuse_range(k, text, ret_err);
	memcpy(into, &value, sizeof value);
	return true;
}

static bool read_mode(const struct conf_key *k, const char *text, void *into, struct err *ret_err)
{
	size_t len = strlen(text);
	unsigned mode = 0;

	(void)k;
	if (len < 3 || len > 4 || strspn(text, "01234567") != len || (len == 4 && text[0] != '0'))
		return confsay_refuse(text, "a mode of three octal digits such as 0660", ret_err);
	for (; *text != '\0'; text++)
		mode = mode * 8 + (unsigned)(*text - '0');
	memcpy(into, &mode, sizeof mode);
	return true;
}

static bool read_flag(const struct conf_key *k, const char *text, void *into, struct err *ret_err)
{
	bool value = strcmp(text, "true") == 0;

	(void)k;
	if (!value && strcmp(text, "false") != 0)
		return confsay_refuse(text, "true or false", ret_err);
	memcpy(into, &value, sizeof value);
	return true;
}

static bool read_pin(const struct conf_key *k, const char *text, void *into, struct err *ret_err)
{
	struct err why;
	struct pin pin;

	(void)k;
	if (!pin_parse(text, &pin, &why))
		return confsay_refuse(text,
				      "a fingerprint: 40 or 64 hex digits, with colons or without",
				      ret_err);
	memcpy(into, &pin, sizeof pin);
	return true;
}

static bool read_moment(const struct conf_key *k, const char *text, void *into, struct err *ret_err)
{
	struct wall value;

	(void)k;
	if (!when_parse_time(text, &value) || value.ms <= 0)
		return confsay_refuse(text, "a time such as 2026-11-22T22:00:00Z", ret_err);
	memcpy(into, &value, sizeof value);
	return true;
}

/* "07:30"; 24:00 is the end of a day. */
static bool parse_clock(const char *text, unsigned *ret_minute)
{
	char hour[] = "00";
	uint64_t h, m;

	if (strlen(text) != strlen("00:00") || text[2] != ':')
		return false;
	memcpy(hour, text, strlen(hour));
	if (!parse_u64(hour, 0, 24, &h) || !parse_u64(text + 3, 0, h < 24 ? 59 : 0, &m))
		return false;
	*ret_minute = (unsigned)(h * 60 + m);
	return true;
}

static bool read_clock(const struct conf_key *k, const char *text, void *into, struct err *ret_err)
{
	unsigned value, low, high;

	if (!parse_clock(text, &value))
		return confsay_refuse(text, "a time of day such as 22:00", ret_err);
	MUST(parse_clock(k->low, &low) && parse_clock(k->high, &high));
	if (value < low || value > high)
		return refuse_range(k, text, ret_err);
	memcpy(into, &value, sizeof value);
	return true;
}

/* ---- words */

static bool read_word(const struct type *type, const char *text, void *into, struct err *ret_err)
{
	const char *names[WORDS_MAX] = { NULL };
	char hint[SUGGEST_TEXT_SIZE];
	char shown[CONFSAY_SIZE];

	for (size_t i = 0; i < WORDS_MAX && type->words[i].word != NULL; i++) {
		names[i] = type->words[i].word;
		if (strcmp(names[i], text) == 0) {
			memcpy(into, &type->words[i].value, sizeof type->words[i].value);
			return true;
		}
	}
	confsay_shown(text, shown);
	suggest_format(text, names, WORDS_MAX, hint);
	return err_set(ret_err, EINVAL, "'%s' is not %s%s", shown, type->name, hint);
}

static bool read_day(const struct conf_key *k, const char *text, void *into, struct err *ret_err)
{
	static const struct type day = { .name = "mon, tue, wed, thu, fri, sat or sun",
					 .words = { { "sun", 0 },
						    { "mon", 1 },
						    { "tue", 2 },
						    { "wed", 3 },
						    { "thu", 4 },
						    { "fri", 5 },
						    { "sat", 6 } } };

	(void)k;
	return read_word(&day, text, into, ret_err);
}

/* ---- the types */

static const struct type types[CONF_TYPE_N] = {
	[CONF_NAME] = { .name = "name", .check = check_name },
	[CONF_TIME] = { .name = "time", .read = read_time },
	[CONF_TIME_OR_OFF] = { .name = "off or time", .read = read_time_or_off },
	[CONF_COUNT] = { .name = "number", .read = read_count },
	[CONF_RATE] = { .name = "number", .read = read_rate },
	[CONF_SHARE] = { .name = "percentage", .read = read_share },
	[CONF_SIZE] = { .name = "size", .read = read_size },
	[CONF_MODE] = { .name = "octal mode", .read = read_mode },
	[CONF_FLAG] = { .name = "true or false", .read = read_flag },
	[CONF_PIN] = { .name = "fingerprint", .read = read_pin },
	[CONF_FILE] = { .name = "absolute path", .check = check_file },
	[CONF_FILE_OR_NONE] = { .name = "absolute path or \"\"", .check = check_file_or_none },
	[CONF_SOCKET] = { .name = "absolute path or \"\"", .check = check_socket },
	[CONF_FOLDER] = { .name = "absolute path or \"\"", .check = check_folder },
	[CONF_LISTEN] = { .name = "ADDRESS:PORT or \"\"", .check = confhost_check_listen },
	[CONF_SERVERS] = { .name = "ADDRESS[:PORT],...", .check = confhost_check_servers },
	[CONF_PLACE] = { .name = "HOST[:PORT]", .check = confhost_check_place },
	[CONF_IMAGE] = { .name = "image reference", .check = check_image },
	[CONF_URL_PATH] = { .name = "path of a URL", .check = check_url_path },
	[CONF_PROXY] = { .name = "URL", .check = confform_check_proxy },
	[CONF_TEXT] = { .name = "text", .check = confform_check_text },
	[CONF_URL_OR_NONE] = { .name = "URL or \"\"", .check = confform_check_url_or_none },
	[CONF_SELECTOR] = { .name = "label selector or \"\"", .check = confform_check_selector },
	[CONF_NAMESPACE] = { .name = "namespace or \"\"", .check = confform_check_namespace },
	[CONF_PATTERN] = { .name = "pattern", .check = confform_check_pattern },
	[CONF_MOMENT] = { .name = "RFC 3339 time", .read = read_moment },
	[CONF_CLOCK] = { .name = "HH:MM", .read = read_clock },
	[CONF_KIND] = { .name = "vsphere or ovirt",
			.words = { { "vsphere", KIND_VSPHERE }, { "ovirt", KIND_OVIRT } } },
	[CONF_CHECK] = { .name = "tcp, tls, http, https or registry",
			 .words = { { "tcp", DIALECT_TCP },
				    { "tls", DIALECT_TLS },
				    { "http", DIALECT_HTTP },
				    { "https", DIALECT_HTTPS },
				    { "registry", DIALECT_REGISTRY } } },
	[CONF_FAMILY] = { .name = "any, 4 or 6",
			  .words = { { "any", AF_UNSPEC }, { "4", AF_INET }, { "6", AF_INET6 } } },
	[CONF_DETAIL] = { .name = "summary, endpoint or address",
			  .words = { { "summary", METRICS_SUMMARY },
				     { "endpoint", METRICS_ENDPOINT },
				     { "address", METRICS_ADDRESS } } },
	[CONF_LEVEL] = { .name = "error, warn, notice, info or debug",
			 .words = { { "error", LOG_LEVEL_ERROR },
				    { "warn", LOG_LEVEL_WARN },
				    { "notice", LOG_LEVEL_NOTICE },
				    { "info", LOG_LEVEL_INFO },
				    { "debug", LOG_LEVEL_DEBUG } } },
	[CONF_SINK_TYPE] = { .name = "alertmanager, webhook, exec, journal or kubernetes",
			     .words = { { "alertmanager", SINK_ALERTMANAGER },
					{ "webhook", SINK_WEBHOOK },
					{ "exec", SINK_EXEC },
					{ "journal", SINK_JOURNAL },
					{ "kubernetes", SINK_KUBERNETES } } },
	[CONF_SEVERITY] = { .name = "info, warning or critical",
			    .words = { { "info", SEVERITY_INFO },
				       { "warning", SEVERITY_WARNING },
				       { "critical", SEVERITY_CRITICAL } } },
	[CONF_SWITCH] = { .name = "auto, on or off",
			  .words = { { "auto", SWITCH_AUTO },
				     { "on", SWITCH_ON },
				     { "off", SWITCH_OFF } } },
	[CONF_WARM] = { .name = "plans, true or false",
			.words = { { "plans", -1 }, { "true", 1 }, { "false", 0 } } },
	[CONF_WAITS] = { .name = "list of times", .read = read_time },
	[CONF_DAYS] = { .name = "list of days", .read = read_day },
	[CONF_HOSTS] = { .name = "list of HOST[:N=M,...]", .check = confhost_check_machine },
	[CONF_MAPPINGS] = { .name = "list of N=M", .check = confhost_check_map },
	[CONF_URLS] = { .name = "list of URLs", .check = confform_check_url },
	[CONF_LABELS] = { .name = "list of NAME=VALUE", .check = confform_check_label },
	[CONF_ARGUMENTS] = { .name = "list of texts", .check = confform_check_argument },
};

const char *confvalue_type_name(enum conf_type t)
{
	return types[t].name;
}

bool confvalue_parse(const struct conf_key *k, const char *text, struct confpool *pool, void *into,
		     struct err *ret_err)
{
	const struct type *type = &types[k->type];
	const char *kept;

	if (type->read != NULL)
		return type->read(k, text, into, ret_err);
	if (type->check == NULL)
		return read_word(type, text, into, ret_err);
	if (!type->check(text, ret_err))
		return false;
	kept = confpool_text(pool, text);
	memcpy(into, &kept, sizeof kept);
	return true;
}
