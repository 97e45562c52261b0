/* SPDX-License-Identifier: Apache-2.0 */
/* rename.h: the name that a machine gets in Kubernetes. */
#ifndef INVENTORY_RENAME_H
#define INVENTORY_RENAME_H

#include <stdbool.h>

enum { RENAME_SIZE = 64 };

/*
 * Makes a DNS subdomain of a name as Forklift does (pkg/controller/plan/util, ChangeVmName); false
 * when nothing is left of it.
 */
bool rename_machine(const char *name, char ret_name[RENAME_SIZE]);

#endif
