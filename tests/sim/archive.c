/* SPDX-License-Identifier: Apache-2.0 */
/* archive.c: see archive.h. */
#include "tests/sim/archive.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* One instance; texts are owned. */
struct kept {
	struct store_alert alert;
	struct store_delivery delivery; /* of the one sink there is */
};

struct archive {
	struct kept *list; /* owned */
	size_t count, size;
};

static const char **text_at(struct store_alert *a, size_t i)
{
	const char **texts[] = { &a->identity, &a->name,   &a->subject,
				 &a->severity, &a->labels, &a->annotations };

	return i < sizeof texts / sizeof texts[0] ? texts[i] : NULL;
}

static void copy(struct store_alert *to, const struct store_alert *from)
{
	const char **text;

	*to = *from;
	for (size_t i = 0; (text = text_at(to, i)) != NULL; i++)
		*text = xstrdup(*text);
}

static void done(struct store_alert *a)
{
	const char **text;

	for (size_t i = 0; (text = text_at(a, i)) != NULL; i++)
		free((void *)(uintptr_t)*text);
}

struct archive *archive_new(void)
{
	return xcalloc(1, sizeof(struct archive));
}

void archive_free(struct archive *a)
{
	for (size_t i = 0; i < a->count; i++)
		done(&a->list[i].alert);
	free(a->list);
	free(a);
}

static struct kept *find(struct archive *a, const char *identity, struct wall starts)
{
	for (size_t i = a->count; i-- > 0;)
		if (a->list[i].alert.starts.ms == starts.ms &&
		    strcmp(a->list[i].alert.identity, identity) == 0)
			return &a->list[i];
	return NULL;
}

static const char *check(const struct store_alert *before, const struct store_alert *now)
{
	if (before->settled)
		return "an alert was changed after it was settled";
	if (before->ends.ms != 0 && now->ends.ms != before->ends.ms)
		return "an alert ended twice";
	if (now->revision < before->revision)
		return "an alert went back a revision";
	return NULL;
}

static const char *check_alone(struct archive *a, const struct store_alert *now)
{
	for (size_t i = 0; i < a->count; i++)
		if (!a->list[i].alert.settled &&
		    strcmp(a->list[i].alert.identity, now->identity) == 0)
			return "two alerts of one identity last together";
	return NULL;
}

const char *archive_put(struct archive *a, const struct store_alert *alert)
{
	struct kept *k = find(a, alert->identity, alert->starts);
	const char *wrong = k != NULL ? check(&k->alert, alert) : check_alone(a, alert);

	if (alert->ends.ms != 0 && alert->ends.ms <= alert->starts.ms)
		wrong = "an alert ends before it begins";
	if (k == NULL) {
		if (a->count == a->size) {
			a->size = a->size == 0 ? 64 : a->size * 2;
			a->list = xreallocarray(a->list, a->size, sizeof *a->list);
		}
		k = &a->list[a->count++];
		*k = (struct kept){ .delivery.sink = "bell" };
	} else {
		done(&k->alert);
	}
	copy(&k->alert, alert);
	return wrong;
}

const char *archive_deliver(struct archive *a, const struct store_delivery *d)
{
	struct kept *k = find(a, d->identity, d->starts);

	if (k == NULL)
		return "a telling of an alert that was never put";
	k->delivery = *d;
	k->delivery.sink = "bell";
	return NULL;
}

void archive_pasts(const struct archive *a, struct store_pasts *pasts)
{
	pasts->alerts = xcalloc(a->count + 1, sizeof *pasts->alerts);
	for (size_t i = 0; i < a->count; i++) {
		struct kept *k = &a->list[i];

		if (k->alert.settled)
			continue;
		pasts->alerts[pasts->alert_count++] = (struct store_past_alert){
			.alert = k->alert,
			.deliveries = &k->delivery,
			.delivery_count = k->delivery.revision > 0,
		};
	}
}

void archive_pasts_free(struct store_pasts *pasts)
{
	free(pasts->alerts);
}
