/* SPDX-License-Identifier: Apache-2.0 */
/* advice.h: a finding as a sentence for the person who has to act on it. */
#ifndef CLI_ADVICE_H
#define CLI_ADVICE_H

#include "base/buf.h"
#include "base/clock.h"

struct row;

/*
 * Appends what r found and what to do next, without a final stop: "no answer: something between
 * here and 10.1.7.9 drops it silently; run: banksman trace 10.1.7.9:902".
 */
void advice_put(const struct row *r, struct wall now, struct buf *out);

#endif
