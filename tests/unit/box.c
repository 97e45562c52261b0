/* SPDX-License-Identifier: Apache-2.0 */
/* box.c: see box.h. */
#include "tests/unit/box.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/ledger.h"
#include "tests/unit/unit.h"

static void fake_tell(struct sink *s, const struct alert *const *alerts, size_t count,
		      sink_done_fn *done, void *owner)
{
	assert_null(s->done);
	assert_in_range(count, 1, BOX_BATCH);
	s->done = done;
	s->owner = owner;
	s->count = count;
	s->bad = false;
	s->tells++;
	if (count > s->largest)
		s->largest = count;
	for (size_t i = 0; i < count; i++) {
		const char *subject = alerts[i]->subject;

		s->bad = s->bad || strncmp(subject, "bad", 3) == 0;
		s->batch[i].number = (size_t)strtoul(subject + 4, NULL, 10);
		s->batch[i].revision = alerts[i]->revision;
		s->batch[i].ended = !alert_active(alerts[i]);
	}
}

static void fake_close(struct sink *s)
{
	s->closed = true;
}

const struct sink_class box_events = {
	.name = "events", .batch = BOX_BATCH, .tell = fake_tell, .close = fake_close
};
const struct sink_class box_levels = { .name = "levels",
				       .wants_reminders = true,
				       .batch = BOX_BATCH,
				       .tell = fake_tell,
				       .close = fake_close };

static void on_wake(void *owner)
{
	assert_non_null(owner);
}

static struct outbox *open_box(struct box *b, const struct sink_class *class, enum severity least)
{
	return outbox_new(&(struct outbox_parts){ .name = "box",
						  .slot = 3,
						  .least = least,
						  .class = class,
						  .sink = &b->sink,
						  .ledger = b->ledger,
						  .store = b->store,
						  .resend = span_of_ms(BOX_RESEND_MS),
						  .owner = b,
						  .wake = on_wake });
}

void box_begin(struct box *b, const struct sink_class *class, struct store *store)
{
	memset(b, 0, sizeof *b);
	b->store = store;
	b->class = class;
	b->ledger = ledger_new(&(struct ledger_parts){ .store = store });
	ledger_use_slots(b->ledger, 1u << 3);
	b->now = mono_now();
	b->outbox = open_box(b, class, SEVERITY_INFO);
}

void box_limit(struct box *b, enum severity least)
{
	outbox_free(b->outbox);
	b->sink.closed = false;
	b->outbox = open_box(b, b->class, least);
}

void box_end(struct box *b)
{
	outbox_free(b->outbox);
	assert_true(b->sink.closed);
	ledger_free(b->ledger);
}

/* Alert number n, called "good N" or "bad  N"; again: another revision of it. */
struct alert *box_raise(struct box *b, const char *what, size_t n)
{
	AUTO(text) char *subject = xasprintf("%-4s%zu", what, n);
	struct alert *a =
		ledger_raise(b->ledger, &(struct alert_draft){ .kind = ALERT_PORT_CLOSED,
							       .severity = SEVERITY_WARNING,
							       .subject = subject,
							       .starts = wall_now(),
							       .labels = json_object(),
							       .annotations = json_object() });

	b->alerts[n] = a;
	return a;
}

void box_revise(struct box *b, struct alert *a)
{
	AUTO(text) char *text = xasprintf("%u", a->revision);

	ledger_annotate(b->ledger, a, (const char *[]){ "note", text, NULL });
}

static enum sink_outcome outcome_of(const struct sink *s)
{
	switch (s->mood) {
	case BOX_WELL:
		return SINK_TAKEN;
	case BOX_AWAY:
		return SINK_FAILED;
	case BOX_PICKY:
		return s->bad ? SINK_REFUSED : SINK_TAKEN;
	case BOX_UPSET:
		return s->bad ? SINK_FAILED : SINK_TAKEN;
	}
	return SINK_FAILED;
}

void box_answer(struct box *b)
{
	struct sink *s = &b->sink;
	struct sink_answer a = { .outcome = outcome_of(s), .detail = "as the test says" };
	sink_done_fn *done = s->done;

	assert_non_null(done);
	s->done = NULL;
	for (size_t i = 0; a.outcome == SINK_TAKEN && i < s->count; i++) {
		struct box_known *k = &s->known[s->batch[i].number];

		k->revision = s->batch[i].revision;
		k->ended = s->batch[i].ended;
		k->times++;
		k->at = b->now;
	}
	done(s->owner, &a);
}

struct span box_turn(struct box *b)
{
	return outbox_turn(b->outbox, b->now);
}

/* What is due is told and answered within a millisecond, until ms have passed. */
void box_run(struct box *b, int64_t ms)
{
	struct mono then = mono_add(b->now, span_of_ms(ms));

	while (!mono_before(then, b->now)) {
		struct span wait = box_turn(b);

		if (b->sink.done != NULL) {
			b->now = mono_add(b->now, span_of_ms(1));
			box_answer(b);
			continue;
		}
		assert_true(wait.ns > 0);
		b->now = mono_add(b->now, wait);
	}
	b->now = then;
}

struct outbox_stats box_stats(const struct box *b)
{
	struct outbox_stats s;

	outbox_stats(b->outbox, &s);
	return s;
}

struct outbox_owed box_owed(const struct box *b)
{
	struct outbox_owed s;

	outbox_owed(b->outbox, &s);
	return s;
}

bool box_knows(const struct box *b, const struct alert *a)
{
	return outbox_knows(b->outbox, a, b->now);
}
