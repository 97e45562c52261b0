/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sqlfunc.h: the SQL functions that import scripts and rules have besides SQLite's.  Each gives
 * NULL for what it cannot read; none fails.
 *
 *	truth(x)                    1 of true, yes, 1; 0 of false, no, 0; any case
 *	whole(x)                    the integer of a number or its text; decimals are cut
 *	text(x)                     x as text
 *	mac(x), uuid(x)             lower case, with colons; with hyphens
 *	address(x)                  an IP address without prefix or zone, as inet_ntop() writes it
 *	family(x), link_local(x)    of such: 4 or 6; 1 or 0
 *	fingerprint(x)              'AB:CD...' of 20 or 32 bytes in hex; '' of ''
 *	version_at_least(v, least)  1 or 0, by numbers
 *	url_host(x)                 without brackets
 *	renamed(x)                  the name that Forklift gives a machine of this name
 *	first(x)                    an aggregate: the first that is not NULL
 */
#ifndef INVENTORY_SQLFUNC_H
#define INVENTORY_SQLFUNC_H

struct sqlite3;

/* SQLITE_OK, or what went wrong. */
int sqlfunc_register(struct sqlite3 *raw);

#endif
