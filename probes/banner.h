/* SPDX-License-Identifier: Apache-2.0 */
/* banner.h: the line with which ESXi's authentication daemon greets on port 902. */
#ifndef PROBES_BANNER_H
#define PROBES_BANNER_H

#include <stdbool.h>
#include <stddef.h>

struct banner {
	char version[32]; /* "1.10" */
	bool ssl_required;
	bool nfc_ssl; /* "NFCSSL supported" */
	bool sha256;  /* "SHA256 supported" */
};

/*
 * Reads one line without its CR LF, of the shape "220 VMware Authentication
 * Daemon Version 1.10: SSL Required, …".  False when another service speaks.
 */
__attribute__((warn_unused_result)) bool banner_parse(const char *line, size_t len,
						      struct banner *ret_banner);

#endif
