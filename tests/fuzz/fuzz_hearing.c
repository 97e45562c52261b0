/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_hearing.c: what the process that judges an inventory says.  Said twice, in one piece and in
 * two, it must come to the same; what it makes is in order and fit for the history.
 */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/parse.h"
#include "daemon/hearing.h"
#include "daemon/remarks.h"

static void on_ended(void *owner, struct remark *m)
{
	(void)owner;
	remark_free(m);
}

static void must_be_in_order(const struct remarks *r)
{
	for (size_t i = 0; i < remarks_count(r); i++)
		MUST(remarks_find(r, remarks_at(r, i)) == remarks_at(r, i));
}

static void must_be_watchable(const struct exported *e)
{
	MUST(e->count <= EXPORTED_MAX && exported_same(e, e));
	for (size_t i = 0; i < e->count; i++) {
		const struct exported_host *h = &e->list[i];

		MUST(h->role == ROLE_ESXI || h->role == ROLE_OVIRT_HOST);
		MUST(parse_is_host(h->address) && strchr(h->address, '%') == NULL);
		MUST(h->manager[0] == '\0' || parse_is_host(h->manager));
		MUST(h->manager_port != 0);
	}
}

static bool hear(struct remarks *r, const struct input *in, size_t cut, size_t *ret_count)
{
	struct hearing *h;
	struct heard heard;
	bool well, complete;

	remarks_begin(r);
	h = hearing_new(r, (struct wall){ .ms = 1 });
	well = hearing_put(h, (const char *)in->data, cut) &&
	       hearing_put(h, (const char *)in->data + cut, in->len - cut);
	MUST(well == (hearing_error(h)[0] == '\0'));
	complete = hearing_complete(h, &heard);
	MUST(well || !complete);
	if (complete) {
		remarks_commit(r, on_ended, NULL);
		must_be_in_order(r);
		for (size_t i = 0; i < heard.blocked.count; i++)
			MUST(fuzz_shown(heard.blocked.list[i].plan));
		must_be_watchable(&heard.hosts);
		heard_done(&heard);
	} else {
		remarks_drop(r);
	}
	*ret_count = remarks_count(r);
	hearing_free(h);
	return complete;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	struct remarks *r = remarks_new();
	size_t counts[2];
	bool whole = hear(r, &in, 0, &counts[0]);

	/* Again, with all that is there already. */
	MUST(hear(r, &in, size / 2, &counts[1]) == whole && counts[0] == counts[1]);
	remarks_free(r);
	return 0;
}
