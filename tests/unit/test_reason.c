/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/reason.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/must.h"
#include "tests/unit/unit.h"

typedef const char *word_fn(unsigned row);

static const char *state_word(unsigned i)
{
	return port_state_name((enum port_state)i);
}
static const char *reason_word(unsigned i)
{
	return reason_name((enum reason)i);
}
static const char *service_word(unsigned i)
{
	return service_name((enum service)i);
}
static const char *trust_word(unsigned i)
{
	return trust_name((enum trust)i);
}
static const char *reason_said(unsigned i)
{
	return reason_sentence((enum reason)i);
}
static const char *service_said(unsigned i)
{
	return service_sentence((enum service)i);
}
static const char *trust_said(unsigned i)
{
	return trust_sentence((enum trust)i);
}

static void assert_words(word_fn *word, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		assert_non_null(word(i));
		assert_true(word(i)[0] != '\0');
		for (const char *p = word(i); *p != '\0'; p++)
			assert_true(islower((unsigned char)*p) || *p == '-');
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(word(i), word(j));
	}
}

static void assert_sentences(word_fn *said, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		assert_non_null(said(i));
		assert_true(strlen(said(i)) > 4);
		assert_true(islower((unsigned char)said(i)[0]));
		assert_true(said(i)[strlen(said(i)) - 1] != '.');
	}
}

TEST(test_reason_every_row_has_its_own_name)
{
	assert_words(state_word, PORT_STATE_N);
	assert_words(reason_word, REASON_N);
	assert_words(service_word, SERVICE_N);
	assert_words(trust_word, TRUST_N);
}

TEST(test_reason_every_row_has_a_sentence_without_stop)
{
	assert_sentences(reason_said, REASON_N);
	assert_sentences(service_said, SERVICE_N);
	assert_sentences(trust_said, TRUST_N);
}

TEST(test_reason_every_layer_is_known_and_fits_the_state)
{
	for (enum reason r = REASON_OK; r < REASON_N; r++) {
		const char *layer = reason_layer(r);

		assert_non_null(layer);
		assert_true(strcmp(layer, "tcp") == 0 || strcmp(layer, "icmp") == 0 ||
			    strcmp(layer, "dns") == 0 || strcmp(layer, "local") == 0);
		assert_int_equal(reason_state(r) == PORT_UNRESOLVED, strcmp(layer, "dns") == 0);
		assert_int_equal(reason_state(r) == PORT_OPEN, r == REASON_OK);
		assert_int_equal(reason_state(r) == PORT_UNKNOWN, r == REASON_LOCAL);
	}
}

TEST(test_reason_of_errno_about_the_peer_is_mapped)
{
	static const struct {
		int error;
		enum reason reason;
	} cases[] = {
		{ 0, REASON_OK },
		{ ECONNREFUSED, REASON_REFUSED },
		{ ECONNRESET, REASON_RESET },
		{ EPIPE, REASON_RESET },
		{ ETIMEDOUT, REASON_NO_ANSWER },
		{ ENETUNREACH, REASON_NET_UNREACHABLE },
		{ ENETDOWN, REASON_NET_UNREACHABLE },
		{ EHOSTUNREACH, REASON_HOST_UNREACHABLE },
		{ EHOSTDOWN, REASON_HOST_UNREACHABLE },
		{ ENOPROTOOPT, REASON_PROTOCOL_UNREACHABLE },
		{ EACCES, REASON_LOCAL_POLICY },
		{ EPERM, REASON_LOCAL_POLICY },
		{ EINVAL, REASON_LOCAL_POLICY },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(reason_of_errno(cases[i].error), cases[i].reason);
}

TEST(test_reason_of_errno_unknown_is_local_never_down)
{
	static const int known[] = { 0,           ECONNREFUSED, ECONNRESET, ECONNABORTED, EPIPE,
				     ETIMEDOUT,   ENETUNREACH,  ENETDOWN,   EHOSTUNREACH, EHOSTDOWN,
				     ENOPROTOOPT, EACCES,       EPERM,      EINVAL };

	for (int error = -1; error < 200; error++) {
		bool mapped = false;

		for (size_t i = 0; i < ARRAY_LEN(known); i++)
			mapped = mapped || known[i] == error;
		if (!mapped)
			assert_int_equal(reason_of_errno(error), REASON_LOCAL);
	}
}

static struct addr addr_of(const char *text)
{
	struct addr a = { 0 };

	assert_true(addr_parse(text, 0, &a));
	return a;
}

static enum reason judged(const char *from, unsigned type, unsigned code, const char *local,
			  const char *target)
{
	struct icmp m = {
		.present = true, .type = (uint8_t)type, .code = (uint8_t)code, .from = addr_of(from)
	};
	struct addr here = addr_of(local);
	struct addr there = addr_of(target);

	return reason_of_icmp(&m, &here, &there);
}

/* What destination unreachable means by its code; REASON_OK behind the last one. */
static const enum reason unreachable4[] = {
	REASON_NET_UNREACHABLE,      /* 0 net */
	REASON_HOST_UNREACHABLE,     /* 1 host */
	REASON_PROTOCOL_UNREACHABLE, /* 2 protocol */
	REASON_PORT_UNREACHABLE,     /* 3 port */
	REASON_OK,                   /* 4 fragmentation needed */
	REASON_HOST_UNREACHABLE,     /* 5 source route failed */
	REASON_NET_UNREACHABLE,      /* 6 net unknown */
	REASON_HOST_UNREACHABLE,     /* 7 host unknown */
	REASON_HOST_UNREACHABLE,     /* 8 source host isolated */
	REASON_NET_PROHIBITED,       /* 9 */
	REASON_HOST_PROHIBITED,      /* 10 */
	REASON_NET_UNREACHABLE,      /* 11 for this type of service */
	REASON_HOST_UNREACHABLE,     /* 12 for this type of service */
	REASON_ADMIN_PROHIBITED,     /* 13 */
	REASON_ADMIN_PROHIBITED,     /* 14 host precedence violation */
	REASON_ADMIN_PROHIBITED,     /* 15 precedence cut off */
};
static const enum reason unreachable6[] = {
	REASON_NET_UNREACHABLE,  /* 0 no route */
	REASON_ADMIN_PROHIBITED, /* 1 */
	REASON_NET_UNREACHABLE,  /* 2 beyond the scope of the source */
	REASON_HOST_UNREACHABLE, /* 3 address */
	REASON_PORT_UNREACHABLE, /* 4 */
	REASON_FAILED_POLICY,    /* 5 */
	REASON_REJECT_ROUTE,     /* 6 */
};

enum { ICMP4_UNREACHABLE = 3, ICMP4_EXCEEDED = 11, ICMP6_UNREACHABLE = 1, ICMP6_EXCEEDED = 3 };

TEST(test_reason_of_icmp_every_type_and_code_of_v4_is_mapped)
{
	for (unsigned type = 0; type < 256; type++)
		for (unsigned code = 0; code < 256; code++) {
			enum reason want = REASON_OK;

			if (type == ICMP4_UNREACHABLE && code < ARRAY_LEN(unreachable4))
				want = unreachable4[code];
			if (type == ICMP4_EXCEEDED && code == 0)
				want = REASON_TTL_EXCEEDED;
			assert_int_equal(
				judged("192.0.2.1", type, code, "10.0.0.1", "198.51.100.1"), want);
		}
}

TEST(test_reason_of_icmp_every_type_and_code_of_v6_is_mapped)
{
	for (unsigned type = 0; type < 256; type++)
		for (unsigned code = 0; code < 256; code++) {
			enum reason want = REASON_OK;

			if (type == ICMP6_UNREACHABLE && code < ARRAY_LEN(unreachable6))
				want = unreachable6[code];
			if (type == ICMP6_EXCEEDED && code == 0)
				want = REASON_TTL_EXCEEDED;
			assert_int_equal(
				judged("2001:db8::1", type, code, "fd00::1", "2001:db8::2"), want);
		}
}

TEST(test_reason_of_icmp_prohibition_by_ourselves_is_local_policy)
{
	assert_int_equal(judged("10.0.0.1", 3, 13, "10.0.0.1", "10.0.0.2"), REASON_LOCAL_POLICY);
	assert_int_equal(judged("10.0.0.1", 3, 3, "10.0.0.1", "10.0.0.2"), REASON_LOCAL_POLICY);
	assert_int_equal(judged("fd00::1", 1, 1, "fd00::1", "fd00::2"), REASON_LOCAL_POLICY);
	assert_int_equal(judged("fd00::1", 1, 6, "fd00::1", "fd00::2"), REASON_LOCAL_POLICY);
}

TEST(test_reason_of_icmp_unreachable_by_ourselves_stays_unreachable)
{
	assert_int_equal(judged("10.0.0.1", 3, 1, "10.0.0.1", "10.0.0.2"), REASON_HOST_UNREACHABLE);
	assert_int_equal(judged("fd00::1", 1, 3, "fd00::1", "fd00::2"), REASON_HOST_UNREACHABLE);
	assert_int_equal(judged("fd00::1", 1, 0, "fd00::1", "fd00::2"), REASON_NET_UNREACHABLE);
	assert_int_equal(judged("10.0.0.1", 11, 0, "10.0.0.1", "10.0.0.2"), REASON_TTL_EXCEEDED);
	assert_int_equal(judged("10.0.0.1", 3, 4, "10.0.0.1", "10.0.0.2"), REASON_OK);
}

TEST(test_reason_of_icmp_prohibition_about_ourselves_is_the_targets)
{
	assert_int_equal(judged("10.0.0.1", 3, 13, "10.0.0.1", "10.0.0.1"),
			 REASON_ADMIN_PROHIBITED);
	assert_int_equal(judged("::1", 1, 4, "::1", "::1"), REASON_PORT_UNREACHABLE);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_reason_every_row_has_its_own_name),
	cmocka_unit_test(test_reason_every_row_has_a_sentence_without_stop),
	cmocka_unit_test(test_reason_every_layer_is_known_and_fits_the_state),
	cmocka_unit_test(test_reason_of_errno_about_the_peer_is_mapped),
	cmocka_unit_test(test_reason_of_errno_unknown_is_local_never_down),
	cmocka_unit_test(test_reason_of_icmp_every_type_and_code_of_v4_is_mapped),
	cmocka_unit_test(test_reason_of_icmp_every_type_and_code_of_v6_is_mapped),
	cmocka_unit_test(test_reason_of_icmp_prohibition_by_ourselves_is_local_policy),
	cmocka_unit_test(test_reason_of_icmp_unreachable_by_ourselves_stays_unreachable),
	cmocka_unit_test(test_reason_of_icmp_prohibition_about_ourselves_is_the_targets),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
