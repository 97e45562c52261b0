/* SPDX-License-Identifier: Apache-2.0 */
/* test_sink.c: what each kind of sink says, and what it makes of the answer. */
#include "daemon/sink.h"

#include <event2/event.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"
#include "daemon/alert.h"
#include "daemon/conf.h"
#include "probes/hmac.h"
#include "probes/prober.h"
#include "tests/unit/peer.h"
#include "tests/unit/unit.h"

#define REPLY(status, body) "HTTP/1.1 " status "\r\nConnection: close\r\n\r\n" body

enum { STARTS_MS = 1764000000, LONG_MS = 20000 };

struct bench {
	struct event_base *base;
	struct prober *prober;
	struct peer *peer;
	struct alert alert;
	struct conf_sink conf;
	char folder[64];
	char file[96]; /* in it */
	bool telling;
	unsigned calls;
	struct sink_answer answer;
};

static void begin(struct bench *b)
{
	struct err err;

	*b = (struct bench){ .base = prober_loop_new(), .folder = "/tmp/banksman-sink-XXXXXX" };
	assert_non_null(b->base);
	b->prober = prober_new(b->base, "127.0.0.1:1", &err);
	assert_non_null(b->prober);
	b->peer = peer_new(b->base);
	b->peer->reply = REPLY("200 OK", "");
	b->peer->closes = true;
	assert_non_null(mkdtemp(b->folder));
	assert_true(snprintf(b->file, sizeof b->file, "%s/secret", b->folder) > 0);
	b->alert = (struct alert){ .kind = ALERT_PORT_CLOSED,
				   .severity = SEVERITY_CRITICAL,
				   .subject = xstrdup("esx04:902 10.1.7.14"),
				   .starts = { STARTS_MS },
				   .revision = 3,
				   .coalesced = 2,
				   .labels = json_pack("{ss ss}", "alertname", "PortClosed",
						       "target", "esx04:902"),
				   .annotations = json_pack("{ss ss}", "summary", "it is closed",
							    "resolution", "it is open") };
	b->conf = (struct conf_sink){ .name = "s", .timeout = span_of_ms(LONG_MS) };
}

static void end(struct bench *b)
{
	free(b->alert.subject);
	json_decref(b->alert.labels);
	json_decref(b->alert.annotations);
	(void)unlink(b->file);
	(void)rmdir(b->folder);
	peer_free(b->peer);
	prober_free(b->prober);
	event_base_free(b->base);
}

static void write_file(const struct bench *b, const char *text)
{
	FILE *f = fopen(b->file, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void on_done(void *owner, const struct sink_answer *answer)
{
	struct bench *b = owner;

	assert_false(b->telling);
	b->calls++;
	b->answer = *answer;
	(void)event_base_loopbreak(b->base);
}

static struct sink *open_sink(struct bench *b, const struct sink_class *class, const char *path,
			      struct err *ret_err)
{
	AUTO(text) char *url = peer_url(b->peer, path);
	const char *urls[] = { url };
	struct sink_parts parts = {
		.base = b->base, .prober = b->prober, .node = "n1", .resend = span_of_ms(55000)
	};

	b->conf.urls = urls;
	b->conf.url_count = 1;
	return class->open(&parts, &b->conf, 0, ret_err);
}

/* The alert, as often as count says, in one telling. */
static void tell(struct bench *b, const struct sink_class *class, struct sink *s, size_t count)
{
	const struct alert *batch[8];

	for (size_t i = 0; i < count; i++)
		batch[i] = &b->alert;
	b->calls = 0;
	b->telling = true;
	class->tell(s, batch, count, on_done, b);
	b->telling = false;
	(void)event_base_dispatch(b->base);
	assert_int_equal(b->calls, 1);
}

/* Opened, told once, closed. */
static void tell_once(struct bench *b, const struct sink_class *class, const char *path)
{
	struct err err;
	struct sink *s = open_sink(b, class, path, &err);

	assert_non_null(s);
	tell(b, class, s, 1);
	class->close(s);
}

static void assert_answer(const struct bench *b, enum sink_outcome outcome, const char *detail)
{
	assert_int_equal(b->answer.outcome, outcome);
	assert_string_equal(b->answer.detail, detail);
}

static json_t *body(const struct bench *b)
{
	json_t *o = json_loads(peer_body(b->peer), 0, NULL);

	assert_non_null(o);
	return o;
}

static const char *text_at(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text != NULL ? text : "(none)";
}

/* ---- Alertmanager */

TEST(test_sink_alertmanager_is_posted_its_own_form)
{
	struct bench b;
	struct wall ends;
	json_t *list;
	const json_t *one;

	begin(&b);
	tell_once(&b, &sink_alertmanager, "/am/");
	assert_answer(&b, SINK_TAKEN, "");
	peer_expect(b.peer, "POST /am/api/v2/alerts HTTP/1.1\r\n");
	peer_expect(b.peer, "\r\nContent-Type: application/json\r\n");
	list = body(&b);
	assert_int_equal(json_array_size(list), 1);
	one = json_array_get(list, 0);
	assert_int_equal(json_object_size(one), 4);
	assert_true(json_equal(json_object_get(one, "labels"), b.alert.labels));
	assert_true(json_equal(json_object_get(one, "annotations"), b.alert.annotations));
	assert_string_equal(text_at(one, "startsAt"), "1970-01-21T10:00:00.000Z");
	assert_true(when_parse_time(text_at(one, "endsAt"), &ends));
	assert_in_range(ends.ms - wall_now().ms, 4 * 55000 - 20000, 4 * 55000);
	json_decref(list);
	end(&b);
}

TEST(test_sink_alertmanager_end_is_never_before_the_beginning)
{
	struct bench b;
	json_t *list;

	begin(&b);
	b.alert.ends.ms = STARTS_MS - 5000;
	tell_once(&b, &sink_alertmanager, "");
	list = body(&b);
	assert_string_equal(text_at(json_array_get(list, 0), "endsAt"), "1970-01-21T10:00:00.000Z");
	json_decref(list);
	end(&b);
}

TEST(test_sink_answers_mean_what_they_say)
{
	static const struct {
		const char *reply;
		enum sink_outcome outcome;
		const char *detail;
	} rows[] = {
		{ REPLY("200 OK", "well"), SINK_TAKEN, "" },
		{ REPLY("202 Accepted", ""), SINK_TAKEN, "" },
		{ REPLY("400 Bad Request", "  \"bad label\n\x01name\"\n"), SINK_REFUSED,
		  "HTTP status 400: \"bad label ?name\"" },
		{ REPLY("413 Large", ""), SINK_REFUSED, "HTTP status 413" },
		{ REPLY("422 No", "no"), SINK_REFUSED, "HTTP status 422: no" },
		{ REPLY("415 What", "what"), SINK_FAILED, "HTTP status 415: what" },
		{ REPLY("401 Who", "who"), SINK_FAILED, "HTTP status 401: who" },
		{ REPLY("404 Where", ""), SINK_FAILED, "HTTP status 404" },
		{ REPLY("500 Oh", "oh"), SINK_FAILED, "HTTP status 500: oh" },
		{ REPLY("304 Same", ""), SINK_FAILED, "HTTP status 304" },
		{ "HTTP/1.1 301 Moved\r\nLocation: https://am.example.com/x\r\n"
		  "Content-Length: 0\r\n\r\n",
		  SINK_FAILED, "redirects to https://am.example.com/x" },
	};
	struct bench b;

	begin(&b);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		b.peer->reply = rows[i].reply;
		tell_once(&b, &sink_alertmanager, "");
		assert_answer(&b, rows[i].outcome, rows[i].detail);
	}
	end(&b);
}

TEST(test_sink_endless_answer_is_a_failure)
{
	struct bench b;

	begin(&b);
	b.peer->reply = "HTTP/1.1 200 OK\r\n\r\n";
	b.peer->endless = true;
	tell_once(&b, &sink_webhook, "/");
	assert_answer(&b, SINK_FAILED, "its answer is longer than 64 KiB");
	end(&b);
}

TEST(test_sink_token_is_read_at_each_telling)
{
	struct bench b;
	struct err err;
	struct sink *s;

	begin(&b);
	b.conf.token_file = b.file;
	assert_null(open_sink(&b, &sink_alertmanager, "", &err));
	assert_non_null(strstr(err.text, "token_file: "));
	write_file(&b, "first\n");
	s = open_sink(&b, &sink_alertmanager, "", &err);
	assert_non_null(s);
	tell(&b, &sink_alertmanager, s, 1);
	peer_expect(b.peer, "\r\nAuthorization: Bearer first\r\n");
	write_file(&b, "second");
	tell(&b, &sink_alertmanager, s, 1);
	peer_expect(b.peer, "\r\nAuthorization: Bearer second\r\n");
	write_file(&b, "a b\n");
	tell(&b, &sink_alertmanager, s, 1);
	assert_int_equal(b.answer.outcome, SINK_FAILED);
	assert_non_null(strstr(b.answer.detail, "it holds a blank"));
	assert_int_equal(b.peer->requests, 2);
	sink_alertmanager.close(s);
	end(&b);
}

TEST(test_sink_missing_authorities_are_said)
{
	static const char *urls[] = { "https://127.0.0.1:1/" };
	struct bench b;
	struct err err;
	struct sink_parts parts;

	begin(&b);
	parts = (struct sink_parts){ .base = b.base, .prober = b.prober, .node = "n1" };
	b.conf.urls = urls;
	b.conf.url_count = 1;
	b.conf.ca_file = "/nowhere/ca.pem";
	assert_null(sink_webhook.open(&parts, &b.conf, 0, &err));
	assert_non_null(strstr(err.text, "/nowhere/ca.pem"));
	end(&b);
}

/* ---- webhook */

/* The value of a header of the last request, for one more call. */
static const char *header(const struct bench *b, const char *name)
{
	static char value[256];
	const char *at = strstr(b->peer->request, name);
	size_t len;

	assert_non_null(at);
	at += strlen(name) + 2;
	len = strcspn(at, "\r");
	assert_true(len < sizeof value);
	memcpy(value, at, len);
	value[len] = '\0';
	return value;
}

TEST(test_sink_webhook_message_has_all_there_is)
{
	struct bench b;
	json_t *o;
	const json_t *one;

	begin(&b);
	b.alert.ends.ms = STARTS_MS + 1000;
	tell_once(&b, &sink_webhook, "/hook");
	assert_answer(&b, SINK_TAKEN, "");
	peer_expect(b.peer, "POST /hook HTTP/1.1\r\n");
	assert_null(strstr(b.peer->request, "X-Banksman-Signature"));
	o = body(&b);
	assert_int_equal(json_integer_value(json_object_get(o, "version")), 1);
	assert_string_equal(text_at(o, "node"), "n1");
	one = json_array_get(json_object_get(o, "alerts"), 0);
	assert_string_equal(text_at(one, "identity"), "PortClosed esx04:902 10.1.7.14");
	assert_string_equal(text_at(one, "alertname"), "PortClosed");
	assert_string_equal(text_at(one, "status"), "resolved");
	assert_string_equal(text_at(one, "severity"), "critical");
	assert_string_equal(text_at(one, "subject"), "esx04:902 10.1.7.14");
	assert_string_equal(text_at(one, "startsAt"), "1970-01-21T10:00:00.000Z");
	assert_string_equal(text_at(one, "endsAt"), "1970-01-21T10:00:01.000Z");
	assert_int_equal(json_integer_value(json_object_get(one, "revision")), 3);
	assert_int_equal(json_integer_value(json_object_get(one, "coalesced")), 2);
	assert_true(json_equal(json_object_get(one, "labels"), b.alert.labels));
	json_decref(o);
	end(&b);
}

TEST(test_sink_webhook_is_signed)
{
	struct bench b;
	char hex[HMAC_TEXT_SIZE];
	const char *sent;

	begin(&b);
	b.conf.secret_file = b.file;
	write_file(&b, "key\n");
	tell_once(&b, &sink_webhook, "/");
	sent = peer_body(b.peer);
	assert_true(hmac_sha256("key", 3, sent, strlen(sent), hex));
	assert_string_equal(header(&b, "X-Banksman-Signature") + strlen("sha256="), hex);
	end(&b);
}

TEST(test_sink_webhook_without_its_key_says_nothing)
{
	struct bench b;
	struct err err;
	struct sink *s;

	begin(&b);
	b.conf.secret_file = b.file;
	assert_null(open_sink(&b, &sink_webhook, "", &err));
	write_file(&b, "key");
	s = open_sink(&b, &sink_webhook, "", &err);
	assert_non_null(s);
	assert_int_equal(unlink(b.file), 0);
	tell(&b, &sink_webhook, s, 1);
	assert_int_equal(b.answer.outcome, SINK_FAILED);
	assert_int_equal(b.peer->requests, 0);
	sink_webhook.close(s);
	end(&b);
}

TEST(test_sink_webhook_repeats_its_key_for_the_same_alerts_only)
{
	struct bench b;
	char first[HMAC_TEXT_SIZE];

	begin(&b);
	tell_once(&b, &sink_webhook, "/");
	assert_int_equal(strlen(header(&b, "Idempotency-Key")), HMAC_TEXT_SIZE - 1);
	memcpy(first, header(&b, "Idempotency-Key"), sizeof first);
	tell_once(&b, &sink_webhook, "/");
	assert_string_equal(header(&b, "Idempotency-Key"), first);
	b.alert.revision++;
	tell_once(&b, &sink_webhook, "/");
	assert_string_not_equal(header(&b, "Idempotency-Key"), first);
	end(&b);
}

/* ---- exec */

static void tell_command(struct bench *b, const char *script)
{
	const char *command[] = { "/bin/sh", "-c", script, NULL };

	b->conf.command = command;
	tell_once(b, &sink_exec, "");
}

TEST(test_sink_exec_status_is_its_answer)
{
	struct bench b;

	begin(&b);
	tell_command(&b, "grep -q '\"node\":\"n1\".*\"alertname\":\"PortClosed\"'");
	assert_answer(&b, SINK_TAKEN, "");
	tell_command(&b, "echo no such pager; echo more; exit 3");
	assert_answer(&b, SINK_FAILED, "exit status 3: no such pager");
	tell_command(&b, "echo bad >&2; exit 65");
	assert_answer(&b, SINK_REFUSED, "exit status 65: bad");
	tell_command(&b, "kill -9 $$");
	assert_answer(&b, SINK_FAILED, "ended by signal 9 (Killed)");
	b.conf.timeout = span_of_ms(200);
	tell_command(&b, "echo slow; sleep 1000");
	assert_answer(&b, SINK_FAILED, "no end within 0.2 s: slow");
	end(&b);
}

TEST(test_sink_exec_that_does_not_exist_is_a_failure)
{
	static const char *missing[] = { "/nowhere/pager", NULL };
	static const char *relative[] = { "pager", NULL };
	struct bench b;
	struct err err;

	begin(&b);
	b.conf.command = missing;
	tell_once(&b, &sink_exec, "");
	assert_answer(&b, SINK_FAILED, "cannot run /nowhere/pager: No such file or directory");
	b.conf.command = relative;
	assert_null(open_sink(&b, &sink_exec, "", &err));
	end(&b);
}

/* ---- journal */

TEST(test_sink_journal_takes_everything)
{
	struct bench b;

	begin(&b);
	tell_once(&b, &sink_journal, "");
	assert_answer(&b, SINK_TAKEN, "");
	end(&b);
}

/* ---- all of them */

TEST(test_sink_closed_under_way_says_nothing)
{
	static const char *command[] = { "/bin/sleep", "1000", NULL };
	static const struct sink_class *const classes[] = { &sink_alertmanager, &sink_webhook,
							    &sink_exec, &sink_journal };
	struct bench b;
	struct err err;

	begin(&b);
	b.conf.command = command;
	for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
		const struct alert *one = &b.alert;
		struct sink *s = open_sink(&b, classes[i], "", &err);

		assert_non_null(s);
		assert_ptr_equal(sink_class_of((int)i), classes[i]);
		classes[i]->tell(s, &one, 1, on_done, &b);
		classes[i]->close(s);
	}
	(void)event_base_loop(b.base, EVLOOP_NONBLOCK);
	assert_int_equal(b.calls, 0);
	end(&b);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_sink_alertmanager_is_posted_its_own_form),
	cmocka_unit_test(test_sink_alertmanager_end_is_never_before_the_beginning),
	cmocka_unit_test(test_sink_answers_mean_what_they_say),
	cmocka_unit_test(test_sink_endless_answer_is_a_failure),
	cmocka_unit_test(test_sink_token_is_read_at_each_telling),
	cmocka_unit_test(test_sink_missing_authorities_are_said),
	cmocka_unit_test(test_sink_webhook_message_has_all_there_is),
	cmocka_unit_test(test_sink_webhook_is_signed),
	cmocka_unit_test(test_sink_webhook_without_its_key_says_nothing),
	cmocka_unit_test(test_sink_webhook_repeats_its_key_for_the_same_alerts_only),
	cmocka_unit_test(test_sink_exec_status_is_its_answer),
	cmocka_unit_test(test_sink_exec_that_does_not_exist_is_a_failure),
	cmocka_unit_test(test_sink_journal_takes_everything),
	cmocka_unit_test(test_sink_closed_under_way_says_nothing),
};

int main(void)
{
	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
