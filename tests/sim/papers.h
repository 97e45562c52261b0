/* SPDX-License-Identifier: Apache-2.0 */
/* papers.h: certificates that differ by a letter. */
#ifndef TESTS_SIM_PAPERS_H
#define TESTS_SIM_PAPERS_H

struct cert;
struct papers;

struct papers *papers_new(void);
void papers_free(struct papers *p);

/* That of a letter, 'A' to 'Z'; borrowed. */
struct cert *papers_get(struct papers *p, char letter);

#endif
