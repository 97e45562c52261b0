/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_history_db.c: the bytes are a history database.  It is opened, or not; then everything
 * that the daemon does with one is done, which may fail and must not crash, hang or give
 * answers that are no JSON.
 */
#include "tests/fuzz/fuzz.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "daemon/db.h"
#include "daemon/history.h"
#include "daemon/known.h"
#include "daemon/life.h"
#include "daemon/queue.h"
#include "daemon/retain.h"
#include "daemon/writer.h"
#include "probes/reason.h"

enum { TURNS = 40, PAGES = 3 };

#define NOW INT64_C(1795388054123)

static char folder[] = "/tmp/fuzz-history-XXXXXX";
static char path[sizeof folder + 16];

static void remove_files(void)
{
	static const char *const suffixes[] = { "", "-wal", "-shm", "-journal" };

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		char *name = xasprintf("%s%s", path, suffixes[i]);

		(void)unlink(name);
		free(name);
	}
}

static void at_exit(void)
{
	remove_files();
	(void)rmdir(folder);
}

static void write_file(const uint8_t *data, size_t size)
{
	int fd;

	if (path[0] == '\0') {
		MUST(mkdtemp(folder) != NULL && atexit(at_exit) == 0);
		MUST(snprintf(path, sizeof path, "%s/h.db", folder) > 0);
	}
	remove_files();
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	MUST(close(fd) == 0);
}

static void ask(struct db *d, const struct known *k, struct question q)
{
	for (int i = 0; i < PAGES; i++) {
		struct buf out;
		json_t *j;
		bool ok;

		buf_init(&out, HISTORY_ANSWER_BYTES);
		ok = history_answer(d, k, &q, (struct wall){ NOW }, &out, &q.after);
		if (ok && !buf_overflowed(&out)) {
			j = json_loads(buf_text(&out), JSON_ALLOW_NUL, NULL);
			/* SQLite does not care whether text is UTF-8, or a number too large. */
			json_decref(j);
		}
		buf_done(&out);
		if (!ok || q.after == 0)
			return;
	}
}

static void ask_all(struct db *d, const struct known *k)
{
	for (unsigned kind = 0; kind < QUESTION_N; kind++)
		for (int64_t endpoint = 0; endpoint <= 2; endpoint++)
			for (int bounded = 0; bounded < 2; bounded++)
				ask(d, k,
				    (struct question){
					    .kind = (enum question_kind)kind,
					    .endpoint = endpoint,
					    .from = { bounded ? NOW - 3600000 : INT64_MIN },
					    .to = { bounded ? NOW : INT64_MAX },
					    .limit = bounded ? 2 : 1000,
					    .ascending = bounded != 0 });
}

static void put(struct writer *w, const struct message *m)
{
	known_begin(w->known);
	if (db_begin(w->db, false) && writer_apply(w, m) && writer_flush(w) && db_commit(w->db)) {
		known_commit(w->known);
		return;
	}
	db_rollback(w->db);
	known_rollback(w->known);
}

static void put_alerts(struct writer *w)
{
	put(w, &(struct message){ .kind = MESSAGE_ALERT,
				  .endpoint = 1,
				  .alert = { .identity = "PortClosed esx1:902",
					     .name = "PortClosed",
					     .subject = "esx1:902",
					     .severity = "critical",
					     .starts = { NOW },
					     .revision = 1,
					     .labels = "{}",
					     .annotations = "{}" } });
	put(w, &(struct message){ .kind = MESSAGE_DELIVERY,
				  .delivery = { .identity = "PortClosed esx1:902",
						.starts = { NOW },
						.sink = "ops",
						.at = { NOW } } });
	put(w, &(struct message){ .kind = MESSAGE_SILENCE,
				  .silence = { .id = 1,
					       .pattern = "*",
					       .name = "",
					       .until = { NOW },
					       .why = "w",
					       .by = "root" } });
}

static void put_some(struct writer *w)
{
	put(w, &(struct message){ .kind = MESSAGE_ENDPOINT,
				  .endpoint = 1,
				  .described = { .id = 1,
						 .provider = "",
						 .role = "esxi",
						 .name = "esx1:902",
						 .host = "esx1",
						 .address = "192.0.2.1",
						 .port = 902,
						 .check = "authd" } });
	put(w, &(struct message){ .kind = MESSAGE_TOUCH, .endpoint = 1, .touch = { .count = 1 } });
	put(w, &(struct message){ .kind = MESSAGE_SPAN,
				  .endpoint = 1,
				  .span = { .endpoint = 1,
					    .aspect = ASPECT_PORT,
					    .value = REASON_REFUSED,
					    .since = { NOW },
					    .event = true,
					    .from = STATE_NOTHING } });
	put(w, &(struct message){ .kind = MESSAGE_SAMPLES,
				  .endpoint = 1,
				  .samples = { .endpoint = 1,
					       .start = { NOW - 7200000 },
					       .interval = { INT64_C(10000000000) },
					       .count = 2 } });
	put(w, &(struct message){ .kind = MESSAGE_RETIRE, .endpoint = 2, .at = { NOW } });
}

static void use(struct db *d, struct known *k)
{
	struct life life = { .started = { NOW }, .node = "n", .version = "v" };
	struct writer w = { .db = d, .known = k, .started = { NOW } };
	struct retain r = { .conf = { .keep = span_of_ms(INT64_C(90) * 86400000),
				      .keep_samples = span_of_ms(INT64_C(14) * 86400000),
				      .max_bytes = 20000 } };
	struct store_pasts pasts;
	bool begun;

	if (!life_begin(&life, d, (struct wall){ NOW }, &begun))
		return;
	if (history_past(d, &pasts))
		store_past_free(&pasts);
	ask_all(d, k);
	db_set_deadline(d, (struct mono){ 0 });
	put_some(&w);
	put_alerts(&w);
	for (int i = 0; i < TURNS && r.stage != RETAIN_DONE; i++)
		if (!retain_turn(&r, d, &(struct retain_times){ { NOW }, { NOW } }))
			break;
	ask_all(d, k);
	(void)db_checkpoint(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct known *k = known_new();
	struct err e = { .text = "" };
	bool is_new;
	struct db *d;

	write_file(data, size);
	d = db_open(path, DB_WRITE, k, &is_new, &e);
	if (d != NULL)
		use(d, k);
	else
		MUST(e.text[0] != '\0');
	db_close(d);
	known_free(k);
	return 0;
}
