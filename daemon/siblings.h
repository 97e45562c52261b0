/* SPDX-License-Identifier: Apache-2.0 */
/* siblings.h: what endpoints of one machine or one provider say about each other's certificates. */
#ifndef DAEMON_SIBLINGS_H
#define DAEMON_SIBLINGS_H

#include <stdbool.h>

struct endpoint;
struct facts;
struct verdict;

/* ESXi 902 must show the certificate of 443; an oVirt host's must lead to its engine's CA. */
void siblings_judge(const struct endpoint *e, struct verdict *v);

/* An oVirt host before its engine has told its CA: nothing can be said of its trust yet. */
bool siblings_await_ca(const struct endpoint *e);

/* Keeps the CA that an engine offers in f for the hosts of its provider. */
void siblings_keep_ca(const struct endpoint *e, const struct facts *f);

/* Whose certificate ought to be the same as e's; NULL: nobody's. */
struct endpoint *siblings_twin(const struct endpoint *e);

#endif
