/* SPDX-License-Identifier: Apache-2.0 */
/* test_probe_machine.c: the transition table is the diagram at the head of probe.c. */
#include "../../probes/probe.c"

#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

/* The diagram's edges: its upper line, the side ways, and "any stage" to DONE. */
static const char diagram[] = "resolve -> connect\n"
			      "resolve -> done\n"
			      "connect -> banner\n"
			      "connect -> tls\n"
			      "connect -> service\n"
			      "connect -> done\n"
			      "banner -> tls\n"
			      "banner -> done\n"
			      "tls -> service\n"
			      "tls -> done\n"
			      "service -> resolve\n"
			      "service -> connect\n"
			      "service -> done\n";

TEST(test_probe_machine_table_is_the_diagram)
{
	struct buf b;

	buf_init(&b, 4096);
	for (unsigned from = 0; from < STAGE_N; from++)
		for (unsigned to = 0; to < 32; to++)
			if (stages[from].next & (1u << to)) {
				assert_true(to < STAGE_N);
				buf_printf(&b, "%s -> %s\n", stages[from].name, stages[to].name);
			}
	(void)fprintf(stderr, "%s", buf_text(&b));
	assert_string_equal(buf_text(&b), diagram);
	buf_done(&b);
}

TEST(test_probe_machine_every_stage_but_the_last_has_a_step_and_an_end)
{
	for (unsigned s = 0; s < STAGE_N; s++) {
		assert_non_null(stages[s].name);
		assert_int_equal(stages[s].step != NULL, s != STAGE_DONE);
		assert_int_equal(stages[s].next != 0, s != STAGE_DONE);
		if (s != STAGE_DONE)
			assert_true(stages[s].next & TO(DONE));
	}
}

TEST(test_probe_machine_advance_moves_along_an_edge)
{
	struct probe p = { .stage = STAGE_CONNECT };

	assert_int_equal(probe_advance(&p, STAGE_TLS), NEED_STEP);
	assert_int_equal(p.stage, STAGE_TLS);
	assert_int_equal(probe_advance(&p, STAGE_DONE), NEED_STEP);
	assert_int_equal(p.stage, STAGE_DONE);
}

TEST(test_probe_machine_abort_of_nothing_is_harmless)
{
	probe_abort(NULL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_probe_machine_table_is_the_diagram),
	cmocka_unit_test(test_probe_machine_every_stage_but_the_last_has_a_step_and_an_end),
	cmocka_unit_test(test_probe_machine_advance_moves_along_an_edge),
	cmocka_unit_test(test_probe_machine_abort_of_nothing_is_harmless),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
