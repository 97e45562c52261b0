/* SPDX-License-Identifier: Apache-2.0 */
/* expectalert.h: the expectations of alerts; see expect.h and README.md. */
#ifndef TESTS_SIM_EXPECTALERT_H
#define TESTS_SIM_EXPECTALERT_H

#include <stdbool.h>

struct scene;

bool expect_alert(struct scene *s);
bool expect_alerts(struct scene *s);
bool expect_rung(struct scene *s);
bool expect_says(struct scene *s);
bool expect_traces(struct scene *s);

#endif
