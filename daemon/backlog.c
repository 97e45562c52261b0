/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backlog.c: see backlog.h.
 *
 * One FIFO keeps the order, for a span must not overtake its endpoint or its touches; a second
 * list for each worth finds the oldest of that worth.  The messages of a bundle are neighbours on
 * the FIFO and of one worth.
 */
#include "daemon/backlog.h"

#include "base/must.h"

enum { BACKLOG_BYTES = 96 << 20 };

/* How many of a worth may wait for a database that cannot be written. */
static const size_t limits[MESSAGE_N] = {
	[MESSAGE_SAMPLES] = 20000,     [MESSAGE_TOUCH] = 20000,    [MESSAGE_TRACE] = 2000,
	[MESSAGE_CERTIFICATE] = 20000, [MESSAGE_DELIVERY] = 50000, [MESSAGE_EVENT] = 50000,
	[MESSAGE_SPAN] = 100000,       [MESSAGE_RETIRE] = 50000,   [MESSAGE_SILENCE] = 2000,
	[MESSAGE_ENDPOINT] = 100000,   [MESSAGE_ALERT] = 200000,   [MESSAGE_FINDINGS] = 1000,
	[MESSAGE_JUDGEMENT] = 1000,    [MESSAGE_DISCOVERED] = 10,
};

static struct message *message_of(struct link *order)
{
	return container_of(order, struct message, order);
}

static void take_off(struct backlog *b, struct message *m)
{
	link_remove(&m->order);
	link_remove(&m->kin);
	b->count[m->worth]--;
	b->total--;
	b->bytes -= m->bytes;
	b->urgent -= message_urgent(m);
	if (m->ticket != 0)
		b->left_ticket = m->ticket;
}

void backlog_init(struct backlog *b)
{
	*b = (struct backlog){ .limit_bytes = BACKLOG_BYTES };
	list_init(&b->order);
	for (size_t i = 0; i < MESSAGE_N; i++) {
		list_init(&b->kin[i]);
		b->limit[i] = limits[i];
	}
}

void backlog_done(struct backlog *b)
{
	for (struct link *k; (k = list_first(&b->order)) != NULL;) {
		struct message *m = message_of(k);

		take_off(b, m);
		message_free(m);
	}
}

static void give_up(struct backlog *b, struct message *m)
{
	take_off(b, m);
	if (m->kind == MESSAGE_SAMPLES)
		b->lost_samples++;
	else
		b->lost_records++;
	message_free(m);
}

/* With all of its bundle. */
static void give_up_oldest(struct backlog *b, enum message_kind worth)
{
	struct link *k = &container_of(list_first(&b->kin[worth]), struct message, kin)->order;
	uint64_t bundle = message_of(k)->bundle;
	struct link *next;

	do {
		next = list_next(&b->order, k);
		give_up(b, message_of(k));
		k = next;
	} while (bundle != 0 && k != NULL && message_of(k)->bundle == bundle);
}

static void make_room(struct backlog *b)
{
	for (size_t worth = 0; worth < MESSAGE_N; worth++) {
		while (b->count[worth] > b->limit[worth])
			give_up_oldest(b, (enum message_kind)worth);
		while (b->bytes > b->limit_bytes && b->count[worth] > 0)
			give_up_oldest(b, (enum message_kind)worth);
	}
}

static void append(struct backlog *b, struct message *m)
{
	list_push_back(&b->order, &m->order);
	list_push_back(&b->kin[m->worth], &m->kin);
	b->count[m->worth]++;
	b->total++;
	b->bytes += m->bytes;
	b->urgent += message_urgent(m);
}

bool backlog_put(struct backlog *b, struct list *messages)
{
	enum message_kind worth = MESSAGE_SAMPLES;
	size_t count = 0;
	bool urgent = false;

	for (struct link *k = list_first(messages); k != NULL; k = list_next(messages, k)) {
		const struct message *m = message_of(k);

		worth = m->kind > worth ? m->kind : worth;
		urgent = urgent || message_urgent(m);
		count++;
	}
	b->last_bundle += count > 1;
	for (struct link *k; (k = list_first(messages)) != NULL;) {
		struct message *m = message_of(k);

		link_remove(k);
		m->worth = worth;
		m->bundle = count > 1 ? b->last_bundle : 0;
		append(b, m);
	}
	make_room(b);
	return urgent;
}

size_t backlog_take(struct backlog *b, size_t most, struct list *into)
{
	size_t n = 0;
	uint64_t bundle = 0;

	for (struct link *k; (k = list_first(&b->order)) != NULL; n++) {
		struct message *m = message_of(k);

		if (n >= most && (m->bundle == 0 || m->bundle != bundle))
			break;
		bundle = m->bundle;
		take_off(b, m);
		list_push_back(into, &m->order);
	}
	return n;
}

const struct message *backlog_first(const struct backlog *b)
{
	struct link *k = list_first(&b->order);

	return k != NULL ? message_of(k) : NULL;
}
