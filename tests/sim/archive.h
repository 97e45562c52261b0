/* SPDX-License-Identifier: Apache-2.0 */
/* archive.h: the alerts that the simulated history keeps; see record.h. */
#ifndef TESTS_SIM_ARCHIVE_H
#define TESTS_SIM_ARCHIVE_H

#include <stdint.h>

#include "daemon/store.h"

struct archive;

struct archive *archive_new(void);
void archive_free(struct archive *a);

/* As store_put_alert() and store_put_delivery(); a broken promise is returned as text; else NULL. */
const char *archive_put(struct archive *a, const struct store_alert *alert);
const char *archive_deliver(struct archive *a, const struct store_delivery *d);

/* The unsettled ones, for the next process; texts are the archive's. */
void archive_pasts(const struct archive *a, struct store_pasts *pasts);
void archive_pasts_free(struct store_pasts *pasts);

#endif
