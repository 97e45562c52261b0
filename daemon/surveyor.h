/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surveyor.h: the process that reads and judges an inventory: the same program, run by survey.c as
 * `banksmand --judge FILE…`.  How it is to judge comes on standard input, what it found goes line by
 * line to standard output (hearing.h), why it could not to standard error.
 */
#ifndef DAEMON_SURVEYOR_H
#define DAEMON_SURVEYOR_H

#include <stdbool.h>

#include "base/err.h"

struct conf;

#define SURVEYOR_OPTION "--judge"

/* What standard input is to hold, of conf's inventory; owned by the caller. */
char *surveyor_order(const struct conf *conf);

/* The whole process, which reads these files; its exit status. */
int surveyor_main(int count, char **files);

/* The rules of conf can be used. */
__attribute__((warn_unused_result)) bool surveyor_check(const struct conf *conf,
							struct err *ret_err);

#endif
