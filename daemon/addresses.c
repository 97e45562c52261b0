/* SPDX-License-Identifier: Apache-2.0 */
/* addresses.c: see addresses.h. */
#include "daemon/addresses.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/registry.h"
#include "daemon/store.h"

enum { ADDRESSES_BYTES = 4096 };

void addresses_add(struct host *h, const struct addr *addr)
{
	MUST(h->addr_count < HOST_ADDRS_MAX);
	h->addrs = xreallocarray(h->addrs, h->addr_count + 1, sizeof h->addrs[0]);
	h->addrs[h->addr_count++] = (struct known_addr){ .addr = *addr };
}

bool addresses_has(const struct host *h, const struct addr *addr)
{
	for (size_t i = 0; i < h->addr_count; i++)
		if (addr_same_host(&h->addrs[i].addr, addr))
			return true;
	return false;
}

void addresses_list(const struct host *h, struct buf *ret_text)
{
	char text[ADDR_TEXT_SIZE];

	buf_init(ret_text, ADDRESSES_BYTES);
	for (size_t i = 0; i < h->addr_count; i++) {
		addr_format(&h->addrs[i].addr, text);
		buf_printf(ret_text, "%s%s", i > 0 ? " " : "", text);
	}
}

void addresses_changed(const struct host *h, struct wall at, const struct buf *before,
		       struct store *store)
{
	struct buf now;

	addresses_list(h, &now);
	log_notice("%s: its addresses changed endpoint=%s addresses=\"%s\"", h->name, h->name,
		   buf_text(&now));
	if (store != NULL)
		store_put_event(store, &(struct store_event){ .endpoint = h->id,
							      .at = at,
							      .kind = "addresses",
							      .before = buf_text(before),
							      .after = buf_text(&now),
							      .detail = "" });
	buf_done(&now);
}
