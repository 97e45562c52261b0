/* SPDX-License-Identifier: Apache-2.0 */
/* list.h: an intrusive doubly linked list; the link is a field of the listed struct. */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct link {
	struct link *next; /* NULL while on no list */
	struct link *prev;
};

/* A list is a link that points to itself when empty. */
struct list {
	struct link head;
};

static inline void list_init(struct list *l)
{
	l->head.next = l->head.prev = &l->head;
}

static inline bool list_empty(const struct list *l)
{
	return l->head.next == &l->head;
}

static inline bool link_on_list(const struct link *k)
{
	return k->next != NULL;
}

void list_push_back(struct list *l, struct link *k);

/* Takes k off its list; harmless when it is on none. */
void link_remove(struct link *k);

/* The first link, still on the list; NULL when empty. */
struct link *list_first(const struct list *l);

/* The link behind k; NULL at the end. */
struct link *list_next(const struct list *l, const struct link *k);

#endif
