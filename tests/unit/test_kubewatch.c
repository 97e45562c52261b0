/* SPDX-License-Identifier: Apache-2.0 */
/* What a watch does with each answer; no connection is made, and no time passes. */
#include "../../daemon/kubewatch.c"

#include <sys/time.h>

#include "tests/unit/unit.h"

#define MARK "{\"metadata\":{\"resourceVersion\":\"9\"}}"

static struct {
	struct event_base *base;
	struct kubewatch *watch;
	char target[512]; /* of the last question */
	unsigned asked;
	unsigned stopped;
	unsigned status;    /* of the answer under way */
	const char *cannot; /* why nothing can be asked; NULL: it can */
	unsigned begun;
	unsigned listed;
	unsigned objects;
	unsigned gone;
} now;

bool __wrap_kubecall_ask(struct kubecall *c, const struct kubecall_question *q, fetch_done_fn *done,
			 void *owner, struct err *ret_err);
unsigned __wrap_kubecall_status(const struct kubecall *c);
void __wrap_kubecall_stop(struct kubecall *c);
void __wrap_kubecall_free(struct kubecall *c);

bool __wrap_kubecall_ask(struct kubecall *c, const struct kubecall_question *q, fetch_done_fn *done,
			 void *owner, struct err *ret_err)
{
	(void)c;
	assert_ptr_equal(owner, now.watch);
	assert_true(done == on_answer);
	(void)snprintf(now.target, sizeof now.target, "%s", q->target);
	now.asked++;
	now.status = 0;
	return now.cannot == NULL || err_set(ret_err, 0, "%s", now.cannot);
}

unsigned __wrap_kubecall_status(const struct kubecall *c)
{
	(void)c;
	return now.status;
}

void __wrap_kubecall_stop(struct kubecall *c)
{
	(void)c;
	now.stopped++;
}

void __wrap_kubecall_free(struct kubecall *c)
{
	(void)c;
}

static void on_begun(void *owner)
{
	(void)owner;
	now.begun++;
}

static void on_one(void *owner, const json_t *o, bool gone)
{
	(void)owner;
	assert_true(json_is_object(o));
	now.objects++;
	now.gone += gone;
}

static void on_listed(void *owner)
{
	(void)owner;
	now.listed++;
}

/* What was waited for is over. */
static void expire(void)
{
	assert_true(event_pending(&now.watch->timer, EV_TIMEOUT, NULL));
	(void)event_del(&now.watch->timer);
	on_timer(-1, EV_TIMEOUT, now.watch);
}

static int64_t wait_left_ms(void)
{
	struct timeval at, tv;

	assert_true(event_pending(&now.watch->timer, EV_TIMEOUT, &at));
	/* libevent tells it in the time of the day. */
	(void)event_base_gettimeofday_cached(now.base, &tv);
	return (at.tv_sec - tv.tv_sec) * 1000 + (at.tv_usec - tv.tv_usec) / 1000;
}

static void begin(void)
{
	memset(&now, 0, sizeof now);
	now.base = event_base_new();
	assert_non_null(now.base);
	now.watch = kubewatch_new(&(struct kubewatch_parts){ .base = now.base,
							     .what = "things",
							     .path = "/things",
							     .selector = "a=b,c",
							     .begun = on_begun,
							     .object = on_one,
							     .listed = on_listed });
	expire();
}

static void end(void)
{
	kubewatch_free(now.watch);
	event_base_free(now.base);
}

static bool say(const char *text)
{
	now.status = 200;
	return on_bytes(now.watch, text, strlen(text));
}

static void answer(unsigned status, const char *body)
{
	on_answer(now.watch,
		  &(struct fetch_reply){
			  .status = status, .trouble = "cut", .body = body, .location = "" });
}

/* As if the question under way had been asked long ago. */
static void let_last(void)
{
	now.watch->asked.ns -= INT64_C(5000000000);
}

static void list(void)
{
	assert_true(say("{\"items\":[{\"a\":1}],\"metadata\":{\"resourceVersion\":\"7\"}}"));
	answer(200, "");
}

TEST(test_kubewatch_lists_then_watches_from_there)
{
	begin();
	assert_string_equal(now.target, "/things?limit=100&labelSelector=a%3Db%2Cc");
	assert_int_equal(now.begun, 1);
	list();
	assert_int_equal(now.objects, 1);
	assert_int_equal(now.listed, 1);
	assert_non_null(strstr(now.target, "/things?watch=1&allowWatchBookmarks=true&"));
	assert_non_null(strstr(now.target, "&resourceVersion=7&labelSelector=a%3Db%2Cc"));
	assert_true(
		say("{\"type\":\"ADDED\",\"object\":{}}\n{\"type\":\"DELETED\",\"object\":{}}\n"));
	assert_int_equal(now.objects, 3);
	assert_int_equal(now.gone, 1);
	assert_true(say("{\"type\":\"BOOKMARK\",\"object\":" MARK "}\n"));
	assert_int_equal(now.objects, 3);
	let_last();
	answer(200, "");
	assert_non_null(strstr(now.target, "&resourceVersion=9&"));
	assert_int_equal(now.begun, 1);
	assert_true(kubewatch_stats(now.watch)->heard.ms > 0);
	end();
}

TEST(test_kubewatch_pages_are_one_list)
{
	begin();
	assert_true(say(
		"{\"items\":[{}],\"metadata\":{\"resourceVersion\":\"7\",\"continue\":\"x+/=\"}}"));
	answer(200, "");
	assert_int_equal(now.listed, 0);
	assert_non_null(strstr(now.target, "&continue=x%2B%2F%3D"));
	list();
	assert_int_equal(now.begun, 1);
	assert_int_equal(now.listed, 1);
	end();
}

TEST(test_kubewatch_a_silent_watch_is_begun_anew_and_no_trouble)
{
	begin();
	list();
	now.status = 200;
	expire(); /* the answer has begun in time */
	assert_int_equal(now.stopped, 0);
	assert_in_range(wait_left_ms(), 60000, IDLE_MS);
	expire();
	assert_int_equal(now.stopped, 1);
	assert_int_equal(now.asked, 3);
	assert_non_null(strstr(now.target, "&resourceVersion=7&"));
	assert_string_equal(kubewatch_stats(now.watch)->trouble, "");
	assert_int_equal(kubewatch_stats(now.watch)->failures, 0);
	end();
}

TEST(test_kubewatch_no_answer_at_all_is_trouble)
{
	begin();
	list();
	expire();
	assert_int_equal(now.stopped, 1);
	assert_string_equal(kubewatch_stats(now.watch)->trouble, "no answer");
	assert_int_equal(now.asked, 2);
	expire();
	assert_int_equal(now.asked, 3);
	assert_int_equal(now.begun, 1); /* what is known is as of then */
	end();
}

TEST(test_kubewatch_waits_longer_and_longer_and_not_for_ever)
{
	static const int64_t about[] = { 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000 };

	begin();
	for (size_t i = 0; i < sizeof about / sizeof about[0]; i++) {
		answer(503, "{\"message\":\"no\"}");
		assert_in_range(wait_left_ms(), about[i] / 2 - 50, about[i] * 3 / 2 + 1);
		expire();
	}
	assert_string_equal(kubewatch_stats(now.watch)->trouble, "HTTP status 503: no");
	assert_int_equal(now.begun, 9);
	list();
	assert_string_equal(kubewatch_stats(now.watch)->trouble, "");
	end();
}

TEST(test_kubewatch_a_refused_token_is_read_again_at_once)
{
	begin();
	answer(401, "");
	assert_in_range(wait_left_ms() + 50, 0, 60);
	expire();
	assert_string_equal(kubewatch_stats(now.watch)->trouble, "");
	answer(401, "");
	assert_string_equal(kubewatch_stats(now.watch)->trouble, "HTTP status 401");
	assert_in_range(wait_left_ms(), 900, 3001);
	end();
}

TEST(test_kubewatch_a_missing_permission_is_asked_for_seldom)
{
	begin();
	answer(403, "{\"message\":\"things is forbidden\"}");
	assert_string_equal(kubewatch_stats(now.watch)->trouble,
			    "HTTP status 403: things is forbidden");
	assert_in_range(wait_left_ms(), 149000, 450001);
	end();
}

TEST(test_kubewatch_what_is_too_old_is_listed_anew)
{
	static const struct {
		unsigned status;
		const char *event;
	} rows[] = {
		{ 410, NULL },
		{ 400, NULL },
		{ 0, "{\"type\":\"ERROR\",\"object\":{\"code\":410,\"message\":\"too old\"}}" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		begin();
		list();
		if (rows[i].event != NULL)
			assert_false(say(rows[i].event));
		answer(rows[i].status, "");
		expire();
		assert_int_equal(now.begun, 2);
		assert_string_equal(kubewatch_stats(now.watch)->trouble, "");
		end();
	}
}

TEST(test_kubewatch_what_makes_no_sense_is_listed_anew_and_said)
{
	static const char *const texts[] = {
		"<html>",
		"{\"type\":3,\"object\":{}}",
		"{\"type\":\"ADDED\",\"object\":[]}",
		"{\"type\":\"ADDED\",}",
		"{\"type\":\"ERROR\",\"object\":{\"code\":\"x\"}}",
	};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		begin();
		list();
		assert_false(say(texts[i]));
		answer(0, "");
		assert_true(kubewatch_stats(now.watch)->trouble[0] != '\0');
		expire();
		assert_int_equal(now.begun, 2);
		end();
	}
}

/* Lists that succeed in between are no way to go on: each is all objects. */
TEST(test_kubewatch_watches_that_lead_back_to_a_list_wait_longer_and_longer)
{
	static const char *const events[] = {
		"{\"type\":\"ERROR\",\"object\":{\"code\":410}}",
		"{\"type\":\"ERROR\",\"object\":{\"code\":500,\"message\":\"no\"}}",
	};

	for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
		const char *trouble = i > 0 ? "status 500: no" : "";

		begin();
		list();
		for (int64_t about = 1000; about <= 16000; about *= 2) {
			assert_false(say(events[i]));
			answer(0, "");
			assert_in_range(wait_left_ms(), about / 2 - 50, about * 3 / 2 + 1);
			expire();
			list();
			assert_string_equal(kubewatch_stats(now.watch)->trouble, trouble);
		}
		now.status = 200;
		expire(); /* this one lasts */
		assert_string_equal(kubewatch_stats(now.watch)->trouble, "");
		assert_false(say(events[i]));
		answer(0, "");
		assert_in_range(wait_left_ms(), 450, 1501);
		end();
	}
}

TEST(test_kubewatch_a_page_that_is_no_list_is_not_the_end_of_one)
{
	static const char *const texts[] = {
		"{}",
		"{\"items\":[]}",
		"{\"items\":[],\"metadata\":{\"resourceVersion\":\"\"}}",
		"{\"items\":[],\"metadata\":{\"resourceVersion\":\"1&x=y\"}}",
		"{\"items\":[{}],\"metadata\":{\"resourceVersion\":\"7\"}",
		"[]",
	};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		begin();
		assert_true(say(texts[i]));
		answer(200, "");
		assert_int_equal(now.listed, 0);
		assert_string_equal(kubewatch_stats(now.watch)->trouble, "what it says is no list");
		end();
	}
}

TEST(test_kubewatch_a_watch_that_is_cut_is_no_trouble_once)
{
	begin();
	list();
	let_last();
	answer(0, "");
	assert_string_equal(kubewatch_stats(now.watch)->trouble, "");
	expire();
	let_last();
	answer(0, "");
	assert_string_equal(kubewatch_stats(now.watch)->trouble, "cut");
	end();
}

TEST(test_kubewatch_watches_that_end_at_once_are_not_asked_in_a_loop)
{
	begin();
	list();
	answer(200, "");
	assert_in_range(wait_left_ms(), 450, 1501);
	expire();
	answer(200, "");
	assert_in_range(wait_left_ms(), 900, 3001);
	end();
}

TEST(test_kubewatch_what_cannot_be_asked_is_trouble)
{
	begin();
	list();
	let_last();
	now.cannot = "/token: is empty";
	answer(200, "");
	assert_string_equal(kubewatch_stats(now.watch)->trouble, "/token: is empty");
	now.cannot = NULL;
	expire();
	assert_true(say("{\"type\":\"BOOKMARK\",\"object\":" MARK "}\n"));
	assert_string_equal(kubewatch_stats(now.watch)->trouble, "");
	end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_kubewatch_lists_then_watches_from_there),
	cmocka_unit_test(test_kubewatch_pages_are_one_list),
	cmocka_unit_test(test_kubewatch_a_silent_watch_is_begun_anew_and_no_trouble),
	cmocka_unit_test(test_kubewatch_no_answer_at_all_is_trouble),
	cmocka_unit_test(test_kubewatch_waits_longer_and_longer_and_not_for_ever),
	cmocka_unit_test(test_kubewatch_a_refused_token_is_read_again_at_once),
	cmocka_unit_test(test_kubewatch_a_missing_permission_is_asked_for_seldom),
	cmocka_unit_test(test_kubewatch_what_is_too_old_is_listed_anew),
	cmocka_unit_test(test_kubewatch_what_makes_no_sense_is_listed_anew_and_said),
	cmocka_unit_test(test_kubewatch_watches_that_lead_back_to_a_list_wait_longer_and_longer),
	cmocka_unit_test(test_kubewatch_a_page_that_is_no_list_is_not_the_end_of_one),
	cmocka_unit_test(test_kubewatch_a_watch_that_is_cut_is_no_trouble_once),
	cmocka_unit_test(test_kubewatch_watches_that_end_at_once_are_not_asked_in_a_loop),
	cmocka_unit_test(test_kubewatch_what_cannot_be_asked_is_trouble),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
