/* SPDX-License-Identifier: Apache-2.0 */
/* offer.h: the machines that exports name, as the daemon may watch them. */
#ifndef INVENTORY_OFFER_H
#define INVENTORY_OFFER_H

#include <stdbool.h>

struct err;
struct inventory;

/*
 * Texts are borrowed, valid while the callback runs, and as exports have them: a provider's name
 * may be no name of the configuration, an address no address.
 */
struct offer {
	const char *provider;    /* its name, or what stands in for one */
	const char *type;        /* "vsphere" or "ovirt" */
	const char *role;        /* "vcenter", "esxi", "ovirt-engine", "ovirt-host" */
	const char *address;     /* HOST, HOST:PORT; NULL: no export tells */
	const char *name;        /* of the host, where it has one besides its address */
	const char *fingerprint; /* what its certificate is to be; NULL: no export tells */
	const char *site;    /* of a host: the Provider's uid, or vCenter's own; NULL: not known */
	const char *manager; /* of a host: its provider's address, as above; NULL: not known */
};

typedef void offer_fn(void *owner, const struct offer *o);

/* By provider: first itself, then its hosts. */
__attribute__((warn_unused_result)) bool inventory_offers(struct inventory *inv, offer_fn *fn,
							  void *owner, struct err *ret_err);

#endif
