/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/samples.h"

#include "base/must.h"
#include "daemon/registry.h"
#include "daemon/store.h"
#include "tests/unit/unit.h"

enum { START_MS = 1000000, INTERVAL_MS = 10000 };

/* In place of daemon/store.c: the chunks as they come. */
static struct store_samples chunks[16];
static size_t chunk_count;
static char anything;
static struct store *const store = (struct store *)(void *)&anything;

void __wrap_store_put_samples(struct store *s, const struct store_samples *samples);

void __wrap_store_put_samples(struct store *s, const struct store_samples *samples)
{
	assert_ptr_equal(s, store);
	assert_true(chunk_count < ARRAY_LEN(chunks));
	chunks[chunk_count++] = *samples;
}

/* The look of a slot, on time: its number is its value. */
static struct sample at_slot(int64_t slot)
{
	return (struct sample){ .slot = slot,
				.rtt_us = (int32_t)slot,
				.interval = span_of_ms(INTERVAL_MS),
				.at = { START_MS + slot * INTERVAL_MS },
				.now = { slot * INTERVAL_MS * 1000000 } };
}

static void put(struct endpoint *e, struct sample s)
{
	samples_put(e, &s, store);
}

/* A chunk of intervals so short that it is full before it is old. */
static void put_short(struct endpoint *e, int64_t slot)
{
	struct sample s = at_slot(slot);

	s.interval = span_of_ms(1000);
	s.at.ms = START_MS + slot * 1000;
	s.now.ns = slot * INT64_C(1000000000);
	put(e, s);
}

static int reset(__attribute__((unused)) void **state)
{
	chunk_count = 0;
	return 0;
}

TEST(test_samples_full_chunk_goes_to_the_store)
{
	struct endpoint e = { .id = 7 };

	for (int64_t slot = 100; slot < 100 + STORE_CHUNK; slot++) {
		assert_int_equal(chunk_count, 0);
		put_short(&e, slot);
	}
	assert_int_equal(chunk_count, 1);
	assert_null(e.chunk);
	assert_int_equal(chunks[0].endpoint, 7);
	assert_int_equal(chunks[0].count, STORE_CHUNK);
	assert_int_equal(chunks[0].start.ms, START_MS + 100 * 1000);
	assert_int_equal(chunks[0].rtt_us[0], 100);
	assert_int_equal(chunks[0].rtt_us[STORE_CHUNK - 1], 100 + STORE_CHUNK - 1);
}

TEST(test_samples_chunk_of_five_minutes_goes_to_the_store)
{
	struct endpoint e = { .id = 7 };

	for (int64_t slot = 0; slot <= 30; slot++)
		put(&e, at_slot(slot));
	assert_int_equal(chunk_count, 1);
	assert_int_equal(chunks[0].count, 31);
	assert_null(e.chunk);
}

TEST(test_samples_missing_slots_are_filled_as_not_run)
{
	struct endpoint e = { .id = 7 };

	put(&e, at_slot(5));
	put(&e, at_slot(8));
	samples_flush(&e, store);
	assert_int_equal(chunk_count, 1);
	assert_int_equal(chunks[0].count, 4);
	assert_int_equal(chunks[0].rtt_us[0], 5);
	assert_int_equal(chunks[0].rtt_us[1], SAMPLE_NOT_RUN);
	assert_int_equal(chunks[0].rtt_us[2], SAMPLE_NOT_RUN);
	assert_int_equal(chunks[0].rtt_us[3], 8);
}

TEST(test_samples_far_slot_begins_a_chunk_of_its_own)
{
	struct endpoint e = { .id = 7 };

	put(&e, at_slot(5));
	put(&e, at_slot(5 + STORE_CHUNK));
	assert_int_equal(chunk_count, 1);
	assert_int_equal(chunks[0].count, 1);
	samples_flush(&e, store);
	assert_int_equal(chunks[1].start.ms, START_MS + (5 + STORE_CHUNK) * INTERVAL_MS);
}

TEST(test_samples_same_slot_again_is_not_doubled_in_its_chunk)
{
	struct endpoint e = { .id = 7 };

	put(&e, at_slot(5));
	put(&e, at_slot(5));
	assert_int_equal(chunk_count, 1);
	assert_int_equal(chunks[0].count, 1);
	samples_flush(&e, store);
	assert_int_equal(chunks[1].count, 1);
}

TEST(test_samples_step_of_the_wall_clock_begins_a_chunk)
{
	static const int64_t steps_ms[] = { 3600000, -3600000, 5001, -5001 };

	for (size_t i = 0; i < ARRAY_LEN(steps_ms); i++) {
		struct endpoint e = { .id = 7 };
		struct sample s = at_slot(6);

		chunk_count = 0;
		put(&e, at_slot(5));
		s.at.ms += steps_ms[i];
		put(&e, s);
		assert_int_equal(chunk_count, 1);
		samples_flush(&e, store);
		assert_int_equal(chunks[1].start.ms, s.at.ms);
		assert_int_equal(chunks[1].count, 1);
	}
}

TEST(test_samples_slew_of_the_wall_clock_is_no_step)
{
	struct endpoint e = { .id = 7 };
	struct sample s = at_slot(6);

	put(&e, at_slot(5));
	s.at.ms += INTERVAL_MS / 2;
	put(&e, s);
	assert_int_equal(chunk_count, 0);
	samples_flush(&e, store);
	assert_int_equal(chunks[0].count, 2);
}

TEST(test_samples_another_interval_begins_a_chunk)
{
	struct endpoint e = { .id = 7 };
	struct sample s = at_slot(6);

	put(&e, at_slot(5));
	s.interval = span_of_ms(2 * INTERVAL_MS);
	put(&e, s);
	assert_int_equal(chunk_count, 1);
	samples_flush(&e, store);
	assert_int_equal(span_ms(chunks[1].interval), 2 * INTERVAL_MS);
}

TEST(test_samples_without_a_store_are_dropped)
{
	struct endpoint e = { .id = 7 };

	for (int64_t slot = 0; slot < 3 * STORE_CHUNK; slot++) {
		struct sample s = at_slot(slot);

		samples_put(&e, &s, NULL);
	}
	samples_flush(&e, NULL);
	samples_flush(&e, NULL);
	assert_null(e.chunk);
	assert_int_equal(chunk_count, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup(test_samples_full_chunk_goes_to_the_store, reset),
	cmocka_unit_test_setup(test_samples_chunk_of_five_minutes_goes_to_the_store, reset),
	cmocka_unit_test_setup(test_samples_missing_slots_are_filled_as_not_run, reset),
	cmocka_unit_test_setup(test_samples_far_slot_begins_a_chunk_of_its_own, reset),
	cmocka_unit_test_setup(test_samples_same_slot_again_is_not_doubled_in_its_chunk, reset),
	cmocka_unit_test_setup(test_samples_step_of_the_wall_clock_begins_a_chunk, reset),
	cmocka_unit_test_setup(test_samples_slew_of_the_wall_clock_is_no_step, reset),
	cmocka_unit_test_setup(test_samples_another_interval_begins_a_chunk, reset),
	cmocka_unit_test_setup(test_samples_without_a_store_are_dropped, reset),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
