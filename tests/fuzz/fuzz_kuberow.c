/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_kuberow.c: what a database that may not be ours says that discovery knew.  The first byte
 * says of which kind; the rest is the text.
 */
#include "daemon/kuberow.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/discovered.h"
#include "tests/fuzz/fuzz.h"

/* What was read is written and read again without a loss. */
static void there_and_back(const struct discovered *d, enum kube_kind kind)
{
	struct discovered *back = discovered_new();
	struct buf text;
	size_t at = 0;

	buf_init(&text, SIZE_MAX);
	MUST(kuberow_put(d, kind, SIZE_MAX, &at, &text));
	MUST(kuberow_read(kind, buf_text(&text), (struct wall){ 2 }, back));
	buf_done(&text);
	MUST(discovered_count(back, kind) == discovered_count(d, kind));
	for (size_t i = 0; i < discovered_count(d, kind); i++)
		MUST(kubeobject_same(discovered_get(back, kind, i), discovered_get(d, kind, i)));
	discovered_free(back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct discovered *d;
	enum kube_kind kind;
	char *text;

	if (size == 0)
		return 0;
	kind = (enum kube_kind)(data[0] % KUBE_KIND_N);
	text = xstrndup((const char *)data + 1, size - 1);
	d = discovered_new();
	if (!kuberow_read(kind, text, (struct wall){ 1 }, d))
		MUST(discovered_count(d, kind) == 0);
	there_and_back(d, kind);
	discovered_free(d);
	free(text);
	return 0;
}
