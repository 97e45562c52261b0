/* SPDX-License-Identifier: Apache-2.0 */
/* yamlscalar.h: what a plain scalar of YAML means. */
#ifndef INVENTORY_YAMLSCALAR_H
#define INVENTORY_YAMLSCALAR_H

#include <stddef.h>

struct buf;

/*
 * Appends the scalar as JSON: null, true, false or a number when it is one to
 * Kubernetes (YAML 1.1 as sigs.k8s.io/yaml has it: "yes" is true, 0x1f and 017 are numbers,
 * 12:30:45 is none), else a string.
 */
void yamlscalar_put(struct buf *out, const char *text, size_t n);

#endif
