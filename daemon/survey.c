/* SPDX-License-Identifier: Apache-2.0 */
/*
 * survey.c: see survey.h.
 *
 *	ADOPTING -- what the history knows is known, or cannot be --> IDLE <--.
 *	                                                               |      |
 *	                       something has changed, and it has rested |     | it ended
 *	                                                               v      |
 *	                                                            JUDGING --'
 */
#include "daemon/survey.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"
#include "base/when.h"
#include "daemon/blocked.h"
#include "daemon/conf.h"
#include "daemon/confsame.h"
#include "daemon/exportwatch.h"
#include "daemon/remarks.h"
#include "daemon/store.h"
#include "daemon/surveypast.h"
#include "daemon/surveyrun.h"
#include "daemon/surveysum.h"
#include "daemon/surveytell.h"

enum {
	SETTLE_MS = 1000,
	RESCAN_MS = 60 * 1000,
	PATIENCE_MS = 10 * 60 * 1000,
	REST_MS = 1000,            /* between two judgements, or as long as the last one took */
	RETRY_MS = 10 * 60 * 1000, /* after one that failed, if nothing changes before */
	EXPORTS = 0,               /* folders of the watch */
	RULES = 1,
};

enum stage { STAGE_ADOPTING, STAGE_IDLE, STAGE_JUDGING };

struct survey {
	struct survey_parts parts;
	char *directory, *rules; /* owned: the watch outlives a conf */
	struct remarks *remarks;
	struct surveypast *past; /* NULL: no history is kept */
	struct exportwatch *watch;
	struct event turn;
	enum stage stage;
	bool wanted; /* a judgement */
	struct mono not_before;
	struct surveyrun *run; /* the last; may have ended */
	struct mono began;
	struct wall judging, judged; /* ms 0: none */
	json_t *reading;             /* the files that are judged; owned */
	struct span took;
	json_t *files; /* that were judged; owned; NULL: none */
	struct heard heard;
	bool pending; /* no attempt has ended since the folder is watched */
	char trouble[SURVEYRUN_WHY_SIZE];
	uint64_t judgements, failures;
};

static void wake(struct survey *s, struct span wait)
{
	struct timeval tv = span_timeval(wait);

	MUST(event_add(&s->turn, &tv) == 0);
}

static void want(struct survey *s, struct span wait)
{
	s->wanted = true;
	wake(s, wait);
}

/* ---- what follows from a judgement */

static void put_past(struct survey *s)
{
	struct survey_facts f;

	survey_facts(s, &f);
	surveysum_put(s->past, &f);
}

struct ending {
	struct survey *survey;
	struct wall last, at;
};

static void on_ended(void *owner, struct remark *m)
{
	struct ending *e = owner;

	if (e->survey->past != NULL)
		surveypast_end(e->survey->past, m, e->last, e->at);
	else
		remark_free(m);
}

static void judge_alerts(struct survey *s, const char *why)
{
	if (s->parts.ledger != NULL)
		blocked_judge(&s->heard.blocked, s->parts.ledger, s->parts.conf, s->judged, why);
}

/* Everything that was found, or nothing: from here on it is in force. */
static void adopt(struct survey *s, struct heard *heard)
{
	struct ending e = { .survey = s, .last = s->judged, .at = s->judging };
	struct survey_facts f;

	heard_done(&s->heard);
	s->heard = *heard;
	json_decref(s->files);
	s->files = s->reading;
	s->reading = NULL;
	s->took = mono_sub(mono_now(), s->began);
	s->judged = s->judging;
	s->judgements++;
	s->trouble[0] = '\0';
	remarks_commit(s->remarks, on_ended, &e);
	if (s->past != NULL)
		put_past(s);
	survey_facts(s, &f);
	store_hold(s->parts.store);
	surveytell_done(s->parts.store, &f, remarks_count(s->remarks));
	judge_alerts(s, "no blocker fails any more");
	store_release(s->parts.store);
}

static void fail(struct survey *s, const char *why)
{
	struct survey_facts f;
	char before[SURVEYRUN_WHY_SIZE];

	memcpy(before, s->trouble, sizeof before);
	remarks_drop(s->remarks);
	s->failures++;
	text_set(s->trouble, sizeof s->trouble, why, strlen(why));
	want(s, span_of_ms(RETRY_MS));
	survey_facts(s, &f);
	if (strcmp(before, s->trouble) != 0)
		surveytell_failed(s->parts.store, &f);
}

/* ---- the process */

static void end_run(struct survey *s)
{
	s->judging.ms = 0;
	json_decref(s->reading);
	s->reading = NULL;
	s->stage = STAGE_IDLE;
}

/* From here on somebody else may know of the hosts, or that there are none. */
static void tell(struct survey *s, bool changed)
{
	bool first = s->pending;

	s->pending = false;
	if (first || changed)
		s->parts.changed(s->parts.owner);
}

static void on_done(void *owner, struct heard *heard, const char *why)
{
	struct survey *s = owner;
	bool other = heard != NULL && !exported_same(&s->heard.hosts, &heard->hosts);
	struct span took = mono_sub(mono_now(), s->began);
	struct span rest = span_of_ms(REST_MS);
	bool changed = s->wanted; /* meanwhile */

	s->not_before = mono_add(mono_now(), took.ns > rest.ns ? took : rest);
	if (heard != NULL)
		adopt(s, heard);
	else
		fail(s, why);
	end_run(s);
	if (changed)
		want(s, span_of_ms(0));
	tell(s, other);
}

/* Later than the judgement before, whatever the clock says: a finding has one beginning. */
static struct wall moment_of(const struct survey *s)
{
	struct wall now = wall_now();

	return now.ms > s->judged.ms ? now : (struct wall){ .ms = s->judged.ms + 1 };
}

/* What keeps it from being judged at all; "": nothing. */
static struct err obstacle(const struct survey *s, const struct exports *files)
{
	const struct exports *rules = exportwatch_told(s->watch, RULES);
	struct err err = { .text = "" };

	if (s->run != NULL && !surveyrun_gone(s->run))
		(void)err_set(&err, 0, "the process before has not ended, and cannot be killed");
	else if (files->trouble.text[0] != '\0')
		err = files->trouble;
	else if (rules->trouble.text[0] != '\0')
		err = rules->trouble;
	else if (files->count == 0)
		(void)err_set(&err, 0, "no export is in %s", s->directory);
	return err;
}

static void start(struct survey *s)
{
	const struct exports *files = exportwatch_told(s->watch, EXPORTS);
	struct err err = obstacle(s, files);

	s->wanted = false;
	if (err.text[0] == '\0') {
		surveyrun_free(s->run);
		s->began = mono_now();
		s->judging = moment_of(s);
		s->reading = exports_json(files);
		s->stage = STAGE_JUDGING;
		s->run = surveyrun_start(&(struct surveyrun_parts){ .base = s->parts.base,
								    .conf = s->parts.conf,
								    .folder = s->directory,
								    .files = files,
								    .remarks = s->remarks,
								    .at = s->judging,
								    .owner = s,
								    .done = on_done },
					 &err);
		if (s->run != NULL)
			return;
		end_run(s);
	}
	fail(s, err.text);
	tell(s, false);
}

static void on_turn(evutil_socket_t fd, short what, void *data)
{
	struct survey *s = data;
	struct mono now = mono_now();

	(void)fd;
	(void)what;
	if (s->stage != STAGE_IDLE || !s->wanted || s->watch == NULL)
		return;
	if (mono_before(now, s->not_before))
		wake(s, mono_sub(s->not_before, now));
	else
		start(s);
}

static void on_changed(void *owner)
{
	want(owner, span_of_ms(0));
}

/* ---- the watch */

/* Nobody judges any more: what was found is no longer known. */
static void end_all(struct survey *s)
{
	struct wall at = moment_of(s);
	struct ending e = { .survey = s, .last = s->judged, .at = at };
	bool any = remarks_count(s->remarks) > 0;

	remarks_begin(s->remarks);
	remarks_commit(s->remarks, on_ended, &e);
	heard_done(&s->heard);
	json_decref(s->files);
	s->files = NULL;
	s->trouble[0] = '\0';
	if (any && s->past != NULL) {
		s->judged = at;
		put_past(s);
	}
	s->judged = at;
	judge_alerts(s, "no inventory is judged any more");
	s->judged.ms = 0;
}

static void stop(struct survey *s)
{
	surveyrun_free(s->run);
	s->run = NULL;
	if (s->stage == STAGE_JUDGING) {
		remarks_drop(s->remarks);
		end_run(s);
	}
	exportwatch_free(s->watch);
	s->watch = NULL;
	s->wanted = false;
}

static void watch(struct survey *s)
{
	struct exportwatch_parts parts = { .base = s->parts.base,
					   .folders = { s->directory },
					   .settle = span_of_ms(SETTLE_MS),
					   .rescan = span_of_ms(RESCAN_MS),
					   .patience = span_of_ms(PATIENCE_MS),
					   .owner = s,
					   .changed = on_changed };
	struct err err;

	if (s->rules[0] != '\0')
		parts.folders[RULES] = s->rules;
	s->watch = exportwatch_new(&parts, &err);
	if (err.text[0] != '\0')
		log_warn(
			"changes of the inventory are noticed within a minute only, continuing: %s",
			err.text);
}

static void begin(struct survey *s)
{
	free(s->directory);
	free(s->rules);
	s->directory = xstrdup(s->parts.conf->inventory.directory);
	s->rules = xstrdup(s->parts.conf->inventory.rules);
	s->pending = s->directory[0] != '\0';
	if (s->pending)
		watch(s);
	else if (s->stage == STAGE_IDLE)
		end_all(s);
}

void survey_configure(struct survey *s, const struct conf *conf)
{
	bool same = conf_same_inventory(s->parts.conf, conf);

	s->parts.conf = conf;
	if (same)
		return;
	stop(s);
	begin(s);
}

/* ---- the history */

static void on_read(void *owner, const json_t *last)
{
	struct survey *s = owner;
	const char *judged = json_string_value(json_object_get(last, "judged"));

	s->stage = STAGE_IDLE;
	if (judged != NULL && when_parse_time(judged, &s->judged)) {
		s->heard.summary = surveysum_read(last);
		s->took = span_of_ms(json_integer_value(json_object_get(last, "took_ms")));
		s->files = json_incref(json_object_get(last, "files"));
	}
	if (s->directory[0] == '\0')
		end_all(s);
	else
		wake(s, span_of_ms(0));
}

/* What was found before stays unknown; what is found now is found all the same. */
static void on_unread(void *owner, const char *why)
{
	struct survey *s = owner;

	(void)why; /* the store says so itself */
	if (s->directory[0] == '\0')
		return;
	surveypast_skip(s->past);
	s->stage = STAGE_IDLE;
	wake(s, span_of_ms(0));
}

void survey_fresh_history(struct survey *s)
{
	if (s != NULL && s->past != NULL)
		surveypast_fresh(s->past);
}

/* ---- life */

struct survey *survey_new(const struct survey_parts *parts)
{
	struct survey *s = xcalloc(1, sizeof *s);

	s->parts = *parts;
	s->remarks = remarks_new();
	s->stage = STAGE_IDLE;
	MUST(evtimer_assign(&s->turn, parts->base, on_turn, s) == 0);
	if (parts->store != NULL) {
		s->stage = STAGE_ADOPTING;
		s->past = surveypast_new(&(struct surveypast_parts){ .base = parts->base,
								     .store = parts->store,
								     .remarks = s->remarks,
								     .owner = s,
								     .read = on_read,
								     .unread = on_unread });
		surveypast_read(s->past);
	}
	begin(s);
	return s;
}

void survey_free(struct survey *s)
{
	if (s == NULL)
		return;
	stop(s);
	(void)event_del(&s->turn);
	surveypast_free(s->past);
	heard_done(&s->heard);
	json_decref(s->files);
	remarks_free(s->remarks);
	free(s->directory);
	free(s->rules);
	free(s);
}

void survey_facts(const struct survey *s, struct survey_facts *ret_facts)
{
	*ret_facts = (struct survey_facts){ .directory = s->directory,
					    .judged = s->judged,
					    .took = s->took,
					    .judging = s->judging,
					    .trouble = s->trouble,
					    .summary = s->heard.summary,
					    .files = s->files,
					    .notices = s->heard.notices,
					    .judgements = s->judgements,
					    .failures = s->failures };
}

const struct remarks *survey_remarks(const struct survey *s)
{
	return s->remarks;
}

const struct exported *survey_exported(const struct survey *s)
{
	return &s->heard.hosts;
}

bool survey_pending(const struct survey *s)
{
	return s->pending;
}

const struct rule_text *survey_rule(const struct survey *s, const char *id)
{
	return rule_texts_find(&s->heard.rules, id);
}
