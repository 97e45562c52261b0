/* SPDX-License-Identifier: Apache-2.0 */
/* trusts.c: see trusts.h. */
#include "daemon/trusts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/conf.h"
#include "probes/trust.h"

struct trusts {
	struct one {
		const char *path;         /* borrowed from the conf */
		struct truststore *store; /* owned */
	} * list;                         /* owned; few */
	size_t count;
};

static const struct one *find(const struct trusts *t, const char *path)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->list[i].path, path) == 0)
			return &t->list[i];
	return NULL;
}

struct trusts *trusts_new(const struct conf *conf, struct err *ret_err)
{
	struct trusts *t = xcalloc(1, sizeof *t);

	for (size_t i = 0; i < conf->target_count; i++) {
		const char *path = conf->targets[i].ca_file;
		struct truststore *store;

		if (path == NULL || find(t, path) != NULL)
			continue;
		store = truststore_new_file(path, ret_err);
		if (store == NULL) {
			(void)err_add(ret_err, "%s: ca", conf->targets[i].name);
			trusts_free(t);
			return NULL;
		}
		t->list = xreallocarray(t->list, t->count + 1, sizeof *t->list);
		t->list[t->count++] = (struct one){ .path = path, .store = store };
	}
	return t;
}

void trusts_free(struct trusts *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->count; i++)
		truststore_free(t->list[i].store);
	free(t->list);
	free(t);
}

const struct truststore *trusts_get(const struct trusts *t, const char *path)
{
	const struct one *found = path != NULL ? find(t, path) : NULL;

	MUST(path == NULL || found != NULL);
	return found != NULL ? found->store : NULL;
}
