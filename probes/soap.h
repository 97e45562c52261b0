/* SPDX-License-Identifier: Apache-2.0 */
/* soap.h: what a vSphere API endpoint says of itself before any login. */
#ifndef PROBES_SOAP_H
#define PROBES_SOAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"

/* The request body of RetrieveServiceContent; static. */
extern const char soap_retrieve_service_content[];

/* AboutInfo of the vSphere Web Services API; "" = absent. */
struct about {
	char full_name[LIMIT_FACT_BYTES];
	char name[LIMIT_FACT_BYTES];
	char version[64];
	char build[64];
	char api_type[64]; /* "VirtualCenter" or "HostAgent" */
	char instance_uuid[64];
};

/*
 * Reads RetrieveServiceContentResponse/returnval/about.  False when text is not
 * well-formed XML, holds a document type definition, nests deeper than 32
 * elements or has no about with an apiType.
 */
__attribute__((warn_unused_result)) bool soap_parse_about(const char *text, size_t len,
							  struct about *ret_about);

#endif
