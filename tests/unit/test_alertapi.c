/* SPDX-License-Identifier: Apache-2.0 */
/* Replies over a pair of sockets, with courier and store stood in for. */
#include "daemon/alertapi.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/alerting.h"
#include "daemon/courier.h"
#include "daemon/exchange.h"
#include "daemon/ledger.h"
#include "daemon/registry.h"
#include "daemon/store.h"
#include "tests/unit/unit.h"

enum { MANY = 2500, REPLY_BYTES = 4 << 20 };

static char anything;
static struct event_base *base;
static struct registry *registry;
static struct ledger *ledger;
static struct alertapi_parts parts;
static void (*answer)(const struct alertapi_parts *p, struct exchange *x);
static int client;
static char *reply; /* what the client got */
static size_t reply_len;
static courier_test_fn *test_done;
static void *test_owner;
static bool busy;
static unsigned cancelled;

/* ---- in place of the others */

struct ledger *__wrap_alerting_ledger(const struct alerting *a);
struct courier *__wrap_alerting_courier(const struct alerting *a);
size_t __wrap_courier_count(const struct courier *c);
const char *__wrap_courier_name(const struct courier *c, int slot);
json_t *__wrap_courier_json(const struct courier *c, size_t i);
struct courier_test *__wrap_courier_test(struct courier *c, courier_test_fn *done, void *owner);
void __wrap_courier_test_cancel(struct courier_test *t);

struct ledger *__wrap_alerting_ledger(__attribute__((unused)) const struct alerting *a)
{
	return ledger;
}

struct courier *__wrap_alerting_courier(__attribute__((unused)) const struct alerting *a)
{
	return (struct courier *)(void *)&anything;
}

size_t __wrap_courier_count(__attribute__((unused)) const struct courier *c)
{
	return 2;
}

const char *__wrap_courier_name(__attribute__((unused)) const struct courier *c, int slot)
{
	return slot == 3 ? "am" : slot == 5 ? "log" : NULL;
}

json_t *__wrap_courier_json(__attribute__((unused)) const struct courier *c, size_t i)
{
	return json_pack("{s:s}", "sink", i == 0 ? "am" : "log");
}

struct courier_test *__wrap_courier_test(__attribute__((unused)) struct courier *c,
					 courier_test_fn *done, void *owner)
{
	test_done = done;
	test_owner = owner;
	return busy ? NULL : (struct courier_test *)(void *)&anything;
}

void __wrap_courier_test_cancel(struct courier_test *t)
{
	assert_ptr_equal(t, &anything);
	cancelled++;
}

/* ---- a client */

static void serve(__attribute__((unused)) void *owner, struct exchange *x)
{
	answer(&parts, x);
}

static void ended(__attribute__((unused)) void *owner, __attribute__((unused)) struct exchange *x)
{
}

static const struct exchange_keeper keeper = { .serve = serve, .ended = ended };

static bool take(void)
{
	ssize_t n = recv(client, reply + reply_len, REPLY_BYTES - reply_len, MSG_DONTWAIT);

	if (n > 0)
		reply_len += (size_t)n;
	reply[reply_len] = '\0';
	return n != 0;
}

/* The connection is up to the client: it ends with "Connection: close". */
static struct exchange *ask(const char *method, const char *target)
{
	int pair[2];
	char *head = xasprintf("%s %s HTTP/1.0\r\n\r\n", method, target);
	struct exchange *x;

	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
	client = pair[0];
	MUST(send(client, head, strlen(head), 0) == (ssize_t)strlen(head));
	free(head);
	reply_len = 0;
	x = exchange_new(base, pair[1], &keeper);
	MUST(x != NULL);
	return x;
}

/* The body of a whole reply; owned by the caller. */
static json_t *asked(const char *method, const char *target, int status)
{
	const char *body;
	json_t *o;

	(void)ask(method, target);
	while (take())
		MUST(event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK) >= 0);
	(void)close(client);
	MUST(event_base_loop(base, EVLOOP_NONBLOCK) >= 0);
	assert_int_equal(strtol(reply + strlen("HTTP/1.1 "), NULL, 10), status);
	body = strstr(reply, "\r\n\r\n");
	MUST(body != NULL);
	o = json_loads(body + 4, 0, NULL);
	if (o == NULL)
		fail_msg("no JSON: %s", body);
	return o;
}

static struct alert *raise_it(const char *target, enum severity severity)
{
	struct alert_draft d = { .kind = ALERT_PORT_CLOSED,
				 .severity = severity,
				 .subject = target,
				 .endpoint = 7,
				 .starts = { 1000 },
				 .labels = json_pack("{s:s,s:s}", "target", target, "host", target),
				 .annotations = json_pack("{s:s}", "summary", "it is closed") };

	return ledger_raise(ledger, &d);
}

/* Every hundredth is critical. */
static void raise_many(void)
{
	char name[16];

	for (int i = 1; i <= MANY; i++) {
		(void)snprintf(name, sizeof name, "e%d", i);
		(void)raise_it(name, i % 100 == 0 ? SEVERITY_CRITICAL : SEVERITY_WARNING);
	}
}

static int begin(__attribute__((unused)) void **state)
{
	base = event_base_new();
	MUST(base != NULL);
	registry = registry_new(&(struct keeper){ 0 }, NULL);
	ledger = ledger_new(&(struct ledger_parts){ .store = NULL });
	parts = (struct alertapi_parts){ .alerting = (struct alerting *)(void *)&anything,
					 .registry = registry };
	answer = alertapi_list;
	reply = xcalloc(1, REPLY_BYTES + 1);
	busy = false;
	cancelled = 0;
	return 0;
}

static int end(__attribute__((unused)) void **state)
{
	ledger_free(ledger);
	registry_free(registry);
	event_base_free(base);
	free(reply);
	return 0;
}

/* ---- those of now */

TEST(test_alertapi_alert_is_told_with_who_knows_of_it)
{
	struct alert *a = raise_it("web", SEVERITY_CRITICAL);
	json_t *want =
		json_pack("{s:[{s:i,s:s,s:s,s:s,s:s,s:i,s:s,s:i,s:i,s:b,s:{s:s,s:s},s:{s:s},"
			  "s:[{s:s,s:i,s:b,s:s}]}],s:[{s:s},{s:s}]}",
			  "alerts", "serial", 1, "alertname", "PortClosed", "severity", "critical",
			  "state", "active", "subject", "web", "endpoint", 7, "starts",
			  "1970-01-01T00:00:01.000Z", "revision", 1, "coalesced", 0, "silenced", 0,
			  "labels", "target", "web", "host", "web", "annotations", "summary",
			  "it is closed", "deliveries", "sink", "am", "revision", 1, "ended", 0,
			  "at", "1970-01-01T00:00:02.000Z", "sinks", "sink", "am", "sink", "log");
	json_t *got;

	a->told[3] = (struct telling){ .revision = 1, .at = { 2000 } };
	a->told[4] = (struct telling){ .revision = 1, .at = { 2000 } }; /* nobody is there */
	got = asked("GET", "/v1/alerts", 200);
	assert_true(json_equal(got, want));
	json_decref(got);
	json_decref(want);
}

TEST(test_alertapi_ended_one_is_resolved)
{
	json_t *got;
	const json_t *first;

	ledger_end(ledger, raise_it("web", SEVERITY_CRITICAL), (struct wall){ 3000 }, "open again");
	got = asked("GET", "/v1/alerts", 200);
	first = json_array_get(json_object_get(got, "alerts"), 0);
	assert_string_equal(json_string_value(json_object_get(first, "state")), "resolved");
	assert_string_equal(json_string_value(json_object_get(first, "ends")),
			    "1970-01-01T00:00:03.000Z");
	json_decref(got);
}

TEST(test_alertapi_pages_hold_each_once_however_many_are_left_out)
{
	char target[64] = "/v1/alerts?severity=critical&limit=3";
	json_int_t seen = 0;
	size_t count = 0;

	/* Pieces in which none is wanted must not end the reply. */
	raise_many();
	for (;;) {
		json_t *page = asked("GET", target, 200);
		const char *next = json_string_value(json_object_get(page, "next"));
		json_t *one;
		size_t i;

		json_array_foreach(json_object_get(page, "alerts"), i, one)
		{
			json_int_t serial = json_integer_value(json_object_get(one, "serial"));

			assert_true(serial > seen && serial % 100 == 0);
			seen = serial;
			count++;
		}
		assert_true(i <= 3);
		if (next != NULL)
			(void)snprintf(target, sizeof target,
				       "/v1/alerts?severity=critical&limit=3&after=%s", next);
		json_decref(page);
		if (next == NULL)
			break;
	}
	assert_int_equal(count, MANY / 100);
}

TEST(test_alertapi_last_page_has_no_next)
{
	json_t *got;

	for (int i = 0; i < 3; i++)
		(void)raise_it((char[]){ (char)('a' + i), '\0' }, SEVERITY_INFO);
	got = asked("GET", "/v1/alerts?limit=3", 200);
	assert_int_equal(json_array_size(json_object_get(got, "alerts")), 3);
	assert_null(json_object_get(got, "next"));
	json_decref(got);
	got = asked("GET", "/v1/alerts?after=3", 200);
	assert_int_equal(json_array_size(json_object_get(got, "alerts")), 0);
	json_decref(got);
}

TEST(test_alertapi_client_that_goes_away_in_the_middle_is_forgotten)
{
	struct exchange *x;

	raise_many();
	x = ask("GET", "/v1/alerts?limit=1000");
	for (int i = 0; i < 50; i++)
		MUST(event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK) >= 0);
	assert_true(take() && reply_len > 0);
	exchange_free(x); /* leaks nothing: the sanitizer looks */
	(void)close(client);
}

TEST(test_alertapi_without_alerts_or_history_says_so)
{
	json_decref(asked("GET", "/v1/alerts?history=true", 503));
	json_decref(asked("GET", "/v1/alerts?from=1h", 400));
	json_decref(asked("GET", "/v1/alerts?histroy=true", 400));
	parts.alerting = NULL;
	json_decref(asked("GET", "/v1/alerts", 503));
	answer = alertapi_test;
	json_decref(asked("POST", "/v1/alerts/test", 503));
}

/* ---- a test */

TEST(test_alertapi_test_is_answered_when_it_is_done)
{
	json_t *results = json_pack("[{s:s,s:b}]", "sink", "am", "ok", 1);

	answer = alertapi_test;
	(void)ask("POST", "/v1/alerts/test");
	for (int i = 0; i < 10; i++)
		MUST(event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK) >= 0);
	assert_true(take() && reply_len == 0);
	test_done(test_owner, results);
	json_decref(results);
	while (take())
		MUST(event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK) >= 0);
	assert_non_null(strstr(reply, "{\"results\":[{\"sink\":\"am\",\"ok\":true}]}\n"));
	(void)close(client);
	MUST(event_base_loop(base, EVLOOP_NONBLOCK) >= 0);
	assert_int_equal(cancelled, 0);
}

TEST(test_alertapi_test_ends_with_its_client)
{
	answer = alertapi_test;
	(void)ask("POST", "/v1/alerts/test");
	for (int i = 0; i < 10; i++)
		MUST(event_base_loop(base, EVLOOP_ONCE | EVLOOP_NONBLOCK) >= 0);
	(void)close(client);
	while (cancelled == 0)
		MUST(event_base_loop(base, EVLOOP_ONCE) >= 0);
	assert_int_equal(cancelled, 1);
}

TEST(test_alertapi_second_test_is_refused)
{
	busy = true;
	answer = alertapi_test;
	json_decref(asked("POST", "/v1/alerts/test", 429));
	assert_int_equal(cancelled, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_alertapi_alert_is_told_with_who_knows_of_it, begin,
					end),
	cmocka_unit_test_setup_teardown(test_alertapi_ended_one_is_resolved, begin, end),
	cmocka_unit_test_setup_teardown(
		test_alertapi_pages_hold_each_once_however_many_are_left_out, begin, end),
	cmocka_unit_test_setup_teardown(test_alertapi_last_page_has_no_next, begin, end),
	cmocka_unit_test_setup_teardown(
		test_alertapi_client_that_goes_away_in_the_middle_is_forgotten, begin, end),
	cmocka_unit_test_setup_teardown(test_alertapi_without_alerts_or_history_says_so, begin,
					end),
	cmocka_unit_test_setup_teardown(test_alertapi_test_is_answered_when_it_is_done, begin, end),
	cmocka_unit_test_setup_teardown(test_alertapi_test_ends_with_its_client, begin, end),
	cmocka_unit_test_setup_teardown(test_alertapi_second_test_is_refused, begin, end),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
