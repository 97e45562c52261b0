/* SPDX-License-Identifier: Apache-2.0 */
/* surveyor.c: see surveyor.h. */
#include "daemon/surveyor.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/conf.h"
#include "daemon/digest.h"
#include "daemon/exported.h"
#include "daemon/remarks.h"
#include "inventory/inventory.h"
#include "inventory/offer.h"
#include "report/exit.h"
#include "report/json.h"

/*
 * Files that it has open are few, those that it writes (its database) a multiple of what it holds
 * in memory.  The address space has room for the program itself beside.
 */
enum { FILES_MAX = 64, FILE_PARTS = 16, NICE = 10, LINE_FLAGS = JSON_COMPACT };

#define PROGRAM_BYTES (UINT64_C(64) << 20)

/* A sanitizer's own maps are larger than any limit. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UNBOUNDED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNBOUNDED true
#endif
#endif
#ifndef UNBOUNDED
#define UNBOUNDED false
#endif

struct surveyor {
	char **files; /* to be read */
	int count;
	struct digest *digest;
	const struct rule *rule; /* told last */
	bool too_many;
	bool mute; /* standard output is gone */
};

/* ---- the order */

char *surveyor_order(const struct conf *conf)
{
	json_t *o = report_object();
	char *text;

	report_set_text(o, "rules", conf->inventory.rules);
	report_set_text(o, "release", conf->inventory.release);
	report_set_text(o, "namespace", conf->inventory.target_namespace);
	report_set_number(o, "warm", conf->inventory.warm);
	report_set_number(o, "memory", (long long)conf->inventory.memory_bytes);
	report_set_number(o, "seconds", span_ms(conf->inventory.timeout) / 1000 + 1);
	text = json_dumps(o, LINE_FLAGS);
	MUST(text != NULL);
	json_decref(o);
	return text;
}

static const char *text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

/* ---- its limits */

static bool limit(int resource, uint64_t most, struct err *ret_err)
{
	struct rlimit r = { .rlim_cur = most, .rlim_max = most };
	struct rlimit now;

	/* What somebody has set lower stays. */
	if (getrlimit((__rlimit_resource_t)resource, &now) == 0 && now.rlim_max < most)
		r.rlim_cur = r.rlim_max = now.rlim_max;
	return setrlimit((__rlimit_resource_t)resource, &r) == 0 ||
	       err_set(ret_err, errno, "setrlimit: %s", strerrordesc_np(errno));
}

static bool set_limits(const json_t *order, struct err *ret_err)
{
	uint64_t memory = (uint64_t)json_integer_value(json_object_get(order, "memory"));
	uint64_t seconds = (uint64_t)json_integer_value(json_object_get(order, "seconds"));

	(void)signal(SIGXFSZ, SIG_IGN); /* a write that fails is told in words */
	(void)signal(SIGPIPE, SIG_DFL);
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)!nice(NICE); /* probing comes first */
	return limit(RLIMIT_CORE, 0, ret_err) && limit(RLIMIT_NOFILE, FILES_MAX, ret_err) &&
	       limit(RLIMIT_CPU, seconds, ret_err) &&
	       limit(RLIMIT_FSIZE, memory * FILE_PARTS, ret_err) &&
	       (UNBOUNDED || limit(RLIMIT_AS, memory + PROGRAM_BYTES, ret_err));
}

/* ---- what it says */

static void say(struct surveyor *s, json_t *line)
{
	if (json_dumpf(line, stdout, LINE_FLAGS) != 0 || putchar('\n') == EOF)
		s->mute = true;
	json_decref(line);
}

static void say_as(struct surveyor *s, const char *key, json_t *value)
{
	json_t *o = report_object();

	report_set(o, key, value);
	say(s, o);
}

static void say_rule(struct surveyor *s, const struct rule *r)
{
	json_t *o = report_object();

	report_set_text(o, "id", r->id);
	report_set_text(o, "severity", remark_severity(r->severity));
	report_set_text(o, "category", r->category);
	report_set_text(o, "title", r->title);
	report_set_text(o, "remedy", r->remedy);
	s->rule = r;
	say_as(s, "rule", o);
}

static json_t *text_value(const char *text)
{
	json_t *value = json_string(text);

	return value != NULL ? value : json_string("(not UTF-8)");
}

static void on_digest(void *owner, const struct ruling *r)
{
	struct surveyor *s = owner;
	json_t *row = report_array();

	if (s->rule != r->rule)
		say_rule(s, r->rule);
	report_append(row, json_integer(r->unknown));
	report_append(row, text_value(r->kind));
	report_append(row, text_value(r->id));
	report_append(row, text_value(r->name));
	report_append(row, text_value(r->plan));
	report_append(row, text_value(r->message));
	say(s, row);
}

static void on_ruling(void *owner, const struct ruling *r)
{
	struct surveyor *s = owner;

	s->too_many = s->too_many || !digest_add(s->digest, r);
}

static void on_notice(void *owner, const char *file, const char *text)
{
	json_t *o = report_object();

	report_set_text(o, "file", file);
	report_set_text(o, "text", text);
	say_as(owner, "notice", o);
}

static void on_blocked(void *owner, const struct blockage *b)
{
	json_t *o = report_object();
	json_t *worst = json_loads(b->worst != NULL ? b->worst : "[]", 0, NULL);

	report_set(o, "plan", text_value(b->plan != NULL ? b->plan : ""));
	report_set_number(o, "machines", (long long)b->machines);
	report_set_number(o, "total", (long long)b->total);
	report_set_number(o, "rules", (long long)b->rules);
	report_set(o, "worst", worst != NULL ? worst : report_array());
	say_as(owner, "blocked", o);
}

static void on_offer(void *owner, const struct offer *offer)
{
	json_t *o = exported_json(offer);

	if (o != NULL)
		say_as(owner, "host", o);
}

static json_t *counts(const uint64_t *n)
{
	json_t *list = report_array();

	for (size_t i = 0; i < RULE_SEVERITY_N; i++)
		report_append(list, json_integer((json_int_t)n[i]));
	return list;
}

static void say_end(struct surveyor *s, const struct inventory_summary *t)
{
	json_t *o = report_object();

	report_set_number(o, "machines", (long long)t->machines);
	report_set_number(o, "ready", (long long)t->ready);
	report_set_number(o, "blocked", (long long)t->blocked);
	report_set_number(o, "undetermined", (long long)t->undetermined);
	report_set_number(o, "plans", (long long)t->plans);
	report_set_number(o, "rules", (long long)t->rules);
	report_set(o, "failed", counts(t->failed));
	report_set(o, "unknown", counts(t->unknown));
	say_as(s, "end", o);
}

/* ---- its work */

static bool judge(struct surveyor *s, struct inventory *inv, const json_t *order,
		  struct err *ret_err)
{
	struct inventory_ask ask = {
		.warm = (int)json_integer_value(json_object_get(order, "warm")),
		.target_namespace = text_of(order, "namespace"),
		.release = text_of(order, "release"),
	};
	struct inventory_summary summary;

	inventory_on_notice(inv, on_notice, s);
	for (int i = 0; i < s->count; i++)
		if (!inventory_read(inv, s->files[i], ret_err))
			return false;
	if (!inventory_judge(inv, &ask, ret_err) || !inventory_rulings(inv, on_ruling, s, ret_err))
		return false;
	if (s->too_many)
		return err_set(ret_err, E2BIG, "more than %d findings", REMARKS_MAX);
	digest_tell(s->digest, on_digest, s);
	if (!inventory_blocked(inv, on_blocked, s, ret_err) ||
	    !inventory_offers(inv, on_offer, s, ret_err))
		return false;
	summary = inventory_summary(inv);
	say_end(s, &summary);
	if (fflush(stdout) != 0 || s->mute)
		return err_set(ret_err, EPIPE, "nobody listens");
	return true;
}

static bool work(struct surveyor *s, struct err *ret_err)
{
	json_t *order = json_loadf(stdin, 0, NULL);
	struct inventory *inv = NULL;
	bool ok;

	if (order == NULL)
		ok = err_set(ret_err, EINVAL, "no order is on standard input");
	else
		ok = set_limits(order, ret_err);
	if (ok)
		inv = inventory_new(text_of(order, "rules"), ret_err);
	ok = inv != NULL && judge(s, inv, order, ret_err);
	inventory_free(inv);
	json_decref(order);
	return ok;
}

int surveyor_main(int count, char **files)
{
	struct surveyor s = { .files = files, .count = count, .digest = digest_new(REMARKS_MAX) };
	struct err err;
	bool ok = work(&s, &err);

	digest_free(s.digest);
	if (!ok)
		(void)fprintf(stderr, "%s\n", err.text);
	return ok ? STATUS_CLEAR : STATUS_LOCAL;
}

bool surveyor_check(const struct conf *conf, struct err *ret_err)
{
	const char *rules = conf->inventory.rules;
	struct inventory *inv = inventory_new(rules[0] != '\0' ? rules : NULL, ret_err);

	inventory_free(inv);
	return inv != NULL || err_add(ret_err, "inventory.rules");
}
