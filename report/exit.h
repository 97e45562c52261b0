/* SPDX-License-Identifier: Apache-2.0 */
/* exit.h: what the exit status of banksman, and of banksmand --once, says. */
#ifndef REPORT_EXIT_H
#define REPORT_EXIT_H

enum status {
	STATUS_CLEAR = 0,     /* everything is open, serving, and trusted as asked */
	STATUS_NOT_CLEAR = 1, /* something is not */
	STATUS_USAGE = 2,     /* the command line was not understood */
	STATUS_LOCAL = 3,     /* this machine could not run the check, or not write its result */
	STATUS_INTERRUPTED = 130, /* SIGINT or SIGTERM came first */
};

#endif
