/* SPDX-License-Identifier: Apache-2.0 */
/* trusts.h: the CA files that a configuration names, each read once. */
#ifndef DAEMON_TRUSTS_H
#define DAEMON_TRUSTS_H

#include "base/err.h"

struct conf;
struct trusts;
struct truststore;

/* Reads every CA file of conf; NULL when one cannot be read. */
struct trusts *trusts_new(const struct conf *conf, struct err *ret_err);
void trusts_free(struct trusts *t);

/* That of a file of the conf; borrowed.  path NULL: NULL, the system's. */
const struct truststore *trusts_get(const struct trusts *t, const char *path);

#endif
