/* SPDX-License-Identifier: Apache-2.0 */
/* confwindow.c: see confwindow.h. */
#include "daemon/confwindow.h"

#include <limits.h>
#include <stdio.h>

#include "daemon/confpool.h"

enum { EVERY_DAY = 0x7f };

static const unsigned not_given = UINT_MAX; /* of begin and end */

static bool check_once(const struct confread *r, const char *place, const struct conf_window *w)
{
	const char *other = w->begin != not_given ? "begin" : "end";

	if (w->begin != not_given || w->end != not_given || w->days != 0)
		return confread_fail(r, place, w->days != 0 ? "days" : other,
				     "does not go with from and until: a window is once, or comes "
				     "again");
	if (w->from.ms == 0)
		return confread_fail(r, place, "from", "is missing beside until");
	if (w->until.ms == 0)
		return confread_fail(r, place, "until", "is missing beside from");
	if (w->until.ms <= w->from.ms)
		return confread_fail(r, place, "until", "is not after from");
	return true;
}

static bool check_again(const struct confread *r, const char *place, const struct conf_window *w)
{
	if (w->begin == not_given && w->end == not_given)
		return confread_fail(r, place, "",
				     "says no time: give from and until, or begin and end");
	if (w->begin == not_given)
		return confread_fail(r, place, "begin", "is missing beside end");
	if (w->end == not_given)
		return confread_fail(r, place, "end", "is missing beside begin");
	return true;
}

static bool read_window(const struct confread *r, size_t index, struct conf_window *w)
{
	char place[sizeof "maintenance[18446744073709551615]"];
	bool once;

	*w = (struct conf_window){ .begin = not_given, .end = not_given };
	(void)snprintf(place, sizeof place, "maintenance[%zu]", index);
	if (!confread_section(r, CONF_WINDOW, place, confschema_entry(r->root, CONF_WINDOW, index),
			      w))
		return false;
	once = w->from.ms != 0 || w->until.ms != 0;
	if (!(once ? check_once : check_again)(r, place, w))
		return false;
	if (once)
		w->begin = w->end = 0;
	else if (w->days == 0)
		w->days = EVERY_DAY;
	return true;
}

bool confwindow_read(const struct confread *r, struct conf *c)
{
	size_t count = confschema_count(r->root, CONF_WINDOW);

	c->windows = confpool_alloc(r->pool, count * sizeof *c->windows);
	for (size_t i = 0; i < count; i++, c->window_count++)
		if (!read_window(r, i, &c->windows[i]))
			return false;
	return true;
}
