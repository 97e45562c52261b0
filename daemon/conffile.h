/* SPDX-License-Identifier: Apache-2.0 */
/* conffile.h: files that the configuration names. */
#ifndef DAEMON_CONFFILE_H
#define DAEMON_CONFFILE_H

#include <stdbool.h>

#include "daemon/confread.h"

/*
 * Each is true when file is NULL, or files are not looked at (r->files); else it fails at
 * PLACE.KEY with the reason.
 */

/* The file holds certificates; the key is "ca". */
__attribute__((warn_unused_result)) bool conffile_check_ca(const struct confread *r,
							   const char *place, const char *file);

/* The file can be read and holds something, but not much.  What it holds is not kept. */
__attribute__((warn_unused_result)) bool conffile_check_secret(const struct confread *r,
							       const char *place, const char *key,
							       const char *file);

#endif
