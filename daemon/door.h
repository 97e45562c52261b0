/* SPDX-License-Identifier: Apache-2.0 */
/*
 * door.h: one way in for questions: a socket in the file system, or a TCP address; and what it
 * is now, so that another configuration changes no more than it must.
 */
#ifndef DAEMON_DOOR_H
#define DAEMON_DOOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct door;
struct http_parts;

/* Nowhere at first. */
struct door *door_new(const struct http_parts *parts);

/* Cuts every connection, takes the socket out of the file system.  NULL is allowed. */
void door_free(struct door *d);

/*
 * For one door either of the two; "" is nowhere.  False: it is as it was.  A socket that somebody
 * took out of the file system is made again.  Another TCP address
 * cuts the connections that were made to the one before; in the way of one with the same port
 * that one is closed for a moment, and in the worst case nowhere afterwards, which ret_err says.
 */
__attribute__((warn_unused_result)) bool door_open_local(struct door *d, const char *path,
							 unsigned mode, const char *group,
							 struct err *ret_err);
__attribute__((warn_unused_result)) bool door_open_tcp(struct door *d, const char *where,
						       struct err *ret_err);

void door_limit(struct door *d, unsigned max_connections);
size_t door_connections(const struct door *d);

#endif
