/* SPDX-License-Identifier: Apache-2.0 */
/* judgement.h: how the inventory of the daemon is, in a line or two. */
#ifndef CLI_JUDGEMENT_H
#define CLI_JUDGEMENT_H

#include "cli/show.h"

/* o: {"judged", "trouble", "summary":{…}}; before: in front of what is no trouble. */
void judgement_put(const struct show *how, const json_t *o, const char *before, struct buf *out);

#endif
