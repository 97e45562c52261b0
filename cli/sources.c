/* SPDX-License-Identifier: Apache-2.0 */
/* sources.c: see sources.h. */
#include "cli/sources.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/parse.h"
#include "cli/listfile.h"
#include "cli/shown.h"

#define BLANKS " \t\r\n\v\f,"

static bool no_node(const char *word, struct err *ret_err)
{
	char shown[SHOWN_SIZE];

	shown_text(word, shown);
	if (strchr(word, '/') != NULL)
		return err_set(ret_err, EINVAL,
			       "'%s' is a network: write the nodes, so that nothing more is "
			       "opened than they need",
			       shown);
	return err_set(ret_err, EINVAL, "'%s' is neither a host name nor an address", shown);
}

static bool add_address(struct source *s, const char *word, struct err *ret_err)
{
	struct addr a;

	if (!addr_parse(word, 0, &a))
		return no_node(word, ret_err);
	if (addr_listed(s->addrs, s->addr_count, &a))
		return true;
	if (s->addr_count == SOURCES_ADDRESSES)
		return err_set(ret_err, E2BIG, "more than %d addresses of a node",
			       SOURCES_ADDRESSES);
	s->addrs[s->addr_count++] = a;
	return true;
}

/* The words of a line, its comment cut off; no word is no node. */
static bool parse_line(struct sources *s, char *line, struct err *ret_err)
{
	struct source made = { .name = NULL };
	bool ok = true;

	for (char *word; ok && (word = strsep(&line, BLANKS)) != NULL;) {
		if (word[0] == '\0')
			continue;
		if (word[0] == '#')
			break;
		if (made.name != NULL) {
			ok = add_address(&made, word, ret_err);
		} else if (parse_is_host(word)) {
			made.name = xstrdup(word);
			if (addr_parse(word, 0, &made.addrs[0]))
				made.addr_count = 1;
		} else {
			ok = no_node(word, ret_err);
		}
	}
	if (ok && made.name != NULL && s->count == SOURCES_MAX)
		ok = err_set(ret_err, E2BIG, "more than %d nodes", SOURCES_MAX);
	if (!ok || made.name == NULL) {
		free(made.name);
		return ok;
	}
	s->list = xreallocarray(s->list, s->count + 1, sizeof *s->list);
	s->list[s->count++] = made;
	return true;
}

bool sources_parse(struct sources *s, const char *file, const char *text, size_t len,
		   struct err *ret_err)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf";
	AUTO(text) char *copy = xstrndup(text, len);
	char *rest = copy;
	unsigned number = 0;

	if (strlen(copy) != len)
		return err_set(ret_err, EINVAL, "%s: not a text file", file);
	if (strncmp(rest, byte_order_mark, 3) == 0)
		rest += 3;
	for (char *line; (line = strsep(&rest, "\n")) != NULL;) {
		number++;
		if (!parse_line(s, line, ret_err))
			return err_add(ret_err, "%s:%u", file, number);
	}
	return true;
}

bool sources_read(struct sources *s, const char *path, struct err *ret_err)
{
	const char *name = listfile_name(path);
	size_t len = 0;
	AUTO(text) char *text = listfile_read(path, &len, ret_err);

	if (text == NULL || !sources_parse(s, name, text, len, ret_err))
		return false;
	return s->count > 0 || err_set(ret_err, EINVAL, "%s: names no node", name);
}

void sources_done(struct sources *s)
{
	for (size_t i = 0; i < s->count; i++)
		free(s->list[i].name);
	free(s->list);
	*s = (struct sources){ 0 };
}
