/* SPDX-License-Identifier: Apache-2.0 */
/* kept.c: see kept.h. */
#include "tests/unit/kept.h"

#include <dirent.h>
#include <event2/event.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/dbfunc.h"
#include "probes/reason.h"

enum { PATIENCE_MS = 20000 };

void kept_init(struct kept *k, const char *parent)
{
	const char *folder = parent != NULL ? parent : getenv("TMPDIR"); /* NOLINT: one thread */

	*k = (struct kept){ .conf = { .node = "n1",
				      .version = "test",
				      .keep_spans = span_of_ms(INT64_C(90) * 86400000),
				      .keep_samples = span_of_ms(INT64_C(14) * 86400000),
				      .max_bytes = 1 << 28 } };
	MUST(snprintf(k->folder, sizeof k->folder, "%s/kept-XXXXXX",
		      folder != NULL ? folder : "/tmp") < (int)sizeof k->folder);
	MUST(mkdtemp(k->folder) != NULL);
	MUST(snprintf(k->path, sizeof k->path, "%s/history.db", k->folder) > 0);
	k->conf.path = k->path;
	k->base = event_base_new();
	MUST(k->base != NULL);
}

static void on_fresh(void *owner)
{
	struct kept *k = owner;

	k->fresh++;
}

void kept_open(struct kept *k)
{
	MUST(k->store == NULL);
	k->store = store_new(&k->conf, k->base, on_fresh, k);
	MUST(k->store != NULL);
}

void kept_start(struct kept *k)
{
	struct err e;

	MUST(store_start(k->store, &e));
}

void kept_close(struct kept *k)
{
	store_free(k->store, span_of_ms(PATIENCE_MS));
	k->store = NULL;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void kept_done(struct kept *k)
{
	if (k->store != NULL)
		kept_close(k);
	event_base_free(k->base);
	MUST(nftw(k->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

struct store_stats kept_stats(struct kept *k)
{
	struct store_stats s;

	store_stats(k->store, &s);
	return s;
}

void kept_wait(struct kept *k, bool (*test)(struct kept *k))
{
	struct mono end = mono_add(mono_now(), span_of_ms(PATIENCE_MS));

	while (!test(k)) {
		MUST(mono_before(mono_now(), end));
		MUST(event_base_loop(k->base, EVLOOP_NONBLOCK) >= 0);
		(void)poll(NULL, 0, 1);
	}
}

static bool settled(struct kept *k)
{
	return kept_stats(k).queued == 0;
}

void kept_settle(struct kept *k)
{
	kept_wait(k, settled);
}

void kept_enrol(struct kept *k, int64_t id)
{
	AUTO(text) char *name = xasprintf("esx%lld:902", (long long)id);
	AUTO(text) char *address = xasprintf("192.0.2.%lld", (long long)id);

	store_put_endpoint(k->store, &(struct store_endpoint){
					     .id = id,
					     .provider = "site",
					     .role = "esxi",
					     .name = name,
					     .host = "esx.example.com",
					     .address = address,
					     .port = 902,
					     .check = "authd",
				     });
}

void kept_span(struct kept *k, int64_t id, int reason, int64_t since_ms)
{
	store_put_span(k->store, &(struct store_span){ .endpoint = id,
						       .aspect = ASPECT_PORT,
						       .value = reason,
						       .since = { since_ms } });
}

void kept_change(struct kept *k, int64_t id, int from, int to, int64_t since_ms)
{
	store_put_span(k->store, &(struct store_span){ .endpoint = id,
						       .aspect = ASPECT_PORT,
						       .value = to,
						       .since = { since_ms },
						       .event = true,
						       .from = from });
}

struct waiting {
	char *text;
	int64_t next;
};

static void on_answer(void *owner, const struct answer *a)
{
	struct waiting *w = owner;

	MUST(w->text == NULL);
	w->text = a->error != NULL ? xasprintf("error: %s", a->error) : xstrndup(a->json, a->len);
	w->next = a->next;
}

char *kept_ask_next(struct kept *k, const struct question *q, int64_t *ret_next)
{
	struct waiting w = { 0 };
	struct mono end = mono_add(mono_now(), span_of_ms(PATIENCE_MS));

	MUST(store_ask(k->store, q, on_answer, &w) != NULL);
	MUST(w.text == NULL);
	while (w.text == NULL) {
		MUST(mono_before(mono_now(), end));
		MUST(event_base_loop(k->base, EVLOOP_ONCE) >= 0);
	}
	*ret_next = w.next;
	return w.text;
}

char *kept_ask(struct kept *k, const struct question *q)
{
	int64_t next;

	return kept_ask_next(k, q, &next);
}

struct question kept_question(enum question_kind kind, int64_t endpoint)
{
	return (struct question){ .kind = kind,
				  .endpoint = endpoint,
				  .from = { INT64_MIN },
				  .to = { INT64_MAX },
				  .limit = 1000 };
}

char *kept_sql(const char *path, const char *sql)
{
	sqlite3 *raw;
	sqlite3_stmt *s = NULL;
	char *text;

	MUST(sqlite3_open(path, &raw) == SQLITE_OK);
	MUST(sqlite3_busy_timeout(raw, PATIENCE_MS) == SQLITE_OK);
	MUST(dbfunc_register(raw, NULL) == SQLITE_OK);
	if (sqlite3_prepare_v2(raw, sql, -1, &s, NULL) != SQLITE_OK)
		text = xasprintf("error: %s", sqlite3_errmsg(raw));
	else if (sqlite3_step(s) == SQLITE_ROW && sqlite3_column_text(s, 0) != NULL)
		text = xstrdup((const char *)sqlite3_column_text(s, 0));
	else
		text = xstrdup("");
	(void)sqlite3_finalize(s);
	MUST(sqlite3_close(raw) == SQLITE_OK);
	return text;
}

void kept_expect(const struct kept *k, const char *sql, const char *result)
{
	AUTO(text) char *text = kept_sql(k->path, sql);

	if (strcmp(text, result) == 0)
		return;
	(void)fprintf(stderr, "%s\n  is  %s\n  not %s\n", sql, text, result);
	abort();
}

void kept_scribble(const char *path, long offset, const void *p, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	MUST(fd >= 0 && pwrite(fd, p, len, offset) == (ssize_t)len);
	(void)close(fd);
}

unsigned kept_files(const struct kept *k, const char *word)
{
	DIR *d = opendir(k->folder);
	unsigned n = 0;

	MUST(d != NULL);
	for (const struct dirent *e; (e = readdir(d)) != NULL;) /* NOLINT: one thread reads it */
		n += strstr(e->d_name, word) != NULL;
	(void)closedir(d);
	return n;
}
