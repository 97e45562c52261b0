/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/digest.h"

#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "inventory/inventory.h"
#include "tests/unit/unit.h"

static const struct rule first = { .id = "a.rule", .severity = RULE_INFO };
static const struct rule second = { .id = "b.rule", .severity = RULE_BLOCKER };

static struct digest *d;
static struct buf told;

static int begin(__attribute__((unused)) void **state)
{
	d = digest_new(100);
	buf_init(&told, 1 << 20);
	return 0;
}

static int end(__attribute__((unused)) void **state)
{
	digest_free(d);
	buf_done(&told);
	return 0;
}

static void add(const struct rule *rule, bool unknown, const char *id, const char *message)
{
	assert_true(digest_add(d, &(struct ruling){ .rule = rule,
						    .unknown = unknown,
						    .kind = "vm",
						    .id = id,
						    .name = "web",
						    .message = message }));
}

static void on_told(void *owner, const struct ruling *r)
{
	(void)owner;
	buf_printf(&told, "%s %d %s/%s/%s/%s: %s\n", r->rule->id, r->unknown, r->kind, r->id,
		   r->name, r->plan, r->message);
}

TEST(test_digest_is_in_the_order_of_identities)
{
	add(&second, true, "2", "m");
	add(&second, false, "9", "m");
	add(&first, false, "3", "m");
	add(&second, true, NULL, "m");
	digest_tell(d, on_told, NULL);
	assert_string_equal(buf_text(&told), "a.rule 0 vm/3/web/: m\n"
					     "b.rule 0 vm/9/web/: m\n"
					     "b.rule 1 vm//web/: m\n"
					     "b.rule 1 vm/2/web/: m\n");
}

TEST(test_digest_one_object_is_told_once_with_all_that_is_said)
{
	add(&first, false, "1", "disk 2 is shared");
	add(&first, false, "1", "disk 1 is shared");
	add(&first, false, "1", "disk 2 is shared");
	add(&first, true, "1", "disk 3 is unknown");
	digest_tell(d, on_told, NULL);
	assert_string_equal(buf_text(&told),
			    "a.rule 0 vm/1/web/: disk 1 is shared; disk 2 is shared\n"
			    "a.rule 1 vm/1/web/: disk 3 is unknown\n");
}

TEST(test_digest_many_messages_are_counted)
{
	char message[DIGEST_MESSAGE_BYTES / 2];

	memset(message, 'x', sizeof message);
	message[sizeof message - 1] = '\0';
	for (char c = 'a'; c <= 'e'; c++) {
		message[0] = c;
		add(&first, false, "1", message);
	}
	digest_tell(d, on_told, NULL);
	assert_non_null(strstr(buf_text(&told), "; bxx"));
	assert_null(strstr(buf_text(&told), "; cxx"));
	assert_non_null(strstr(buf_text(&told), "; and 3 more\n"));
}

/* Between characters: the umlaut's two bytes stay together. */
TEST(test_digest_long_texts_are_cut)
{
	enum { LEN = DIGEST_MESSAGE_BYTES };
	AUTO(text) char *message = xcalloc(1, LEN + 10);
	char *at;

	memset(message, 'x', LEN - 1);
	memcpy(message + LEN - 1, "\303\274yz", 4);
	add(&first, false, "1", message);
	digest_tell(d, on_told, NULL);
	at = strstr(buf_text(&told), "xx");
	assert_non_null(at);
	assert_int_equal(strcspn(at, "\n"), LEN - 1);
}

TEST(test_digest_too_many_are_refused)
{
	struct ruling r = { .rule = &first, .kind = "vm", .message = "m" };

	for (int i = 0; i < 100; i++)
		assert_true(digest_add(d, &r));
	assert_false(digest_add(d, &r));
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

static const struct CMUnitTest tests[] = {
	EACH(test_digest_is_in_the_order_of_identities),
	EACH(test_digest_one_object_is_told_once_with_all_that_is_said),
	EACH(test_digest_many_messages_are_counted),
	EACH(test_digest_long_texts_are_cut),
	EACH(test_digest_too_many_are_refused),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
