/* SPDX-License-Identifier: Apache-2.0 */
/* request.h: ports --matrix: the firewall request of the nodes and targets that are named. */
#ifndef CLI_REQUEST_H
#define CLI_REQUEST_H

struct options;

/* Reads, looks up, and writes it; returns the exit status. */
int request_sheet(const struct options *o);

#endif
