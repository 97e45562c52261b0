/* SPDX-License-Identifier: Apache-2.0 */
/* portmap.h: a port to ask, and which documented port it stands for. */
#ifndef CLI_PORTMAP_H
#define CLI_PORTMAP_H

#include <stdbool.h>
#include <stdint.h>

struct err;

struct portmap {
	uint16_t documented; /* "902=19902": 902; "902": 902 */
	uint16_t actual;     /* where to connect; 0: no port was given */
	bool mapped;         /* written with "=" */
};

/* "902" or "902=19902". */
__attribute__((warn_unused_result)) bool portmap_parse(const char *text, struct portmap *ret_map,
						       struct err *ret_err);

#endif
