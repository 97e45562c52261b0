/* SPDX-License-Identifier: Apache-2.0 */
/* listen.h: sockets that listen, non-blocking. */
#ifndef DAEMON_LISTEN_H
#define DAEMON_LISTEN_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/err.h"

/*
 * At path, with these permission bits and group (NULL: as it comes) from the first moment on.
 * What a process that is gone left there is replaced, and so is a socket of our own (ours);
 * one on which somebody else listens, or another file, is not.  -1 on failure; *ret_made is the
 * new socket in the file system.
 */
int listen_local(const char *path, unsigned mode, const char *group, const struct stat *ours,
		 struct stat *ret_made, struct err *ret_err);

/* What stands at path is still the socket that was made. */
bool listen_stands(const char *path, const struct stat *made);

/* Takes the socket out of the file system, if it is still the one that was made. */
void listen_remove(const char *path, const struct stat *made);

/* At a numeric "ADDRESS:PORT".  -1 on failure. */
int listen_tcp(const char *where, struct err *ret_err);

#endif
