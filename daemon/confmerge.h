/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confmerge.h: the configuration's file and what was discovered, made into one configuration.  No
 * input or output.
 *
 *	Provider, vsphere   its URL's host: a vCenter, or an ESXi host (sdkEndpoint: esxi)
 *	Provider, ovirt     its URL's host: an engine
 *	Host, machine       an ESXi host of its Provider
 *
 *	host of an export   one of a vCenter or engine that is known, by its uid or address
 *
 *	Pod                 a node on which such a daemon runs
 *
 * What the file names counts: a target of the same name, or that asks the same port the same, is
 * left out.  What the file says of a provider of that name (ca, ports, fingerprint) holds for its
 * discovered machines, too.  Of two objects with one address the first one counts, by kind,
 * namespace and name; exports come last, and say nothing of a Provider whose machines are known.
 */
#ifndef DAEMON_CONFMERGE_H
#define DAEMON_CONFMERGE_H

struct conf;
struct conf_hint;
struct discovered;
struct exported;
struct kubeobject;

/* Where what exports name comes from. */
#define CONFMERGE_EXPORT "inventory export"

/*
 * Borrows the texts of base and of nothing else; conf_free() it before base.  What is discovered
 * counts only where base wants it.  exported NULL: none.
 */
struct conf *confmerge_new(const struct conf *base, const struct discovered *set,
			   const struct exported *exported);

/*
 * What a Provider is called: its name, or "namespace/name" where another one has that name, too.
 * The size of ret_label is CONFMERGE_LABEL_SIZE.
 */
enum { CONFMERGE_LABEL_SIZE = 512 };
void confmerge_label(const struct discovered *set, const struct kubeobject *provider,
		     char *ret_label);

#endif
