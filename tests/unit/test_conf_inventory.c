/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/conf.h"

#include <stdio.h>

#include "daemon/confsame.h"
#include "tests/unit/confs.h"
#include "tests/unit/unit.h"

TEST(test_conf_inventory_is_off_unless_asked_for)
{
	struct conf *c = confs_taken("endpoints: []\n");

	assert_string_equal(c->inventory.directory, "");
	assert_true(c->inventory.endpoints);
	assert_string_equal(c->inventory.rules, "");
	assert_null(c->inventory.release);
	assert_int_equal(c->inventory.warm, -1);
	assert_null(c->inventory.target_namespace);
	assert_int_equal(span_ms(c->inventory.timeout), 300000);
	assert_int_equal(c->inventory.memory_bytes, 512 << 20);
	conf_free(c);
}

TEST(test_conf_inventory_is_read)
{
	struct conf *c = confs_taken("endpoints: []\n"
				     "inventory:\n"
				     "  directory: /srv/exports/\n"
				     "  endpoints: false\n"
				     "  rules: /etc/banksman/rules\n"
				     "  release: \"2.3\"\n"
				     "  warm: true\n"
				     "  target_namespace: vm-prod\n"
				     "  timeout: 90s\n"
				     "  memory: 2GiB\n");

	assert_string_equal(c->inventory.directory, "/srv/exports/");
	assert_false(c->inventory.endpoints);
	assert_string_equal(c->inventory.rules, "/etc/banksman/rules");
	assert_string_equal(c->inventory.release, "2.3");
	assert_int_equal(c->inventory.warm, 1);
	assert_string_equal(c->inventory.target_namespace, "vm-prod");
	assert_int_equal(span_ms(c->inventory.timeout), 90000);
	assert_int_equal(c->inventory.memory_bytes, INT64_C(2) << 30);
	conf_free(c);
	confs_refused("endpoints: []\ninventory: {directory: exports}\n",
		      "2: inventory.directory: 'exports' is not the absolute path of a folder");
	confs_refused("endpoints: []\ninventory: {warm: plan}\n",
		      "2: inventory.warm: 'plan' is not plans, true or false (did you mean "
		      "'plans'?)");
	confs_refused("endpoints: []\ninventory: {memory: 1MiB}\n",
		      "2: inventory.memory: '1MiB' is not within 64MiB and 64GiB");
}

TEST(test_conf_inventory_is_the_same_when_every_key_is)
{
	static const char *const others[] = { "directory: /b",       "rules: /b",
					      "release: \"2.4\"",    "warm: false",
					      "target_namespace: b", "timeout: 2m",
					      "memory: 1GiB",        "directory: /a/" };
	struct conf *a = confs_taken("endpoints: []\ninventory:\n  directory: /a\n");
	struct conf *again =
		confs_taken("node: other\nendpoints: []\ninventory: {directory: /a}\n");

	assert_true(conf_same_inventory(a, again));
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		char text[120];
		struct conf *b;

		(void)snprintf(text, sizeof text, "endpoints: []\ninventory:\n%s  %s\n",
			       others[i][0] == 'd' ? "" : "  directory: /a\n", others[i]);
		b = confs_taken(text);
		assert_false(conf_same_inventory(a, b));
		conf_free(b);
	}
	conf_free(a);
	conf_free(again);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_conf_inventory_is_off_unless_asked_for),
	cmocka_unit_test(test_conf_inventory_is_read),
	cmocka_unit_test(test_conf_inventory_is_the_same_when_every_key_is),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
