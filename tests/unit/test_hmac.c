/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/hmac.h"

#include <string.h>

#include "tests/unit/unit.h"

static void expect(const char *key, size_t key_len, const char *data, const char *hex)
{
	char got[HMAC_TEXT_SIZE];

	assert_true(hmac_sha256(key, key_len, data, strlen(data), got));
	assert_string_equal(got, hex);
}

/* RFC 4231, section 4.3 and 4.7. */
TEST(test_hmac_vectors_of_the_rfc_agree)
{
	char long_key[131];

	memset(long_key, 0xaa, sizeof long_key);
	expect("Jefe", 4, "what do ya want for nothing?",
	       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	expect(long_key, sizeof long_key, "Test Using Larger Than Block-Size Key - Hash Key First",
	       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(test_hmac_no_key_no_data_has_a_value)
{
	expect(NULL, 0, "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hmac_vectors_of_the_rfc_agree),
		cmocka_unit_test(test_hmac_no_key_no_data_has_a_value),
	};

	return cmocka_run_group_tests_name("hmac", tests, NULL, NULL);
}
