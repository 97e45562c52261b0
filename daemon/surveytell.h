/* SPDX-License-Identifier: Apache-2.0 */
/* surveytell.h: judgements in the log and in the journal of events. */
#ifndef DAEMON_SURVEYTELL_H
#define DAEMON_SURVEYTELL_H

#include <stddef.h>

struct store;
struct survey_facts;

/* findings are in force from now on.  store NULL: no history is kept. */
void surveytell_done(struct store *store, const struct survey_facts *f, size_t findings);
void surveytell_failed(struct store *store, const struct survey_facts *f);

#endif
