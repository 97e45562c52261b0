/* SPDX-License-Identifier: Apache-2.0 */
/* kubeseries.c: see kubeseries.h. */
#include "daemon/kubeseries.h"

#include <inttypes.h>

#include "daemon/discovery.h"
#include "daemon/metrics.h"
#include "daemon/series.h"

static bool on(const struct writer *w)
{
	return w->facts->discovery != NULL && discovery_on(w->facts->discovery);
}

void kubeseries_synced(const struct writer *w)
{
	if (on(w))
		writer_value(w, "", discovery_synced(w->facts->discovery) ? 1 : 0);
}

/* One number of each resource; false: it has none. */
typedef bool number_fn(const struct discovery_resource *r, double *ret_value);

static void put(const struct writer *w, const char *suffix, number_fn *number)
{
	const struct discovery *d = w->facts->discovery;
	struct discovery_resource r;
	double value;

	for (size_t i = 0; on(w) && i < discovery_count(d); i++) {
		discovery_resource(d, i, &r);
		if (number(&r, &value))
			buf_printf(w->out, "%s%s{resource=\"%s\"} %.17g\n", w->name, suffix, r.name,
				   value);
	}
}

static bool objects(const struct discovery_resource *r, double *ret_value)
{
	*ret_value = (double)r->objects;
	return true;
}

static bool up(const struct discovery_resource *r, double *ret_value)
{
	*ret_value = r->watch.listed && r->watch.trouble[0] == '\0' ? 1 : 0;
	return true;
}

static bool heard(const struct discovery_resource *r, double *ret_value)
{
	*ret_value = (double)r->watch.heard.ms / 1000;
	return r->watch.heard.ms != 0;
}

static bool lists(const struct discovery_resource *r, double *ret_value)
{
	*ret_value = (double)r->watch.lists;
	return true;
}

static bool watches(const struct discovery_resource *r, double *ret_value)
{
	*ret_value = (double)r->watch.watches;
	return true;
}

static bool failures(const struct discovery_resource *r, double *ret_value)
{
	*ret_value = (double)r->watch.failures;
	return true;
}

void kubeseries_objects(const struct writer *w)
{
	put(w, "", objects);
}

void kubeseries_up(const struct writer *w)
{
	put(w, "", up);
}

void kubeseries_heard(const struct writer *w)
{
	put(w, "", heard);
}

void kubeseries_lists(const struct writer *w)
{
	put(w, "_total", lists);
}

void kubeseries_watches(const struct writer *w)
{
	put(w, "_total", watches);
}

void kubeseries_failures(const struct writer *w)
{
	put(w, "_total", failures);
}
