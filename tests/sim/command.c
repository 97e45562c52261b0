/* SPDX-License-Identifier: Apache-2.0 */
/* command.c: see command.h.  Each command is one function; README.md is for whoever writes them. */
#include "tests/sim/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "base/must.h"
#include "base/parse.h"
#include "daemon/registry.h"
#include "tests/sim/bell.h"
#include "tests/sim/change.h"
#include "tests/sim/expect.h"
#include "tests/sim/fakeclock.h"
#include "tests/sim/record.h"
#include "tests/sim/scene.h"

/* ---- the configuration */

/* "off" is 0. */
static bool set_span(struct scene *s, struct span *to)
{
	if (strcmp(scene_word(s, 1), "off") == 0) {
		*to = (struct span){ 0 };
		return true;
	}
	return scene_span(s, scene_word(s, 1), to);
}

static bool set_number(struct scene *s, unsigned *to)
{
	uint64_t n;

	if (!parse_u64(scene_word(s, 1), 0, UINT32_MAX, &n))
		return scene_fail(s, "'%s' is no number", scene_word(s, 1));
	*to = (unsigned)n;
	return true;
}

static bool do_interval(struct scene *s)
{
	return set_span(s, &s->site.conf.probe.interval);
}

static bool do_serve(struct scene *s)
{
	return set_span(s, &s->site.conf.probe.serve_interval);
}

static bool do_timeout(struct scene *s)
{
	return set_span(s, &s->site.conf.probe.timeout);
}

static bool do_names(struct scene *s)
{
	return set_span(s, &s->site.conf.probe.name_interval);
}

/* alerts: there are any; alerts cooldown T, alerts degraded N */
static bool do_alerts(struct scene *s)
{
	const char *what = scene_word(s, 1);
	uint64_t n;

	s->play.alerts = true;
	if (strcmp(what, "cooldown") == 0)
		return scene_span(s, scene_word(s, 2), &s->site.conf.alerts.cooldown);
	if (strcmp(what, "degraded") == 0) {
		if (!parse_u64(scene_word(s, 2), 0, 100, &n))
			return scene_fail(s, "'%s' is no number", scene_word(s, 2));
		s->site.conf.alerts.loss_pct = (unsigned)n;
		return true;
	}
	return what[0] == '\0' || scene_fail(s, "alerts %s?", what);
}

static bool do_separation(struct scene *s)
{
	return set_span(s, &s->site.conf.probe.separation);
}

static bool do_in_flight(struct scene *s)
{
	return set_number(s, &s->site.conf.probe.max_in_flight);
}

static bool do_per_address(struct scene *s)
{
	return set_number(s, &s->site.conf.probe.per_address);
}

static bool do_nodes(struct scene *s)
{
	return set_number(s, &s->site.conf.probe.nodes);
}

static bool do_peers(struct scene *s)
{
	unsigned n;

	if (!set_number(s, &n))
		return false;
	if (n > SITE_PEERS)
		return scene_fail(s, "at most %d peers", SITE_PEERS);
	site_peers(&s->site, n);
	return true;
}

static bool do_serve_nodes(struct scene *s)
{
	return set_number(s, &s->site.conf.probe.serve_nodes);
}

static bool do_budget(struct scene *s)
{
	unsigned n;

	if (!set_number(s, &n))
		return false;
	s->site.conf.probe.serve_budget = n;
	return true;
}

static bool do_family(struct scene *s)
{
	const char *word = scene_word(s, 1);
	int *family = &s->site.conf.probe.family;

	if (strcmp(word, "any") != 0 && strcmp(word, "4") != 0 && strcmp(word, "6") != 0)
		return scene_fail(s, "'%s' is no family", word);
	*family = word[0] == '4' ? AF_INET : word[0] == '6' ? AF_INET6 : AF_UNSPEC;
	return true;
}

static bool do_confirm(struct scene *s)
{
	struct state_policy *p = &s->site.conf.probe.policy;

	p->confirm_count = 0;
	if (strcmp(scene_word(s, 1), "none") == 0)
		return true;
	for (size_t i = 1; i < s->count && p->confirm_count < STATE_CONFIRM_MAX; i++)
		if (!scene_span(s, scene_word(s, i), &p->confirm[p->confirm_count++]))
			return false;
	return true;
}

/* The "key=value" words from the i-th on. */
static bool set_options(struct scene *s, struct conf_target *t, size_t i)
{
	for (; i < s->count; i++) {
		const char *word = scene_word(s, i);

		if (strncmp(word, "provider=", 9) == 0) {
			site_set_provider(t, word + 9);
		} else if (strncmp(word, "interval=", 9) == 0) {
			if (!scene_span(s, word + 9, &t->interval))
				return false;
		} else if (strcmp(word, "serve=off") == 0) {
			t->serve_interval.ns = -1;
		} else if (strncmp(word, "serve=", 6) == 0) {
			if (!scene_span(s, word + 6, &t->serve_interval))
				return false;
		} else if (strcmp(word, "pin=A") == 0) {
			memset(t->pin.bytes, 'A', SHA256_BYTES);
			t->pin.len = SHA256_BYTES;
		} else {
			return scene_fail(s, "'%s' is no option of a target", word);
		}
	}
	return true;
}

/* target NAME HOST PORT DIALECT [OPTION...] */
static bool do_target(struct scene *s)
{
	enum dialect dialect = site_dialect(scene_word(s, 4));
	uint16_t port;

	if (!parse_port(scene_word(s, 3), &port))
		return scene_fail(s, "'%s' is no port", scene_word(s, 3));
	if (dialect == DIALECT_N)
		return scene_fail(s, "'%s' is no dialect", scene_word(s, 4));
	return set_options(
		s, site_target(&s->site, scene_word(s, 1), scene_word(s, 2), port, dialect), 5);
}

static bool do_untarget(struct scene *s)
{
	return site_remove(&s->site, scene_word(s, 1)) ||
	       scene_fail(s, "there is no target '%s'", scene_word(s, 1));
}

/* fleet N PORT DIALECT: so many machines at 10.100.0.0 and up. */
static bool do_fleet(struct scene *s)
{
	enum dialect dialect = site_dialect(scene_word(s, 3));
	unsigned count;
	uint16_t port;

	if (!set_number(s, &count) || !parse_port(scene_word(s, 2), &port) || dialect == DIALECT_N)
		return scene_fail(s, "usage: fleet N PORT DIALECT");
	for (unsigned i = 0; i < count; i++) {
		char host[32];
		char name[40];

		(void)snprintf(host, sizeof host, "10.100.%u.%u", i / 256 % 256, i % 256);
		(void)snprintf(name, sizeof name, "%s:%u", host, port);
		(void)site_add(&s->site, name, host, port, dialect);
	}
	return true;
}

/* ---- time and the process */

static bool do_run(struct scene *s)
{
	struct span length;

	if (!scene_span(s, scene_word(s, 1), &length))
		return false;
	scene_start(s);
	play_go_to(&s->play, mono_add(mono_now(), length));
	return true;
}

static bool do_clock(struct scene *s)
{
	struct span by;

	if (!scene_span(s, scene_word(s, 1), &by))
		return false;
	fakeclock_step(by);
	if (by.ns < 0)
		record_clock_set_back(s->play.record);
	return true;
}

static bool do_suspend(struct scene *s)
{
	struct span length;

	if (!scene_span(s, scene_word(s, 1), &length))
		return false;
	scene_start(s);
	play_suspend(length);
	return true;
}

static bool do_reload(struct scene *s)
{
	scene_start(s);
	play_reload(&s->play, site_conf(&s->site));
	return true;
}

/* A reload that comes to nothing. */
static bool do_misread(struct scene *s)
{
	scene_start(s);
	bell_configuration(s->play.bell, "probe.interval: '1x' is no time");
	return true;
}

/* The process ends, is away for a while, and starts again. */
static bool start_again(struct scene *s, bool killed)
{
	struct span away = { 0 };

	if (s->count > 1 && !scene_span(s, scene_word(s, 1), &away))
		return false;
	scene_start(s);
	play_stop(&s->play, killed);
	fakeclock_go_to(mono_add(mono_now(), away));
	play_start(&s->play, site_conf(&s->site));
	return true;
}

static bool do_restart(struct scene *s)
{
	return start_again(s, false);
}

static bool do_kill(struct scene *s)
{
	return start_again(s, true);
}

/* The database was corrupt: a new one. */
static bool do_fresh(struct scene *s)
{
	scene_start(s);
	record_empty(s->play.record);
	round_put_all(s->play.round);
	return true;
}

static bool do_flush(struct scene *s)
{
	scene_start(s);
	round_flush(s->play.round);
	return true;
}

static bool do_want(struct scene *s)
{
	struct endpoint *e = scene_endpoint(s, scene_word(s, 1));

	if (e == NULL)
		return false;
	round_want(s->play.round, e);
	return true;
}

static bool do_mark(struct scene *s)
{
	scene_mark(s);
	return true;
}

static const struct {
	const char *word;
	bool (*run)(struct scene *s);
} commands[] = {
	{ "interval", do_interval },
	{ "serve", do_serve },
	{ "timeout", do_timeout },
	{ "names", do_names },
	{ "alerts", do_alerts },
	{ "separation", do_separation },
	{ "in-flight", do_in_flight },
	{ "per-address", do_per_address },
	{ "nodes", do_nodes },
	{ "peers", do_peers },
	{ "serve-nodes", do_serve_nodes },
	{ "budget", do_budget },
	{ "family", do_family },
	{ "confirm", do_confirm },
	{ "target", do_target },
	{ "untarget", do_untarget },
	{ "fleet", do_fleet },
	{ "run", do_run },
	{ "clock", do_clock },
	{ "suspend", do_suspend },
	{ "reload", do_reload },
	{ "misread", do_misread },
	{ "restart", do_restart },
	{ "kill", do_kill },
	{ "fresh", do_fresh },
	{ "flush", do_flush },
	{ "want", do_want },
	{ "mark", do_mark },
	{ "expect", expect_check },
};

/* at TIME: the clock goes there; the rest of the line is a command. */
static bool go_to(struct scene *s)
{
	struct span t;

	if (!scene_span(s, scene_word(s, 1), &t))
		return false;
	scene_start(s);
	if (mono_before(mono_add(s->play.began, t), mono_now()))
		return scene_fail(s, "%s has passed", scene_word(s, 1));
	play_go_to(&s->play, mono_add(s->play.began, t));
	s->count -= 2;
	memmove(s->words, s->words + 2, s->count * sizeof s->words[0]);
	return true;
}

bool command_run(struct scene *s)
{
	if (strcmp(scene_word(s, 0), "at") == 0 && !go_to(s))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(scene_word(s, 0), commands[i].word) == 0)
			return commands[i].run(s);
	return change_run(s);
}
