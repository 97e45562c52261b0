/* SPDX-License-Identifier: Apache-2.0 */
/* conftwin.c: see conftwin.h. */
#include "daemon/conftwin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "daemon/confsite.h"

int conftwin_compare_names(const struct conf_target *a, const struct conf_target *b)
{
	return strcmp(a->name, b->name);
}

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

/* The same port, asked the same. */
int conftwin_compare_places(const struct conf_target *a, const struct conf_target *b)
{
	int order = strcasecmp(a->host, b->host);

	if (order == 0)
		order = (int)a->port - (int)b->port;
	if (order == 0)
		order = (int)a->dialect - (int)b->dialect;
	if (order == 0)
		order = strcmp(or_empty(a->http_path), or_empty(b->http_path));
	return order != 0 ? order : strcmp(or_empty(a->image), or_empty(b->image));
}

typedef int compare_fn(const struct conf_target *a, const struct conf_target *b);

struct sorting {
	const struct conf_target *targets;
	compare_fn *compare;
};

static int on_compare(const void *a, const void *b, void *arg)
{
	const struct sorting *sorting = arg;
	size_t i = *(const size_t *)a;
	size_t k = *(const size_t *)b;
	int order = sorting->compare(&sorting->targets[i], &sorting->targets[k]);

	return order != 0 ? order : (i > k) - (i < k);
}

/* The first target of the file that equals one before it, and that one; false: there is none. */
static bool find_twin(const struct confsite *s, compare_fn *compare, size_t *ret_first,
		      size_t *ret_second)
{
	struct sorting sorting = { s->targets, compare };
	size_t *order = xcalloc(s->count, sizeof *order);
	size_t first = 0;
	size_t second = s->count;

	for (size_t i = 0; i < s->count; i++)
		order[i] = i;
	qsort_r(order, s->count, sizeof *order, on_compare, &sorting);
	for (size_t i = 1; i < s->count; i++)
		if (order[i] < second &&
		    compare(&s->targets[order[i - 1]], &s->targets[order[i]]) == 0) {
			first = order[i - 1];
			second = order[i];
		}
	free(order);
	*ret_first = first;
	*ret_second = second;
	return second < s->count;
}

bool conftwin_none(const struct confsite *s)
{
	char key[CONFTEXT_KEY_SIZE];
	size_t first, second;

	if (find_twin(s, conftwin_compare_names, &first, &second)) {
		confsite_key(&s->origins[first], key);
		(void)err_set(s->r->err, EEXIST, "the name %s is taken by %s (line %u)",
			      s->targets[second].name, key, conftext_line(&s->r->text, key));
		return confsite_blame(s, &s->origins[second]);
	}
	if (find_twin(s, conftwin_compare_places, &first, &second)) {
		confsite_key(&s->origins[first], key);
		(void)err_set(s->r->err, EEXIST, "%s is watched already, by %s (line %u)",
			      confsite_name(s, s->targets[second].host, s->targets[second].port),
			      key, conftext_line(&s->r->text, key));
		return confsite_blame(s, &s->origins[second]);
	}
	return true;
}
