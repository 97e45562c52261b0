/* SPDX-License-Identifier: Apache-2.0 */
/* kubeseries.h: the metrics of discovery; none where nothing is discovered. */
#ifndef DAEMON_KUBESERIES_H
#define DAEMON_KUBESERIES_H

struct writer;

void kubeseries_synced(const struct writer *w);
void kubeseries_objects(const struct writer *w);
void kubeseries_up(const struct writer *w);
void kubeseries_heard(const struct writer *w);
void kubeseries_lists(const struct writer *w);
void kubeseries_watches(const struct writer *w);
void kubeseries_failures(const struct writer *w);

#endif
