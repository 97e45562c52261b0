/* SPDX-License-Identifier: Apache-2.0 */
/*
 * client.h: HTTP to the daemon over its socket, one question at a time.  The command's other file
 * that knows libcurl is prometheus.c.
 */
#ifndef CLI_CLIENT_H
#define CLI_CLIENT_H

#include "base/clock.h"
#include "cli/response.h"

struct client;
struct err;

/* socket_path is borrowed.  NULL with a message when it cannot be a socket's. */
struct client *client_new(const char *socket_path, struct err *ret_err);
void client_free(struct client *c);

/*
 * Asks for target ("/v1/status?…") with patience for the whole reply; POST when body is not NULL.
 * Returns as response_read() does.
 */
int client_ask(struct client *c, const char *target, const char *body, struct span patience,
	       json_t **ret_object, struct err *ret_err);

/* The same with DELETE. */
int client_delete(struct client *c, const char *target, struct span patience, json_t **ret_object,
		  struct err *ret_err);

/*
 * Asks for a stream of objects, a line each, which take gets as they come.  STATUS_CLEAR when take
 * wants no more; else the exit status and why, the daemon's end of the stream included.
 */
int client_follow(struct client *c, const char *target, response_line_fn *take, void *owner,
		  struct err *ret_err);

#endif
