/* SPDX-License-Identifier: Apache-2.0 */
/* version.h: the version as the Makefile gives it. */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define VERSION_TEXT_OF(v)       #v
#define VERSION_TEXT_OF_VALUE(v) VERSION_TEXT_OF(v)

/* "0.1.0" */
#define VERSION_TEXT VERSION_TEXT_OF_VALUE(BANKSMAN_VERSION)

#endif
