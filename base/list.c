/* SPDX-License-Identifier: Apache-2.0 */
/* list.c: see list.h. */
#include "base/list.h"

#include "base/must.h"

void list_push_back(struct list *l, struct link *k)
{
	MUST(!link_on_list(k));
	k->next = &l->head;
	k->prev = l->head.prev;
	l->head.prev->next = k;
	l->head.prev = k;
}

void link_remove(struct link *k)
{
	if (!link_on_list(k))
		return;
	k->prev->next = k->next;
	k->next->prev = k->prev;
	k->next = k->prev = NULL;
}

struct link *list_first(const struct list *l)
{
	return list_empty(l) ? NULL : l->head.next;
}

struct link *list_next(const struct list *l, const struct link *k)
{
	return k->next == &l->head ? NULL : k->next;
}
