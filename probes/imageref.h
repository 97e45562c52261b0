/* SPDX-License-Identifier: Apache-2.0 */
/* imageref.h: an image reference, split as the container tools read it. */
#ifndef PROBES_IMAGEREF_H
#define PROBES_IMAGEREF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"

struct imageref {
	char host[LIMIT_HOST_BYTES];
	uint16_t port;                          /* 0: none given, the scheme's own */
	char repository[LIMIT_REFERENCE_BYTES]; /* "library/vddk" */
	char reference[LIMIT_REFERENCE_BYTES];  /* a tag ("latest") or "sha256:…" */
};

/* "registry.example.com:5000/team/vddk:8.0", "…@sha256:<64 hex>"; no tag means "latest". */
__attribute__((warn_unused_result)) bool imageref_parse(const char *text, struct imageref *ret_ref,
							struct err *ret_err);

#endif
