/* SPDX-License-Identifier: Apache-2.0 */
/*
 * overrun.h: the end of SQL that does not come to one.
 *
 * A guard's limit is looked at between SQLite's steps.  While SQLite prepares a statement, and
 * within a function such as instr(), it looks at nothing, and a few hostile lines keep it there for
 * hours: then nothing but the end of the program helps.
 */
#ifndef INVENTORY_OVERRUN_H
#define INVENTORY_OVERRUN_H

#include "base/clock.h"

enum {
	OVERRUN_STATUS = 3, /* as what could not be judged has it */
	OVERRUN_GRACE_MS = 2000
};

/*
 * Unless overrun_done() follows within the limit and a grace, says on standard error what runs too
 * long, and ends the program.  what is borrowed until then.  One at a time.
 */
void overrun_watch(struct span limit, const char *what);
void overrun_done(void);

#endif
