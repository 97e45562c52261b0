/* SPDX-License-Identifier: Apache-2.0 */
/* findingapi.h: GET /v1/findings: what the rules say of the inventory, now and before. */
#ifndef DAEMON_FINDINGAPI_H
#define DAEMON_FINDINGAPI_H

#include <jansson.h>

struct exchange;
struct store;
struct survey;

/* Answers x.  survey NULL: nobody judges; store NULL: no history is kept. */
void findingapi_list(const struct survey *survey, struct store *store, struct exchange *x);

/* {"directory", "judged", …, "summary":{…}}: all but the findings; also in the status. */
json_t *findingapi_head(const struct survey *survey);

#endif
