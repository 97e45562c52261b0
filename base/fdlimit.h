/* SPDX-License-Identifier: Apache-2.0 */
/* fdlimit.h: how many files this process may have open. */
#ifndef BASE_FDLIMIT_H
#define BASE_FDLIMIT_H

#include <stddef.h>

/*
 * Raises the limit towards wanted, as far as the hard limit lets it; never lowers it.
 * Returns the limit then in force.
 */
size_t fdlimit_raise(size_t wanted);

#endif
