/* SPDX-License-Identifier: Apache-2.0 */
/* advice.h: a finding as a sentence for the person who has to act on it. */
#ifndef REPORT_ADVICE_H
#define REPORT_ADVICE_H

#include "base/buf.h"
#include "base/clock.h"

struct finding;

/*
 * Appends what was found and what to do next, without a final stop: "no answer: something between
 * here and 10.1.7.9 drops it silently; run: banksman trace 10.1.7.9:902".
 */
void advice_put(const struct finding *found, struct wall now, struct buf *out);

#endif
