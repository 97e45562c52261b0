/* SPDX-License-Identifier: Apache-2.0 */
/* difference.c: see difference.h. */
#include "cli/difference.h"

#include <stdlib.h>

#include "base/mem.h"

static char *copy(const char *text)
{
	return text != NULL ? xstrdup(text) : NULL;
}

void difference_add(void *owner, const struct difference *d)
{
	struct differences *s = owner;

	if (s->count == s->size) {
		s->size = s->size > 0 ? s->size * 2 : 64;
		s->list = xreallocarray(s->list, s->size, sizeof *s->list);
	}
	s->list[s->count++] = (struct difference_kept){
		.forklift = d->forklift,
		.rule = copy(d->rule),
		.id = copy(d->id),
		.name = copy(d->name),
		.text = copy(d->text),
		.reason = copy(d->reason),
	};
}

void difference_done(struct differences *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->list[i].rule);
		free(s->list[i].id);
		free(s->list[i].name);
		free(s->list[i].text);
		free(s->list[i].reason);
	}
	free(s->list);
	*s = (struct differences){ 0 };
}
