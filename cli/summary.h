/* SPDX-License-Identifier: Apache-2.0 */
/* summary.h: a list of endpoints in one sentence. */
#ifndef CLI_SUMMARY_H
#define CLI_SUMMARY_H

#include "cli/show.h"

/* "11 of 13 ways are clear; 2 are not.", or "2 with a problem; 2 are not clear." */
show_fn summary_put;

#endif
