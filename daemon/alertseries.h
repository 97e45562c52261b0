/* SPDX-License-Identifier: Apache-2.0 */
/* alertseries.h: the metrics of alerts, and of the sinks that are told of them. */
#ifndef DAEMON_ALERTSERIES_H
#define DAEMON_ALERTSERIES_H

struct writer;

void alertseries_active(const struct writer *w);
void alertseries_unsettled(const struct writer *w);

void alertseries_sink_up(const struct writer *w);
void alertseries_sink_pending(const struct writer *w);
void alertseries_sink_oldest(const struct writer *w);
void alertseries_sink_told(const struct writer *w);
void alertseries_sink_taken(const struct writer *w);
void alertseries_sink_refused(const struct writer *w);
void alertseries_sink_failures(const struct writer *w);
void alertseries_sink_coalesced(const struct writer *w);

#endif
