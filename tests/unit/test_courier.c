/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/courier.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/conf.h"
#include "daemon/ledger.h"
#include "probes/prober.h"
#include "tests/unit/nohistory.h"
#include "tests/unit/peer.h"
#include "tests/unit/unit.h"

#define OK_REPLY "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"

enum { PEERS = 3, LONG_MS = 20000 };

/* ---- the bench */

struct bench {
	struct event_base *base;
	struct prober *prober;
	struct ledger *ledger;
	struct courier *courier;
	struct peer *peers[PEERS];
	const char *urls[PEERS]; /* owned */
	/* What a test came to. */
	unsigned tested;
	json_t *results; /* owned */
};

static void on_changed(void *owner)
{
	courier_wake(((struct bench *)owner)->courier);
}

static void begin(struct bench *b)
{
	struct err err;

	*b = (struct bench){ .base = prober_loop_new() };
	assert_non_null(b->base);
	b->prober = prober_new(b->base, "127.0.0.1:1", &err);
	assert_non_null(b->prober);
	b->ledger = ledger_new(&(struct ledger_parts){ .owner = b, .changed = on_changed });
	b->courier = courier_new(&(struct courier_parts){
		.base = b->base, .prober = b->prober, .ledger = b->ledger });
	for (size_t i = 0; i < PEERS; i++) {
		b->peers[i] = peer_new(b->base);
		b->peers[i]->reply = OK_REPLY;
		b->urls[i] = peer_url(b->peers[i], "");
	}
}

static void end(struct bench *b)
{
	courier_free(b->courier);
	ledger_free(b->ledger);
	for (size_t i = 0; i < PEERS; i++) {
		peer_free(b->peers[i]);
		free((char *)(uintptr_t)b->urls[i]);
	}
	prober_free(b->prober);
	event_base_free(b->base);
	json_decref(b->results);
}

static struct conf_sink sink_at(const char *name, enum sink_type type, const char **urls,
				size_t count)
{
	return (struct conf_sink){ .name = name,
				   .type = (int)type,
				   .urls = urls,
				   .url_count = count,
				   .timeout = span_of_ms(LONG_MS) };
}

static struct conf conf_of(struct conf_sink *sinks, size_t count)
{
	return (struct conf){ .node = "n1",
			      .alerts.resend = span_of_ms(55000),
			      .sinks = sinks,
			      .sink_count = count };
}

static void configure(struct bench *b, const struct conf *conf)
{
	struct err err;

	if (!courier_configure(b->courier, conf, &err))
		fail_msg("%s", err.text);
}

static struct alert *raise(struct bench *b, const char *subject)
{
	return ledger_raise(b->ledger, &(struct alert_draft){ .kind = ALERT_PORT_CLOSED,
							      .severity = SEVERITY_WARNING,
							      .subject = subject,
							      .starts = wall_now(),
							      .labels = json_object(),
							      .annotations = json_object() });
}

static struct outbox_stats stats(const struct bench *b, size_t i)
{
	struct outbox_stats s;

	courier_stats(b->courier, i, &s);
	return s;
}

static size_t owed(const struct bench *b, size_t i)
{
	struct outbox_owed o;

	courier_owed(b->courier, i, &o);
	return o.count;
}

/* Runs the loop until sink i has taken so many. */
static void wait_taken(struct bench *b, size_t i, unsigned count)
{
	struct mono begun = mono_now();

	while (stats(b, i).taken < count) {
		assert_in_range(span_ms(mono_sub(mono_now(), begun)), 0, LONG_MS);
		(void)event_base_loop(b->base, EVLOOP_ONCE);
	}
}

static void wait_settled(struct bench *b)
{
	struct mono begun = mono_now();

	while (ledger_count(b->ledger) > 0) {
		assert_in_range(span_ms(mono_sub(mono_now(), begun)), 0, LONG_MS);
		(void)event_base_loop(b->base, EVLOOP_ONCE);
	}
}

/* ---- telling */

TEST(test_courier_alert_is_told_and_settled_when_everybody_knows)
{
	struct bench b;
	struct conf_sink sinks[2];
	struct conf conf;

	begin(&b);
	sinks[0] = sink_at("hook", SINK_WEBHOOK, b.urls, 1);
	sinks[1] = sink_at("log", SINK_JOURNAL, NULL, 0);
	conf = conf_of(sinks, 2);
	configure(&b, &conf);
	(void)raise(&b, "a");
	wait_taken(&b, 0, 1);
	wait_taken(&b, 1, 1);
	assert_int_equal(ledger_count(b.ledger), 1);
	ledger_end(b.ledger, ledger_next(b.ledger, NULL), wall_now(), "over");
	wait_settled(&b);
	assert_int_equal(stats(&b, 0).taken, 2);
	assert_int_equal(stats(&b, 1).taken, 2);
	end(&b);
}

TEST(test_courier_without_sinks_settles_at_once)
{
	struct bench b;
	struct conf conf = conf_of(NULL, 0);

	begin(&b);
	configure(&b, &conf);
	ledger_end(b.ledger, raise(&b, "a"), wall_now(), "over");
	wait_settled(&b);
	end(&b);
}

TEST(test_courier_replica_that_hangs_holds_up_no_other)
{
	struct bench b;
	struct conf_sink sink;
	struct conf conf;

	begin(&b);
	b.peers[1]->reply = NULL;
	sink = sink_at("am", SINK_ALERTMANAGER, b.urls, PEERS);
	conf = conf_of(&sink, 1);
	configure(&b, &conf);
	assert_int_equal(courier_count(b.courier), PEERS);
	for (int i = 0; i < 5; i++) {
		char name[] = { (char)('a' + i), '\0' };

		(void)raise(&b, name);
		wait_taken(&b, 0, (unsigned)i + 1);
		wait_taken(&b, 2, (unsigned)i + 1);
	}
	assert_int_equal(stats(&b, 1).taken, 0);
	assert_int_equal(owed(&b, 1), 5);
	end(&b);
}

TEST(test_courier_json_says_how_sinks_are)
{
	struct bench b;
	struct conf_sink sink;
	struct conf conf;
	json_t *one;

	begin(&b);
	b.peers[0]->reply = "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n";
	sink = sink_at("am", SINK_ALERTMANAGER, b.urls, 1);
	conf = conf_of(&sink, 1);
	configure(&b, &conf);
	(void)raise(&b, "a");
	while (!stats(&b, 0).failing)
		(void)event_base_loop(b.base, EVLOOP_ONCE);
	one = courier_json(b.courier, 0);
	assert_string_equal(json_string_value(json_object_get(one, "sink")), "am");
	assert_string_equal(json_string_value(json_object_get(one, "type")), "alertmanager");
	assert_string_equal(json_string_value(json_object_get(one, "trouble")), "HTTP status 500");
	assert_int_equal(json_integer_value(json_object_get(one, "pending")), 1);
	assert_null(json_object_get(one, "told"));
	json_decref(one);
	end(&b);
}

/* ---- reload */

TEST(test_courier_unchanged_sink_goes_on_as_it_is)
{
	struct bench b;
	struct conf_sink old[2];
	struct conf_sink fresh[2];
	struct conf first, second;

	begin(&b);
	old[0] = sink_at("a", SINK_WEBHOOK, &b.urls[0], 1);
	old[1] = sink_at("b", SINK_WEBHOOK, &b.urls[1], 1);
	first = conf_of(old, 2);
	configure(&b, &first);
	(void)raise(&b, "x");
	wait_taken(&b, 0, 1);
	wait_taken(&b, 1, 1);
	fresh[0] = old[1]; /* in another order, and one with another limit */
	fresh[1] = old[0];
	fresh[1].timeout = span_of_ms(LONG_MS + 1);
	second = conf_of(fresh, 2);
	memset(old, 0xff, sizeof old); /* what was in force is kept by nobody else */
	configure(&b, &second);
	memset(fresh, 0xff, sizeof fresh);
	assert_int_equal(courier_slot(b.courier, "a"), 0);
	assert_int_equal(courier_slot(b.courier, "b"), 1);
	assert_string_equal(courier_name(b.courier, 1), "b");
	assert_null(courier_name(b.courier, 2));
	assert_string_equal(stats(&b, 0).name, "b");
	assert_int_equal(stats(&b, 0).taken, 1);
	assert_int_equal(stats(&b, 1).taken, 0); /* opened anew, but it knows */
	assert_int_equal(owed(&b, 1), 0);
	end(&b);
}

TEST(test_courier_refusals_are_forgiven_when_the_sink_is_another)
{
	struct bench b;
	struct conf_sink old, fresh;
	struct conf first, second;

	begin(&b);
	b.peers[0]->reply = "HTTP/1.1 400 Not plain HTTP\r\nContent-Length: 0\r\n\r\n";
	old = sink_at("a", SINK_ALERTMANAGER, &b.urls[0], 1);
	fresh = sink_at("a", SINK_ALERTMANAGER, &b.urls[1], 1);
	first = conf_of(&old, 1);
	second = conf_of(&fresh, 1);
	configure(&b, &first);
	(void)raise(&b, "x");
	while (stats(&b, 0).refused == 0)
		(void)event_base_loop(b.base, EVLOOP_ONCE);
	assert_int_equal(owed(&b, 0), 0);
	configure(&b, &second);
	wait_taken(&b, 0, 1);
	end(&b);
}

TEST(test_courier_slot_of_a_sink_that_goes_is_inherited_empty)
{
	struct bench b;
	struct conf_sink sink;
	struct conf first, second;
	struct conf_sink other;

	begin(&b);
	sink = sink_at("a", SINK_WEBHOOK, &b.urls[0], 1);
	first = conf_of(&sink, 1);
	configure(&b, &first);
	(void)raise(&b, "x");
	wait_taken(&b, 0, 1);
	other = sink_at("c", SINK_WEBHOOK, &b.urls[2], 1);
	second = conf_of(&other, 1);
	configure(&b, &second);
	assert_int_equal(courier_slot(b.courier, "a"), -1);
	assert_int_equal(courier_slot(b.courier, "c"), 0);
	wait_taken(&b, 0, 1);
	assert_int_equal(b.peers[2]->requests, 1);
	end(&b);
}

TEST(test_courier_bad_configuration_changes_nothing)
{
	struct bench b;
	struct conf_sink good[1];
	struct conf_sink bad[2];
	struct conf_sink many;
	const char *urls[ALERT_SINKS_MAX + 1];
	struct conf first, second, third;
	struct err err;

	begin(&b);
	good[0] = sink_at("a", SINK_WEBHOOK, b.urls, 1);
	first = conf_of(good, 1);
	configure(&b, &first);
	bad[0] = sink_at("b", SINK_JOURNAL, NULL, 0);
	bad[1] = good[0];
	bad[1].token_file = "/nowhere/token";
	second = conf_of(bad, 2);
	assert_false(courier_configure(b.courier, &second, &err));
	assert_string_equal(err.text,
			    "sink a: bearer_token_file: /nowhere/token: No such file or directory");
	for (size_t i = 0; i <= ALERT_SINKS_MAX; i++)
		urls[i] = xasprintf("http://127.0.0.1:1/%zu", i);
	many = sink_at("many", SINK_WEBHOOK, urls, ALERT_SINKS_MAX + 1);
	third = conf_of(&many, 1);
	assert_false(courier_configure(b.courier, &third, &err));
	many.url_count--;
	configure(&b, &third);
	assert_int_equal(courier_count(b.courier), ALERT_SINKS_MAX);
	configure(&b, &first);
	assert_int_equal(courier_count(b.courier), 1);
	for (size_t i = 0; i <= ALERT_SINKS_MAX; i++)
		free((char *)(uintptr_t)urls[i]);
	end(&b);
}

/* ---- a test */

static void on_results(void *owner, const json_t *results)
{
	struct bench *b = owner;

	b->tested++;
	json_decref(b->results);
	b->results = json_deep_copy(results);
	(void)event_base_loopbreak(b->base);
}

static const json_t *result(const struct bench *b, size_t i, bool ok, const char *detail)
{
	const json_t *o = json_array_get(b->results, i);

	assert_true(json_is_true(json_object_get(o, "ok")) == ok);
	assert_string_equal(json_string_value(json_object_get(o, "detail")), detail);
	return o;
}

TEST(test_courier_test_tells_every_sink_and_nobody_else)
{
	struct bench b;
	static const char *labels[] = { "cluster=prod" };
	struct conf_sink sinks[3];
	struct conf conf;

	begin(&b);
	b.peers[1]->reply = "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n";
	sinks[0] = sink_at("a", SINK_ALERTMANAGER, &b.urls[0], 1);
	sinks[1] = sink_at("b", SINK_WEBHOOK, &b.urls[1], 1);
	sinks[2] = sink_at("c", SINK_JOURNAL, NULL, 0);
	sinks[2].least = SEVERITY_CRITICAL;
	conf = conf_of(sinks, 3);
	conf.alerts.labels = labels;
	conf.alerts.label_count = 1;
	configure(&b, &conf);
	assert_non_null(courier_test(b.courier, on_results, &b));
	assert_null(courier_test(b.courier, on_results, &b));
	while (b.tested == 0)
		(void)event_base_loop(b.base, EVLOOP_ONCE);
	assert_int_equal(json_array_size(b.results), 3);
	(void)result(&b, 0, true, "");
	(void)result(&b, 1, false, "HTTP status 400");
	(void)result(&b, 2, true, "");
	assert_int_equal(b.peers[0]->requests, 2);
	assert_int_equal(b.peers[1]->requests, 1);
	peer_expect(b.peers[0], "\"cluster\":\"prod\"");
	assert_int_equal(ledger_count(b.ledger), 0);
	assert_int_equal(stats(&b, 0).taken, 0);
	assert_non_null(
		courier_test(b.courier, on_results, &b)); /* again; ended with the courier */
	end(&b);
}

TEST(test_courier_test_of_nothing_ends)
{
	struct bench b;
	struct conf conf = conf_of(NULL, 0);

	begin(&b);
	configure(&b, &conf);
	assert_non_null(courier_test(b.courier, on_results, &b));
	assert_int_equal(b.tested, 0);
	while (b.tested == 0)
		(void)event_base_loop(b.base, EVLOOP_ONCE);
	assert_int_equal(json_array_size(b.results), 0);
	end(&b);
}

TEST(test_courier_test_says_what_cannot_be_opened)
{
	char path[] = "/tmp/banksman-token-XXXXXX";
	int fd = mkstemp(path);
	struct bench b;
	struct conf_sink sink;
	struct conf conf;

	begin(&b);
	assert_int_equal(write(fd, "x", 1), 1);
	(void)close(fd);
	sink = sink_at("a", SINK_WEBHOOK, b.urls, 1);
	sink.token_file = path;
	conf = conf_of(&sink, 1);
	configure(&b, &conf);
	assert_int_equal(unlink(path), 0);
	assert_non_null(courier_test(b.courier, on_results, &b));
	while (b.tested == 0)
		(void)event_base_loop(b.base, EVLOOP_ONCE);
	assert_non_null(
		strstr(json_string_value(json_object_get(json_array_get(b.results, 0), "detail")),
		       "No such file"));
	end(&b);
}

TEST(test_courier_test_cancelled_says_nothing)
{
	struct bench b;
	struct conf_sink sink;
	struct conf conf;
	struct courier_test *t;

	begin(&b);
	sink = sink_at("a", SINK_WEBHOOK, b.urls, 1);
	conf = conf_of(&sink, 1);
	configure(&b, &conf);
	t = courier_test(b.courier, on_results, &b);
	assert_non_null(t);
	courier_test_cancel(t);
	assert_non_null(courier_test(b.courier, on_results, &b));
	while (b.tested == 0)
		(void)event_base_loop(b.base, EVLOOP_ONCE);
	assert_int_equal(b.tested, 1);
	end(&b);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_courier_alert_is_told_and_settled_when_everybody_knows),
	cmocka_unit_test(test_courier_without_sinks_settles_at_once),
	cmocka_unit_test(test_courier_replica_that_hangs_holds_up_no_other),
	cmocka_unit_test(test_courier_json_says_how_sinks_are),
	cmocka_unit_test(test_courier_unchanged_sink_goes_on_as_it_is),
	cmocka_unit_test(test_courier_refusals_are_forgiven_when_the_sink_is_another),
	cmocka_unit_test(test_courier_slot_of_a_sink_that_goes_is_inherited_empty),
	cmocka_unit_test(test_courier_bad_configuration_changes_nothing),
	cmocka_unit_test(test_courier_test_tells_every_sink_and_nobody_else),
	cmocka_unit_test(test_courier_test_of_nothing_ends),
	cmocka_unit_test(test_courier_test_says_what_cannot_be_opened),
	cmocka_unit_test(test_courier_test_cancelled_says_nothing),
};

int main(void)
{
	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
