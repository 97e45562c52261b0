/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kubeobject.h: what discovery wants to know of one object of the Kubernetes API, out of its JSON.
 * No input or output.  What is missing, too long or of another type is not known.
 */
#ifndef DAEMON_KUBEOBJECT_H
#define DAEMON_KUBEOBJECT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "probes/cert.h"

/* KUBE_MACHINE is an ESXi host as Forklift's inventory service tells of it. */
enum kube_kind { KUBE_PROVIDER, KUBE_HOST, KUBE_PLAN, KUBE_POD, KUBE_MACHINE, KUBE_KIND_N };

enum { KUBE_NAME_SIZE = 254, KUBE_VERSION_SIZE = 64, KUBE_UID_SIZE = 64 };

/* "" in a name: not known. */
struct kube_ref {
	char namespace[KUBE_NAME_SIZE];
	char name[KUBE_NAME_SIZE];
};

enum kube_source { KUBE_SOURCE_OTHER, KUBE_SOURCE_VSPHERE, KUBE_SOURCE_OVIRT };

struct kube_provider {
	enum kube_source source;
	bool esxi;                   /* sdkEndpoint: esxi: the URL is one ESXi host's */
	char host[LIMIT_HOST_BYTES]; /* of the URL; "": it has none that is one */
	uint16_t port;
	struct pin pin; /* status.fingerprint */
};

/* A Host, or a machine of the inventory. */
struct kube_host {
	struct kube_ref provider;
	char address[LIMIT_HOST_BYTES]; /* name or numeric address; "": not known */
	struct pin pin;
};

struct kube_plan {
	struct kube_ref source;
	size_t machines;
	bool over; /* archived, or has succeeded: nothing of it can fail any more */
};

struct kube_pod {
	char node[KUBE_NAME_SIZE]; /* "": on none yet */
	bool ready;
};

struct kubeobject {
	enum kube_kind kind;
	struct kube_ref ref;
	char uid[KUBE_UID_SIZE];
	char version[KUBE_VERSION_SIZE]; /* resourceVersion */
	union {
		struct kube_provider provider;
		struct kube_host host;
		struct kube_plan plan;
		struct kube_pod pod;
	};
};

/* False when o is no object with a name. */
__attribute__((warn_unused_result)) bool kubeobject_read(enum kube_kind kind, const json_t *o,
							 struct kubeobject *ret_object);

/* The same of one of the inventory's hosts, which belongs to that Provider. */
__attribute__((warn_unused_result)) bool kubeobject_read_machine(const struct kube_ref *provider,
								 const json_t *o,
								 struct kubeobject *ret_object);

/* "provider", "host", "plan", "pod", "machine"; static. */
const char *kube_kind_name(enum kube_kind k);

/* By kind, namespace and name. */
int kubeobject_compare(const struct kubeobject *a, const struct kubeobject *b);

/* Nothing that discovery uses differs. */
bool kubeobject_same(const struct kubeobject *a, const struct kubeobject *b);

#endif
