/* SPDX-License-Identifier: Apache-2.0 */
/* exports.h: the exports that a verb was given, read into an inventory. */
#ifndef CLI_EXPORTS_H
#define CLI_EXPORTS_H

struct inventory;
struct options;
struct term;

/*
 * Reads all files, and shows what a person should know of them, and how far it is, on standard
 * error.  NULL, having said why, when one cannot be read.
 */
struct inventory *exports_read(const struct options *o, const struct term *t);

#endif
