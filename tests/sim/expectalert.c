/* SPDX-License-Identifier: Apache-2.0 */
/* expectalert.c: see expectalert.h. */
#include "tests/sim/expectalert.h"

#include <string.h>

#include "base/text.h"
#include "daemon/alert.h"
#include "tests/sim/bell.h"
#include "tests/sim/scene.h"

enum { FIRST = 2 }; /* behind "expect" and what it is about */

static const char *word(const struct scene *s, size_t i)
{
	return scene_word(s, FIRST + i);
}

/* "PortClosed" and "esx04:902@10.1.7.14", "-" for the node. */
static bool identity(struct scene *s, enum alert_kind *ret_kind, char ret_subject[120])
{
	char *at;

	if (!alert_kind_parse(word(s, 0), ret_kind))
		return scene_fail(s, "'%s' is no alert", word(s, 0));
	text_printf(ret_subject, 120, "%s", strcmp(word(s, 1), "-") == 0 ? "" : word(s, 1));
	at = strchr(ret_subject, '@');
	if (at != NULL)
		*at = ' ';
	return true;
}

bool expect_alert(struct scene *s)
{
	bool wanted = strcmp(word(s, 2), "no") != 0;
	char subject[120];
	enum alert_kind kind;

	scene_start(s);
	if (!identity(s, &kind, subject))
		return false;
	if ((bell_active(s->play.bell, kind, subject) != NULL) == wanted)
		return true;
	return scene_fail(s, "%s %s %s", word(s, 0), word(s, 1),
			  wanted ? "is not active" : "is active");
}

bool expect_alerts(struct scene *s)
{
	struct range range;

	scene_start(s);
	return scene_range(s, word(s, 0), &range) &&
	       scene_within(s, "active alerts", bell_active_count(s->play.bell), &range);
}

static bool counts(const struct scene *s, const struct ring *r, const char *subject)
{
	const char *what = word(s, 2);

	if (strcmp(word(s, 0), "any") != 0 &&
	    (strcmp(alert_kind_name(r->kind), word(s, 0)) != 0 ||
	     (strcmp(word(s, 1), "*") != 0 && strcmp(r->subject, subject) != 0)))
		return false;
	if (strcmp(what, "begun") == 0)
		return r->first;
	return strcmp(what, "ended") == 0 ? r->ended : true;
}

bool expect_rung(struct scene *s)
{
	struct range range;
	char subject[120] = "";
	enum alert_kind kind;
	const struct ring *rings;
	size_t count;
	uint64_t n = 0;

	if (strcmp(word(s, 0), "any") != 0 && !identity(s, &kind, subject))
		return false;
	if (!scene_range(s, word(s, 3), &range))
		return false;
	scene_start(s);
	rings = bell_rings(s->play.bell, &count);
	for (size_t i = s->rings; i < count; i++)
		n += counts(s, &rings[i], subject);
	return scene_within(s, "tellings", n, &range);
}

bool expect_says(struct scene *s)
{
	const struct alert *a;
	const char *text;
	char subject[120];
	enum alert_kind kind;

	scene_start(s);
	if (!identity(s, &kind, subject))
		return false;
	a = bell_active(s->play.bell, kind, subject);
	if (a == NULL)
		return scene_fail(s, "%s %s is not active", word(s, 0), word(s, 1));
	text = alert_annotation(a, word(s, 2));
	if (text[0] == '\0')
		text = alert_label(a, word(s, 2));
	return strstr(text, word(s, 3)) != NULL ||
	       scene_fail(s, "%s of %s %s is: %s", word(s, 2), word(s, 0), word(s, 1), text);
}

bool expect_traces(struct scene *s)
{
	struct range range;

	scene_start(s);
	return scene_range(s, word(s, 0), &range) &&
	       scene_within(s, "traces", bell_traces(s->play.bell) - s->traces, &range);
}
