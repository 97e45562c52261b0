/* SPDX-License-Identifier: Apache-2.0 */
/* confhost.h: hosts, addresses and ports as the configuration writes them. */
#ifndef DAEMON_CONFHOST_H
#define DAEMON_CONFHOST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"

enum { CONFHOST_MAPS_MAX = 32 }; /* port mappings of one machine or provider */

/* The documented port `from` is reached on `to`. */
struct confhost_map {
	uint16_t from;
	uint16_t to;
};

struct confhost_maps {
	struct confhost_map map[CONFHOST_MAPS_MAX];
	unsigned count;
};

/* Each of these gives the reason when it says no; it quotes the text. */

/* "902=19902", which is added to maps; the same documented port twice is refused. */
__attribute__((warn_unused_result)) bool confhost_add_map(struct confhost_maps *maps,
							  const char *text, struct err *ret_err);

/* "HOST", "HOST:PORT"; port 0: none given. */
__attribute__((warn_unused_result)) bool confhost_parse_place(const char *text,
							      char ret_host[LIMIT_HOST_BYTES],
							      uint16_t *ret_port,
							      struct err *ret_err);

/* A machine with several ports: "HOST", or "HOST:443=8443,902=19902". */
__attribute__((warn_unused_result)) bool confhost_parse_machine(const char *text,
								char ret_host[LIMIT_HOST_BYTES],
								struct confhost_maps *ret_maps,
								struct err *ret_err);

/* A mapping, a machine, a place as above. */
__attribute__((warn_unused_result)) bool confhost_check_map(const char *text, struct err *ret_err);
__attribute__((warn_unused_result)) bool confhost_check_machine(const char *text,
								struct err *ret_err);
__attribute__((warn_unused_result)) bool confhost_check_place(const char *text,
							      struct err *ret_err);

/* "ADDRESS:PORT", or "". */
__attribute__((warn_unused_result)) bool confhost_check_listen(const char *text,
							       struct err *ret_err);

/* "ADDRESS[:PORT],…" */
__attribute__((warn_unused_result)) bool confhost_check_servers(const char *text,
								struct err *ret_err);

#endif
