/* SPDX-License-Identifier: Apache-2.0 */
/* surveyseries.h: the metrics of the inventory and of what the rules say of it. */
#ifndef DAEMON_SURVEYSERIES_H
#define DAEMON_SURVEYSERIES_H

struct writer;

/* Absent while nothing is judged. */
void surveyseries_findings(const struct writer *w);
void surveyseries_machines(const struct writer *w);
void surveyseries_judged(const struct writer *w);
void surveyseries_took(const struct writer *w);
void surveyseries_well(const struct writer *w);
void surveyseries_judgements(const struct writer *w);
void surveyseries_failures(const struct writer *w);

#endif
