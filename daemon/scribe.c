/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scribe.c: see scribe.h.
 *
 *	             trouble                 trouble
 *	closed <---------------- open ------------------> paused (the same connection)
 *	   `------- open ---------^ ^------- next try -------'
 *
 * Only scribe_open() opens, only fail() decides what a failure leads to.
 */
#include "daemon/scribe.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"
#include "daemon/batch.h"
#include "daemon/belief.h"
#include "daemon/db.h"
#include "daemon/dbfile.h"
#include "daemon/health.h"
#include "daemon/history.h"
#include "daemon/known.h"
#include "daemon/life.h"
#include "daemon/queue.h"
#include "daemon/retain.h"
#include "daemon/writer.h"

enum {
	ALIVE_MS = 1000,      /* between two signs of life */
	FLUSH_MS = 5 * 60000, /* counts and sightings may be so far behind */
	PASS_MS = 3600000,    /* between two passes of retention */
	FIRST_PASS_MS = 30000,
	TURN_MS = 250, /* what can wait behind questions and messages waits so long */
	PAUSE_FIRST_MS = 50,
	PAUSE_MAX_MS = 1000,
	ASIDE_MS = 60000,         /* least time between two databases set aside */
	OVER_MS = 60000,          /* between two passes while the file is too large */
	WAL_SHARE = 8,            /* part of the bound that is kept free for the WAL… */
	WAL_SHARE_MAX = 24 << 20, /* …at most */
	WAL_PAGE_BYTES = 2048,
	FINISH_STEP_MS = 20,
};

struct scribe {
	char *path;          /* owned */
	char *node;          /* owned */
	char *version;       /* owned */
	uint64_t max_bytes;  /* of the database and its WAL */
	int wal_pages;       /* checkpoint when there are more, when idle when half so many */
	struct queue *queue; /* borrowed */
	struct known *known; /* owned */
	struct db *db;       /* owned; NULL: closed */
	struct db *reader;   /* owned; NULL while db is */
	bool fresh;          /* a database was made anew, and the loop does not know yet */
	int lock_fd;         /* -1 while closed */
	struct dbfile file;  /* what is open */
	struct life life;
	struct writer writer;
	struct retain retain;
	struct belief belief;
	struct batch batch;
	struct mono alive; /* next sign of life */
	struct mono flush;
	struct mono pass; /* next pass of retention */
	struct mono turn; /* then what can wait has waited enough */
	bool trouble;
	struct span pause;
	struct mono retry; /* with trouble */
	bool was_aside;
	struct mono aside; /* when a database was set aside last */
	struct health health;
};

static struct mono in_ms(int64_t ms)
{
	return mono_add(mono_now(), span_of_ms(ms));
}

static bool reached(struct mono t)
{
	return !mono_before(mono_now(), t);
}

struct scribe *scribe_new(const struct store_conf *conf, struct queue *queue)
{
	struct scribe *k = xcalloc(1, sizeof *k);
	uint64_t wal = conf->max_bytes / WAL_SHARE;

	if (wal > WAL_SHARE_MAX)
		wal = WAL_SHARE_MAX;
	k->path = xstrdup(conf->path);
	k->node = xstrdup(conf->node);
	k->version = xstrdup(conf->version);
	k->max_bytes = conf->max_bytes;
	k->wal_pages = (int)(wal / 2 / WAL_PAGE_BYTES);
	k->queue = queue;
	k->known = known_new();
	k->lock_fd = -1;
	k->life = (struct life){ .started = wall_now(), .node = k->node, .version = k->version };
	k->writer = (struct writer){ .known = k->known, .started = k->life.started };
	belief_begin(&k->belief, k->life.started, k->life.started, mono_now());
	k->retain = (struct retain){ .conf = {
		.keep = conf->keep_spans,
		.keep_samples = conf->keep_samples,
		.max_bytes = (int64_t)(conf->max_bytes - wal),
	}, .stage = RETAIN_DONE };
	batch_init(&k->batch, queue);
	k->flush = in_ms(FLUSH_MS);
	k->pass = in_ms(FIRST_PASS_MS);
	health_init(&k->health);
	return k;
}

static void close_databases(struct scribe *k)
{
	db_close(k->reader);
	db_close(k->db);
	k->reader = k->db = k->writer.db = NULL;
}

static void close_all(struct scribe *k)
{
	close_databases(k);
	if (k->lock_fd >= 0)
		(void)close(k->lock_fd);
	k->lock_fd = -1;
}

void scribe_free(struct scribe *k)
{
	if (k == NULL)
		return;
	close_all(k);
	batch_done(&k->batch);
	known_free(k->known);
	health_done(&k->health);
	free(k->path);
	free(k->node);
	free(k->version);
	free(k);
}

void scribe_stats(struct scribe *k, struct store_stats *ret_stats)
{
	health_stats(&k->health, ret_stats);
	queue_stats(k->queue, ret_stats);
}

/* ---- trouble */

/* Only what is certainly ours and certainly broken; and not every second on a dying disk. */
static bool set_aside(struct scribe *k, const struct err *why)
{
	char name[512];
	struct err e;

	if (k->was_aside && !reached(mono_add(k->aside, span_of_ms(ASIDE_MS))))
		return false;
	if (!dbfile_set_aside(k->path, wall_now(), name, sizeof name, &e)) {
		log_error("the corrupt history could not be set aside: %s", e.text);
		return false;
	}
	log_error("the history is corrupt and was set aside: %s path=%s aside=%s", why->text,
		  k->path, name);
	health_set_aside(&k->health, name);
	k->was_aside = true;
	k->aside = mono_now();
	return true;
}

/* Waits twice as long as the last time. */
static void pause_longer(struct scribe *k)
{
	int64_t ms = k->pause.ns == 0 ? PAUSE_FIRST_MS : span_ms(k->pause) * 2;

	k->pause = span_of_ms(ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS);
	k->retry = mono_add(mono_now(), k->pause);
}

/* Something with the database went wrong: what now, and when again. */
static void fail(struct scribe *k, const struct err *why)
{
	struct err e = *why;
	enum db_fault fault = db_fault(&e);

	if (k->db != NULL)
		db_rollback(k->db);
	known_rollback(k->known);
	if (health_failure(&k->health, &e))
		queue_say_news(k->queue);
	if (!k->trouble)
		log_warn("the history cannot be written, continuing without: %s path=%s", e.text,
			 k->path);
	k->trouble = true;
	pause_longer(k);
	/* The connection is as good as before; the writer is on it unless opening failed. */
	if ((fault == DB_FAULT_BUSY || fault == DB_FAULT_FULL) && k->writer.db != NULL)
		return;
	close_databases(k);
	if (fault == DB_FAULT_CORRUPT && k->lock_fd >= 0 && set_aside(k, &e))
		k->retry = mono_now();
	close_all(k);
}

/* ---- opening */

static bool open_both(struct scribe *k, struct err *ret_err)
{
	bool is_new = false;
	bool ignored;

	k->lock_fd = dbfile_lock(k->path, ret_err);
	if (k->lock_fd < 0) {
		ret_err->code = 0; /* an errno means other things to db_fault() */
		return false;
	}
	k->db = db_open(k->path, DB_WRITE, k->known, &is_new, ret_err);
	if (k->db == NULL)
		return false;
	k->fresh = k->fresh || is_new;
	k->reader = db_open(k->path, DB_READ, k->known, &ignored, ret_err);
	return k->reader != NULL;
}

static bool begin_life(struct scribe *k, struct err *ret_err)
{
	bool begun;

	if (!life_begin(&k->life, k->db, wall_now(), &begun)) {
		*ret_err = *db_error(k->db);
		return false;
	}
	if (begun) {
		known_forget(k->known);
		belief_begin(&k->belief, k->life.believed, wall_now(), mono_now());
		k->life.believed = k->belief.at;
	}
	return true;
}

void scribe_open(struct scribe *k)
{
	struct err e;

	MUST(k->db == NULL);
	if (!open_both(k, &e) || !begin_life(k, &e)) {
		fail(k, &e);
		return;
	}
	k->writer.db = k->db;
	k->alive = mono_now(); /* the first commit shows that it can be written */
	dbfile_look(k->path, &k->file);
	if (k->fresh) {
		log_notice("a new history begins path=%s", k->path);
		queue_say_fresh(k->queue);
	}
	k->fresh = false;
}

void scribe_past(struct scribe *k, struct store_pasts *ret_pasts)
{
	*ret_pasts = (struct store_pasts){ 0 };
	if (k->db == NULL)
		return;
	if (history_past(k->db, ret_pasts))
		ret_pasts->seen = k->life.earlier;
	else
		fail(k, db_error(k->db));
}

/* ---- writing */

/* One transaction with all that is in hand.  False: trouble, or one message less. */
static bool commit(struct scribe *k, enum batch_words words)
{
	struct mono began = mono_now();
	struct wall now = wall_now();

	switch (batch_commit(&k->batch, &k->writer, &k->life, words, now)) {
	case BATCH_WRITTEN:
		break;
	case BATCH_REFUSED:
		return false;
	case BATCH_FAILED:
		fail(k, db_error(k->db));
		return false;
	}
	if (health_commit(&k->health, mono_sub(mono_now(), began), k->writer.rows, now))
		queue_say_news(k->queue);
	if (k->trouble)
		log_notice("the history is written again path=%s", k->path);
	k->trouble = false;
	k->pause = (struct span){ 0 };
	if (words != BATCH_GO_ON)
		k->alive = in_ms(ALIVE_MS);
	return true;
}

/* Somebody moved or deleted the file: what we hold open has no name any more. */
static bool file_is_gone(struct scribe *k)
{
	struct dbfile now;

	dbfile_look(k->path, &now);
	health_bytes(&k->health, now.bytes);
	if (now.bytes > k->max_bytes && k->retain.stage == RETAIN_DONE &&
	    mono_before(in_ms(OVER_MS), k->pass))
		k->pass = in_ms(OVER_MS);
	return !dbfile_same(&k->file, &now);
}

/* What can wait: one turn of it. */
static void idle(struct scribe *k)
{
	struct retain_times times;

	k->turn = in_ms(TURN_MS);
	if (db_wal_pages(k->db) > k->wal_pages / 2) {
		if (!db_checkpoint(k->db))
			fail(k, db_error(k->db));
		return;
	}
	if (k->retain.stage == RETAIN_DONE) {
		if (!reached(k->pass))
			return;
		retain_begin(&k->retain);
	}
	times = (struct retain_times){ wall_now(), belief_now(&k->belief) };
	if (!retain_turn(&k->retain, k->db, &times))
		fail(k, db_error(k->db));
	else if (k->retain.stage == RETAIN_DONE) {
		k->pass = in_ms(PASS_MS);
		/* Only a checkpoint makes the file as small as the database has become. */
		if (!db_checkpoint(k->db))
			fail(k, db_error(k->db));
	}
}

static void work(struct scribe *k)
{
	bool flush = reached(k->flush);
	bool alive = reached(k->alive);
	bool waited = reached(k->turn);

	belief_look(&k->belief, wall_now(), mono_now());
	k->life.believed = k->belief.at;
	if (k->trouble && !reached(k->retry))
		return;
	if (k->db != NULL && alive && file_is_gone(k)) {
		fail(k, &(struct err){ .text = "the file was moved or deleted" });
		return;
	}
	if (k->db == NULL) {
		scribe_open(k);
		return;
	}
	if (batch_take(&k->batch) == 0 && !flush && !alive) {
		idle(k);
		return;
	}
	if (!commit(k, flush ? BATCH_FLUSH : alive ? BATCH_ALIVE : BATCH_GO_ON))
		return;
	if (flush) {
		k->flush = in_ms(FLUSH_MS);
		known_tidy(k->known);
	}
	if (db_wal_pages(k->db) > k->wal_pages && !db_checkpoint(k->db))
		fail(k, db_error(k->db));
	if (waited && !k->trouble)
		idle(k);
}

/* ---- questions */

static void answer(struct scribe *k, struct ask *a)
{
	struct err e = { .text = "" };

	buf_init(&a->json, HISTORY_ANSWER_BYTES);
	if (a->question.endpoint == 0 && history_about_one(a->question.kind)) {
		text_printf(a->error, sizeof a->error, "this question is about one endpoint");
	} else if (k->reader == NULL) {
		struct store_stats stats;

		health_stats(&k->health, &stats);
		text_printf(a->error, sizeof a->error, "the history cannot be read now: %s",
			    stats.trouble);
	} else if (!history_answer(k->reader, k->known, &a->question, wall_now(), &a->json,
				   &a->next)) {
		e = *db_error(k->reader);
		text_printf(a->error, sizeof a->error, "%s",
			    db_fault(&e) == DB_FAULT_TIME
				    ? "this would take too long: ask about less"
				    : e.text);
	} else if (buf_overflowed(&a->json)) {
		text_printf(a->error, sizeof a->error,
			    "the answer is too long: ask for fewer rows");
	}
	if (k->reader != NULL)
		db_rollback(k->reader); /* a statement half read would hold the WAL */
	queue_answer(k->queue, a);
	if (db_fault(&e) == DB_FAULT_CORRUPT)
		fail(k, &e);
}

/* ---- the thread */

static struct mono next_time(const struct scribe *k)
{
	struct mono t = k->alive;

	if (k->trouble)
		return k->retry;
	if (k->db == NULL || k->retain.stage != RETAIN_DONE ||
	    db_wal_pages(k->db) > k->wal_pages / 2)
		return mono_now();
	if (mono_before(k->pass, t))
		t = k->pass;
	return mono_before(k->flush, t) ? k->flush : t;
}

/* Writes what is left, as long as there is time; then this life ends in order. */
static void finish(struct scribe *k)
{
	struct mono deadline = { 0 };
	bool ended = false;
	bool last;

	while (queue_stopping(k->queue, &deadline) && !ended) {
		bool trouble = k->trouble && !reached(k->retry);

		if (trouble || k->db == NULL) {
			if (reached(deadline))
				break;
			if (trouble)
				(void)poll(NULL, 0, FINISH_STEP_MS);
			else
				scribe_open(k);
			continue;
		}
		last = batch_take(&k->batch) == 0;
		ended = commit(k, last ? BATCH_END : BATCH_GO_ON) && last;
	}
}

void scribe_run(struct scribe *k)
{
	for (;;) {
		enum queue_wake wake = queue_wait(k->queue, next_time(k), !k->trouble);
		struct ask *a;

		if (wake == QUEUE_STOP)
			break;
		if (wake == QUEUE_ASKS) {
			a = queue_take_ask(k->queue);
			if (a != NULL)
				answer(k, a);
		}
		/* Questions come first, but not for ever: who asks without a pause stops nothing. */
		if (wake != QUEUE_ASKS || reached(k->alive) || reached(k->turn))
			work(k);
	}
	finish(k);
}
