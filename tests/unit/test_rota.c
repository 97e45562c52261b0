/* SPDX-License-Identifier: Apache-2.0 */
/* When what is asked about; no connection is made, and no time passes. */
#include "../../daemon/rota.c"

#include <stdio.h>

#include "tests/unit/unit.h"

enum { REST_MS = 300000 };

static struct {
	struct event_base *base;
	struct rota *rota;
	char target[64]; /* of the last question */
	unsigned asked;
	unsigned stopped;
	unsigned begun;
	unsigned objects;
	unsigned whole;
	unsigned parts;
} now;

bool __wrap_kubecall_ask(struct kubecall *c, const struct kubecall_question *q, fetch_done_fn *done,
			 void *owner, struct err *ret_err);
void __wrap_kubecall_stop(struct kubecall *c);
void __wrap_kubecall_free(struct kubecall *c);

bool __wrap_kubecall_ask(struct kubecall *c, const struct kubecall_question *q, fetch_done_fn *done,
			 void *owner, struct err *ret_err)
{
	(void)c;
	(void)ret_err;
	assert_ptr_equal(owner, now.rota);
	assert_true(done == on_answer);
	(void)snprintf(now.target, sizeof now.target, "%s", q->target);
	now.asked++;
	return true;
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

static char *target(void *owner, const struct kubeobject *o)
{
	(void)owner;
	return xstrdup(o->ref.name);
}

static void begun(void *owner, const struct kubeobject *o)
{
	(void)owner;
	(void)o;
	now.begun++;
}

static void object(void *owner, const struct kubeobject *o, const json_t *told)
{
	(void)owner;
	(void)o;
	assert_true(json_is_object(told));
	now.objects++;
}

static void ended(void *owner, const struct kubeobject *o, bool whole)
{
	(void)owner;
	(void)o;
	now.whole += whole;
	now.parts += !whole;
}

static bool keep_none(void *owner, const struct kubeobject *o)
{
	(void)owner;
	(void)o;
	return false;
}

static void begin(bool again)
{
	memset(&now, 0, sizeof now);
	now.base = event_base_new();
	assert_non_null(now.base);
	now.rota = rota_new(&(struct rota_parts){ .base = now.base,
						  .what = "things",
						  .teller = "somebody",
						  .rest = span_of_ms(REST_MS),
						  .again = again,
						  .list = true,
						  .target = target,
						  .begun = begun,
						  .object = object,
						  .ended = ended });
}

static void end(void)
{
	rota_free(now.rota);
	event_base_free(now.base);
}

static void want(const char *name, const char *version)
{
	struct kubeobject o = { .kind = KUBE_PLAN };

	text_printf(o.ref.name, sizeof o.ref.name, "%s", name);
	text_printf(o.version, sizeof o.version, "%s", version);
	rota_want(now.rota, &o);
}

static bool waits(void)
{
	return event_pending(&now.rota->timer, EV_TIMEOUT, NULL) != 0;
}

static void expire(void)
{
	assert_true(waits());
	(void)event_del(&now.rota->timer);
	on_timer(-1, EV_TIMEOUT, now.rota);
}

static int64_t due_in_ms(size_t i)
{
	return span_ms(mono_sub(now.rota->items[i]->due, mono_now()));
}

static void answer(unsigned status, const char *text)
{
	if (text != NULL)
		(void)on_bytes(now.rota, text, strlen(text));
	on_answer(now.rota,
		  &(struct fetch_reply){
			  .status = status, .trouble = "cut", .body = "", .location = "" });
}

TEST(test_rota_asks_one_after_the_other)
{
	begin(false);
	want("a", "1");
	want("b", "1");
	expire();
	assert_string_equal(now.target, "a");
	assert_false(waits()); /* for the answer alone */
	answer(200, "[{},{}]");
	assert_int_equal(now.objects, 2);
	assert_int_equal(now.whole, 1);
	assert_false(rota_stats(now.rota)->listed);
	expire();
	assert_string_equal(now.target, "b");
	answer(200, "[]");
	assert_true(rota_stats(now.rota)->listed);
	assert_false(waits());
	end();
}

TEST(test_rota_what_has_not_changed_is_not_asked_about)
{
	begin(false);
	want("a", "1");
	expire();
	answer(200, "[]");
	want("a", "1");
	assert_false(waits());
	want("a", "2");
	assert_true(waits());
	assert_in_range(due_in_ms(0), REST_MS * 3 / 4 - 1000, REST_MS * 5 / 4);
	end();
}

TEST(test_rota_what_changes_while_it_is_asked_about_is_asked_about_again)
{
	begin(false);
	want("a", "1");
	expire();
	want("a", "2");
	answer(200, "[]");
	assert_true(waits());
	assert_in_range(due_in_ms(0), REST_MS * 3 / 4 - 1000, REST_MS * 5 / 4);
	end();
}

TEST(test_rota_again_is_for_ever)
{
	begin(true);
	want("a", "1");
	for (unsigned i = 1; i < 4; i++) {
		expire();
		assert_int_equal(now.asked, i);
		answer(i == 2 ? 404 : 200, "[]");
		assert_in_range(due_in_ms(0), REST_MS * 3 / 4 - 1000, REST_MS * 5 / 4);
	}
	end();
}

TEST(test_rota_what_is_incomplete_is_no_whole)
{
	begin(true);
	want("a", "1");
	expire();
	answer(206, "[{}]"); /* the inventory is still reading */
	assert_int_equal(now.whole, 0);
	assert_string_equal(rota_stats(now.rota)->trouble, "");
	expire();
	answer(200, "[{}");
	assert_int_equal(now.whole, 0);
	assert_string_equal(rota_stats(now.rota)->trouble, "what it says is no JSON object");
	end();
}

TEST(test_rota_a_failure_holds_all_back)
{
	struct mono first;

	begin(false);
	want("a", "1");
	want("b", "1");
	expire();
	answer(503, NULL);
	assert_string_equal(rota_stats(now.rota)->trouble, "HTTP status 503");
	first = now.rota->resume;
	assert_in_range(span_ms(mono_sub(first, mono_now())), RETRY_LEAST_MS * 3 / 4 - 1000,
			RETRY_LEAST_MS * 5 / 4);
	assert_int_equal(now.asked, 1);
	expire();
	answer(0, NULL);
	assert_string_equal(rota_stats(now.rota)->trouble, "cut");
	assert_in_range(span_ms(mono_sub(now.rota->resume, mono_now())),
			RETRY_LEAST_MS * 3 / 2 - 1000, RETRY_LEAST_MS * 5 / 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_string_equal(rota_stats(now.rota)->trouble, "cut");
		expire();
		answer(200, "[]");
	}
	assert_string_equal(rota_stats(now.rota)->trouble, "");
	end();
}

TEST(test_rota_one_that_is_not_to_be_had_is_in_nobodys_way)
{
	begin(true);
	want("a", "1");
	want("b", "1");
	expire();
	assert_string_equal(now.target, "a");
	answer(500, NULL);
	expire();
	assert_string_equal(now.target, "b");
	answer(200, "[]");
	assert_string_equal(rota_stats(now.rota)->trouble, "HTTP status 500");
	for (int64_t about = RETRY_LEAST_MS; about < RETRY_MOST_MS; about *= 2) {
		assert_in_range(due_in_ms(0), about * 3 / 4 - 1000, about * 5 / 4);
		expire();
		assert_string_equal(now.target, "a");
		answer(500, NULL);
	}
	rota_prune(now.rota, keep_none);
	assert_string_equal(rota_stats(now.rota)->trouble, "");
	end();
}

TEST(test_rota_what_is_not_there_and_comes_meanwhile_is_asked_about)
{
	begin(false);
	want("a", "1");
	expire();
	want("a", "2");
	answer(404, NULL);
	assert_true(waits());
	end();
}

TEST(test_rota_what_goes_is_not_waited_for)
{
	struct kubeobject a = { .kind = KUBE_PLAN, .ref = { .name = "a" } };

	begin(false);
	want("a", "1");
	want("b", "1");
	expire();
	rota_drop(now.rota, &a);
	rota_drop(now.rota, &a);
	assert_int_equal(now.stopped, 1);
	expire();
	assert_string_equal(now.target, "b");
	rota_prune(now.rota, keep_none);
	assert_int_equal(now.stopped, 2);
	assert_false(waits());
	end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_rota_asks_one_after_the_other),
	cmocka_unit_test(test_rota_what_has_not_changed_is_not_asked_about),
	cmocka_unit_test(test_rota_what_changes_while_it_is_asked_about_is_asked_about_again),
	cmocka_unit_test(test_rota_again_is_for_ever),
	cmocka_unit_test(test_rota_what_is_incomplete_is_no_whole),
	cmocka_unit_test(test_rota_a_failure_holds_all_back),
	cmocka_unit_test(test_rota_one_that_is_not_to_be_had_is_in_nobodys_way),
	cmocka_unit_test(test_rota_what_is_not_there_and_comes_meanwhile_is_asked_about),
	cmocka_unit_test(test_rota_what_goes_is_not_waited_for),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
