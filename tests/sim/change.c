/* SPDX-License-Identifier: Apache-2.0 */
/* change.c: see change.h. */
#include "tests/sim/change.h"

#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "base/parse.h"
#include "daemon/aspect.h"
#include "tests/sim/scene.h"
#include "tests/sim/ways.h"

/* Runs each on the way that the line names, or on all of them. */
static bool on_ways(struct scene *s, size_t word, void (*each)(void *owner, struct way *w))
{
	struct addr addr;

	if (strcmp(scene_word(s, word), "*") == 0) {
		ways_each(net_ways(s->play.net), each, s);
		return true;
	}
	if (!scene_addr(s, scene_word(s, word), &addr))
		return false;
	each(s, ways_get(net_ways(s->play.net), &addr));
	return true;
}

static void each_fate(void *owner, struct way *w)
{
	static const struct {
		const char *word;
		enum fate fate;
	} fates[] = {
		{ "open", FATE_OPEN },       { "refuse", FATE_REFUSED },
		{ "drop", FATE_DROPPED },    { "prohibit", FATE_PROHIBITED },
		{ "cut", FATE_UNREACHABLE },
	};
	struct scene *s = owner;

	w->toggle.ns = 0;
	for (size_t i = 0; i < ARRAY_LEN(fates); i++)
		if (strcmp(fates[i].word, scene_word(s, 0)) == 0)
			w->fate = fates[i].fate;
}

static bool do_fate(struct scene *s)
{
	return on_ways(s, 1, each_fate);
}

static void each_loss(void *owner, struct way *w)
{
	uint64_t pct = 0;
	char text[8];

	(void)snprintf(text, sizeof text, "%s", scene_word(owner, 1));
	text[strcspn(text, "%")] = '\0';
	if (!parse_u64(text, 0, 100, &pct))
		(void)scene_fail(owner, "'%s' is no share", text);
	w->loss_permyriad = (unsigned)pct * 100;
}

static bool do_loss(struct scene *s)
{
	return on_ways(s, 2, each_loss);
}

static void each_lose(void *owner, struct way *w)
{
	uint64_t n;

	if (parse_u64(scene_word(owner, 1), 0, UINT32_MAX, &n))
		w->lose = (unsigned)n;
	else
		(void)scene_fail(owner, "'%s' is no number", scene_word(owner, 1));
}

static bool do_lose(struct scene *s)
{
	return on_ways(s, 2, each_lose);
}

static void each_latency(void *owner, struct way *w)
{
	(void)scene_span(owner, scene_word(owner, 1), &w->latency);
}

static bool do_latency(struct scene *s)
{
	return on_ways(s, 2, each_latency);
}

static void each_toggle(void *owner, struct way *w)
{
	if (scene_span(owner, scene_word(owner, 1), &w->toggle))
		w->toggle_from = mono_now();
}

static bool do_toggle(struct scene *s)
{
	return on_ways(s, 2, each_toggle);
}

static void each_service(void *owner, struct way *w)
{
	int value = aspect_value(ASPECT_SERVICE, scene_word(owner, 1));

	if (value == STATE_NOTHING)
		(void)scene_fail(owner, "'%s' is no service", scene_word(owner, 1));
	else
		w->service = (enum service)value;
}

static bool do_service(struct scene *s)
{
	return on_ways(s, 2, each_service);
}

static void each_trust(void *owner, struct way *w)
{
	int value = aspect_value(ASPECT_TRUST, scene_word(owner, 1));

	if (value == STATE_NOTHING)
		(void)scene_fail(owner, "'%s' is no trust", scene_word(owner, 1));
	else
		w->trust = (enum trust)value;
}

static bool do_trust(struct scene *s)
{
	return on_ways(s, 2, each_trust);
}

static void each_certificate(void *owner, struct way *w)
{
	char letter = scene_word(owner, 1)[0];

	if (letter < 'A' || letter > 'Z')
		(void)scene_fail(owner, "'%s' is no certificate: A to Z", scene_word(owner, 1));
	else
		w->certificate = letter;
}

static bool do_certificate(struct scene *s)
{
	return on_ways(s, 2, each_certificate);
}

static bool do_local(struct scene *s)
{
	net_set_local(s->play.net, strcmp(scene_word(s, 1), "on") == 0);
	return true;
}

/* dns HOST ADDRESS... | REASON */
static bool do_dns(struct scene *s)
{
	int reason = aspect_value(ASPECT_NAME, scene_word(s, 2));
	struct addr addrs[NET_ADDRS];
	size_t count = 0;

	for (size_t i = 2; reason == STATE_NOTHING && i < s->count && count < NET_ADDRS; i++)
		if (!addr_parse(scene_word(s, i), 0, &addrs[count++]))
			return scene_fail(s, "'%s' is neither an address nor a reason",
					  scene_word(s, i));
	net_set_name(s->play.net, scene_word(s, 1), (enum reason)reason, addrs, count);
	return true;
}

static const struct {
	const char *word;
	bool (*run)(struct scene *s);
} changes[] = {
	{ "open", do_fate },       { "refuse", do_fate },     { "drop", do_fate },
	{ "prohibit", do_fate },   { "cut", do_fate },        { "loss", do_loss },
	{ "lose", do_lose },       { "latency", do_latency }, { "toggle", do_toggle },
	{ "service", do_service }, { "trust", do_trust },     { "certificate", do_certificate },
	{ "local", do_local },     { "dns", do_dns },
};

bool change_run(struct scene *s)
{
	for (size_t i = 0; i < ARRAY_LEN(changes); i++)
		if (strcmp(scene_word(s, 0), changes[i].word) == 0)
			return changes[i].run(s);
	return scene_fail(s, "'%s' is no command", scene_word(s, 0));
}
