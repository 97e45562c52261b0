/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_conf.c: a whole configuration.  Nothing is opened: files are looked at by conf_load() alone. */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "base/parse.h"
#include "daemon/conf.h"
#include "daemon/mutes.h"
#include "probes/http.h"

static const char path[] = "conf.yaml";

static void text_must_be_sound(const char *text)
{
	MUST(text == NULL || fuzz_shown(text));
}

/* "conf.yaml:LINE: reason", with a line that the text has. */
static void err_must_be_sound(const struct err *e, const uint8_t *data, size_t size)
{
	unsigned long line = 0;
	unsigned long lines = 2; /* the end of the text may count as a line of its own */
	const char *p = e->text;

	fuzz_must_field(e->text, sizeof e->text);
	MUST(strncmp(p, path, sizeof path - 1) == 0 && p[sizeof path - 1] == ':');
	p += sizeof path;
	while (*p >= '0' && *p <= '9')
		line = line * 10 + (unsigned long)(*p++ - '0');
	for (size_t i = 0; i < size; i++)
		lines += data[i] == '\n' || data[i] == '\r' || data[i] == 0x85 || data[i] == 0xa8 ||
			 data[i] == 0xa9;
	MUST(line >= 1 && line <= lines);
	MUST(p[0] == ':' && p[1] == ' ' && p[2] != '\0');
}

static void target_must_be_sound(const struct conf_target *t)
{
	MUST(t->name[0] != '\0' && parse_is_host(t->host) && t->port != 0);
	MUST(t->role >= ROLE_NONE && t->role < ROLE_N);
	MUST(t->dialect >= DIALECT_TCP && t->dialect < DIALECT_N);
	MUST(t->rule == NULL || t->rule->role == t->role);
	MUST((t->image != NULL) == (t->dialect == DIALECT_REGISTRY));
	MUST(t->pin.len == 0 || t->pin.len == SHA1_BYTES || t->pin.len == SHA256_BYTES);
	MUST(span_ms(t->interval) >= 1000 && t->timeout.ns > 0);
	MUST(t->timeout.ns <= t->interval.ns);
	MUST(t->serve_interval.ns == 0 || t->timeout.ns <= t->serve_interval.ns);
	text_must_be_sound(t->provider);
	text_must_be_sound(t->name);
	text_must_be_sound(t->ca_file);
	text_must_be_sound(t->image);
	text_must_be_sound(t->http_path);
}

static void sink_must_be_sound(const struct conf_sink *s)
{
	bool http = s->type == SINK_ALERTMANAGER || s->type == SINK_WEBHOOK;

	MUST(s->name[0] != '\0' && fuzz_shown(s->name));
	MUST(s->type >= SINK_ALERTMANAGER && s->type <= SINK_JOURNAL);
	MUST(http == (s->url_count > 0));
	MUST((s->type == SINK_EXEC) == (s->command != NULL));
	MUST(s->command == NULL || s->command[0][0] == '/');
	MUST(s->secret_file == NULL || s->type == SINK_WEBHOOK);
	MUST(s->least >= SEVERITY_INFO && s->least < SEVERITY_N);
	MUST(span_ms(s->timeout) >= 1000 && span_ms(s->timeout) <= 60000);
	for (size_t i = 0; i < s->url_count; i++) {
		struct http_url url;

		MUST(http_url_parse(s->urls[i], &url) && strpbrk(s->urls[i], "@#") == NULL);
	}
	text_must_be_sound(s->ca_file);
	text_must_be_sound(s->token_file);
	text_must_be_sound(s->secret_file);
	text_must_be_sound(s->proxy);
}

static void window_must_be_sound(const struct conf_window *w)
{
	struct pattern p;

	MUST(pattern_parse(w->match, &p) && fuzz_shown(w->match) && fuzz_shown(w->why));
	if (w->from.ms != 0)
		MUST(w->from.ms > 0 && w->until.ms > w->from.ms && w->days == 0);
	else
		MUST(w->days > 0 && w->days <= 0x7f && w->begin < 1440 && w->end <= 1440);
}

/* Whom alerts are told, and when not; the windows may be asked about any moment. */
static void alerts_must_be_sound(const struct conf *c)
{
	struct mutes *m = mutes_new(NULL);
	struct wall now = { INT64_C(1796000000000) };
	size_t sinks = 0;

	MUST(c->alerts.loss_pct <= 100 && c->alerts.resend.ns > 0);
	for (size_t i = 0; i < c->alerts.label_count; i++)
		MUST(fuzz_shown(c->alerts.labels[i]) && strchr(c->alerts.labels[i], '=') != NULL);
	for (size_t i = 0; i < c->sink_count; i++) {
		sink_must_be_sound(&c->sinks[i]);
		sinks += c->sinks[i].url_count > 0 ? c->sinks[i].url_count : 1;
		for (size_t k = 0; k < i; k++)
			MUST(strcmp(c->sinks[i].name, c->sinks[k].name) != 0);
	}
	MUST(sinks <= ALERT_SINKS_MAX);
	for (size_t i = 0; i < c->window_count; i++)
		window_must_be_sound(&c->windows[i]);
	mutes_configure(m, c);
	MUST(mutes_turn(m, now).ms > now.ms);
	mutes_free(m);
}

static void conf_must_be_sound(const struct conf *c)
{
	MUST(strcmp(c->path, path) == 0 && c->node[0] != '\0');
	text_must_be_sound(c->node);
	text_must_be_sound(c->history.path);
	text_must_be_sound(c->api.socket);
	text_must_be_sound(c->api.group);
	text_must_be_sound(c->metrics.listen);
	text_must_be_sound(c->probe.resolver);
	text_must_be_sound(c->discovery.api);
	text_must_be_sound(c->discovery.namespace);
	MUST(c->probe.policy.confirm_count <= STATE_CONFIRM_MAX);
	MUST(c->probe.policy.flap_off_pct < c->probe.policy.flap_on_pct);
	MUST(c->probe.max_in_flight > 0 && c->probe.per_address > 0 && c->probe.nodes > 0);
	MUST(c->history.keep_samples.ns <= c->history.keep.ns && c->api.mode <= 0777);
	MUST(c->metrics.detail <= METRICS_ADDRESS && c->log.level < LOG_LEVEL_N);
	alerts_must_be_sound(c);
	for (size_t i = 0; i < c->target_count; i++) {
		target_must_be_sound(&c->targets[i]);
		for (size_t k = 0; k < i; k++)
			MUST(strcmp(c->targets[i].name, c->targets[k].name) != 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xmemdup(data, size);
	struct err e = { 0 };
	struct conf *c;

	(void)setenv("NODE_NAME", "node7", 1);
	(void)setenv("EMPTY", "", 1);
	c = conf_parse(text, size, path, &e);
	if (c != NULL)
		conf_must_be_sound(c);
	else
		err_must_be_sound(&e, data, size);
	conf_free(c);
	free(text);
	return 0;
}
