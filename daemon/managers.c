/* SPDX-License-Identifier: Apache-2.0 */
/* managers.c: see managers.h. */
#include "daemon/managers.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/exported.h"
#include "daemon/rendezvous.h"

void managers_init(struct managers *m, size_t most)
{
	*m = (struct managers){ .size = most };
	m->list = xcalloc(most + 1, sizeof *m->list);
	hashset_init(&m->by_uid, most);
	hashset_init(&m->by_place, most);
}

void managers_done(struct managers *m)
{
	hashset_done(&m->by_place);
	hashset_done(&m->by_uid);
	free(m->list);
}

/* Uids and hosts are compared without regard to case. */
static uint64_t hash(const char *text)
{
	char lower[LIMIT_HOST_BYTES] = "";

	for (size_t i = 0; i + 1 < sizeof lower && text[i] != '\0'; i++)
		lower[i] = (char)tolower((unsigned char)text[i]);
	return rendezvous_hash(lower);
}

static int compare_uids(const void *a, const void *b)
{
	const struct manager *x = a;
	const struct manager *y = b;

	return x->role != y->role ? 1 : strcasecmp(x->uid, y->uid);
}

static int compare_places(const void *a, const void *b)
{
	const struct manager *x = a;
	const struct manager *y = b;

	return x->role != y->role || x->port != y->port ? 1 : strcasecmp(x->host, y->host);
}

static const void **slot_of_uid(struct managers *m, const struct manager *key)
{
	return hashset_slot(&m->by_uid, key, hash(key->uid), compare_uids);
}

static const void **slot_of_place(struct managers *m, const struct manager *key)
{
	return hashset_slot(&m->by_place, key, hash(key->host) + key->port, compare_places);
}

void managers_add(struct managers *m, const struct manager *one)
{
	struct manager *kept = &m->list[m->count];
	const void **slot;

	MUST(m->count < m->size);
	*kept = *one;
	m->count++;
	if (one->uid[0] != '\0' && *(slot = slot_of_uid(m, one)) == NULL)
		*slot = kept;
	if (one->host[0] == '\0')
		return;
	slot = slot_of_place(m, one);
	if (*slot == NULL)
		*slot = kept;
	else if (one->complete)
		m->list[(const struct manager *)*slot - m->list].complete = true;
}

const struct manager *managers_find(struct managers *m, const struct exported_host *h)
{
	struct manager key = { .role = h->role == ROLE_ESXI ? ROLE_VCENTER : ROLE_OVIRT_ENGINE,
			       .uid = h->site,
			       .host = h->manager,
			       .port = h->manager_port };
	const struct manager *found = h->site[0] != '\0' ? *slot_of_uid(m, &key) : NULL;

	if (found == NULL && h->manager[0] != '\0')
		found = *slot_of_place(m, &key);
	return found;
}
