/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dbfunc.h: what SQL lacks, as functions of a connection.
 *
 *	rfc3339(ms)                                     "2026-11-22T22:14:14.123Z"; NULL of NULL
 *	fingerprint(blob)                               "01:AB:…"
 *	endpoint_id(row)                                the asker's number of an endpoint
 *	rtt_stats(rtt, start, interval, from, to)       aggregate over chunks of samples in their
 *		order: JSON object of the slots in [from, to): count, lost, not_run, and min, mean,
 *		p50, p95 (nearest rank), max, jitter, which are null when there is nothing to say
 */
#ifndef DAEMON_DBFUNC_H
#define DAEMON_DBFUNC_H

struct known;
struct sqlite3;

/* An SQLite result code.  known is borrowed; NULL: endpoint numbers stay as they are. */
int dbfunc_register(struct sqlite3 *raw, struct known *known);

#endif
