/* SPDX-License-Identifier: Apache-2.0 */
/* unit.h: what every unit test begins with. */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

/* cmocka.h wants these in front. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Defines a test; none of ours needs the state that cmocka hands over. */
#define TEST(name) static void name(__attribute__((unused)) void **state)

#endif
