/* SPDX-License-Identifier: Apache-2.0 */
/* secret.h: tokens and keys, which are in files, are never logged, and are wiped after use. */
#ifndef DAEMON_SECRET_H
#define DAEMON_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { SECRET_BYTES = 16 * 1024 };

struct secret {
	char *data; /* owned; NUL-terminated; NULL: none */
	size_t len;
};

/*
 * The content of a regular file without the line's end behind it; not empty and at most
 * SECRET_BYTES.  False with "FILE: why".
 */
__attribute__((warn_unused_result)) bool secret_read(const char *path, struct secret *ret_secret,
						     struct err *ret_err);

/* The same of printable ASCII without blanks, as a header can carry it. */
__attribute__((warn_unused_result)) bool
secret_read_token(const char *path, struct secret *ret_secret, struct err *ret_err);

void secret_clear(struct secret *s);

#endif
