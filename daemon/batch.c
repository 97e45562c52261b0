/* SPDX-License-Identifier: Apache-2.0 */
/* batch.c: see batch.h. */
#include "daemon/batch.h"

#include <stdbool.h>

#include "base/log.h"
#include "base/must.h"
#include "daemon/db.h"
#include "daemon/known.h"
#include "daemon/life.h"
#include "daemon/queue.h"
#include "daemon/writer.h"

void batch_init(struct batch *b, struct queue *queue)
{
	*b = (struct batch){ .queue = queue };
	list_init(&b->list);
}

static struct message *message_of(struct link *l)
{
	return container_of(l, struct message, order);
}

void batch_done(struct batch *b)
{
	for (struct link *l; (l = list_first(&b->list)) != NULL;) {
		link_remove(l);
		message_free(message_of(l));
	}
	b->count = 0;
}

size_t batch_take(struct batch *b)
{
	if (b->count == 0)
		b->count = queue_take(b->queue, BATCH_MAX, &b->list);
	return b->count;
}

static bool is_urgent(const struct batch *b)
{
	for (struct link *l = list_first(&b->list); l != NULL; l = list_next(&b->list, l))
		if (message_urgent(message_of(l)))
			return true;
	return false;
}

static void drop(struct batch *b, struct message *m)
{
	link_remove(&m->order);
	message_free(m);
	b->count--;
	queue_done(b->queue, 0, 1);
}

/* A row that the schema will never take must not keep the others from being written… */
static void give_up(struct batch *b, struct writer *w, struct message *m)
{
	uint64_t bundle = m->bundle;
	struct link *next;

	log_warn("a record was refused by the history: %s", db_error(w->db)->text);
	db_rollback(w->db);
	known_rollback(w->known);
	if (bundle == 0) {
		drop(b, m);
		return;
	}
	/* …but for those that are to be kept with it or not at all. */
	for (struct link *l = list_first(&b->list); l != NULL; l = next) {
		next = list_next(&b->list, l);
		if (message_of(l)->bundle == bundle)
			drop(b, message_of(l));
	}
}

static bool apply(struct batch *b, struct writer *w, struct message **ret_bad)
{
	for (struct link *l = list_first(&b->list); l != NULL; l = list_next(&b->list, l)) {
		if (writer_apply(w, message_of(l)))
			continue;
		if (db_fault(db_error(w->db)) == DB_FAULT_REFUSED)
			*ret_bad = message_of(l);
		return false;
	}
	return true;
}

/* What was given up is said in the journal once it can be. */
static bool confess(const struct batch *b, struct writer *w, uint64_t lost, struct wall now)
{
	return lost == b->said_lost || writer_say_lost(w, lost - b->said_lost, now);
}

static bool last_words(struct writer *w, const struct life *life, enum batch_words words,
		       struct wall now)
{
	switch (words) {
	case BATCH_GO_ON:
		return true;
	case BATCH_ALIVE:
		return life_go_on(life, w->db, now);
	case BATCH_FLUSH:
		return writer_flush(w) && life_go_on(life, w->db, now);
	case BATCH_END:
		return writer_flush(w) && life_end(life, w->db, now);
	}
	return true;
}

enum batch_result batch_commit(struct batch *b, struct writer *w, const struct life *life,
			       enum batch_words words, struct wall now)
{
	struct message *bad = NULL;
	uint64_t lost = queue_lost(b->queue);
	bool urgent = is_urgent(b);

	if (urgent && words == BATCH_GO_ON)
		words = BATCH_ALIVE;
	w->rows = w->refused = 0;
	known_begin(w->known);
	if (!db_begin(w->db, urgent || words == BATCH_END))
		return BATCH_FAILED;
	if (!apply(b, w, &bad)) {
		if (bad == NULL)
			return BATCH_FAILED;
		give_up(b, w, bad);
		return BATCH_REFUSED;
	}
	if (!confess(b, w, lost, now) || !last_words(w, life, words, now) || !db_commit(w->db))
		return BATCH_FAILED;
	known_commit(w->known);
	b->said_lost = lost;
	queue_done(b->queue, b->count - w->refused, w->refused);
	batch_done(b);
	return BATCH_WRITTEN;
}
