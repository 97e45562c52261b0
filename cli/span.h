/* SPDX-License-Identifier: Apache-2.0 */
/* span.h: what a span of the history, or a row of a moment, says beside its state. */
#ifndef CLI_SPAN_H
#define CLI_SPAN_H

#include <jansson.h>
#include <stddef.h>

/* "from 10.1.7.1; detail": who sent the ICMP error, and what exactly; "" when nothing is said. */
const char *span_detail(const json_t *o, char *field, size_t size);

#endif
