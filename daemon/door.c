/* SPDX-License-Identifier: Apache-2.0 */
/* door.c: see door.h. */
#include "daemon/door.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/addr.h"
#include "base/mem.h"
#include "base/parse.h"
#include "daemon/http.h"
#include "daemon/listen.h"

struct door {
	struct http *http; /* owned */
	char *where;       /* owned; "": nowhere */
	bool local;        /* where is a path */
	unsigned mode;     /* of the socket */
	char *group;       /* owned; NULL: as it comes */
	struct stat made;  /* the socket in the file system */
};

struct door *door_new(const struct http_parts *parts)
{
	struct door *d = xcalloc(1, sizeof *d);

	d->where = xstrdup("");
	d->http = http_new(parts);
	return d;
}

static void door_close(struct door *d)
{
	http_listen(d->http, -1);
	if (d->local && d->where[0] != '\0')
		listen_remove(d->where, &d->made);
}

void door_free(struct door *d)
{
	if (d == NULL)
		return;
	door_close(d);
	http_free(d->http);
	free(d->where);
	free(d->group);
	free(d);
}

static void note_place(struct door *d, const char *where)
{
	char *now = xstrdup(where);

	free(d->where);
	d->where = now;
}

static void note_rights(struct door *d, unsigned mode, const char *group)
{
	char *now = group != NULL ? xstrdup(group) : NULL;

	free(d->group);
	d->group = now;
	d->mode = mode;
}

static bool same_group(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

bool door_open_local(struct door *d, const char *path, unsigned mode, const char *group,
		     struct err *ret_err)
{
	bool same_path = strcmp(d->where, path) == 0;
	struct stat made;
	int fd;

	if (same_path && d->mode == mode && same_group(d->group, group) &&
	    (path[0] == '\0' || listen_stands(path, &d->made)))
		return true;
	if (path[0] == '\0') {
		door_close(d);
	} else {
		fd = listen_local(path, mode, group, same_path ? &d->made : NULL, &made, ret_err);
		if (fd < 0)
			return false;
		if (!same_path)
			door_close(d);
		http_listen(d->http, fd);
		d->made = made;
	}
	d->local = true;
	note_place(d, path);
	note_rights(d, mode, group);
	return true;
}

static bool same_port(const char *a, const char *b)
{
	char host[ADDR_TEXT_SIZE];
	uint16_t x, y;

	return parse_hostport(a, host, sizeof host, &x) &&
	       parse_hostport(b, host, sizeof host, &y) && x == y;
}

/* Where it was before.  When that is gone it is nowhere, so that the next attempt is at the new. */
static void reopen_tcp(struct door *d, struct err *ret_err)
{
	struct err again;
	int fd = listen_tcp(d->where, &again);

	http_listen(d->http, fd);
	if (fd >= 0)
		return;
	(void)err_add(ret_err, "not even where it was before (%s)", again.text);
	note_place(d, "");
}

/*
 * 0.0.0.0:9902 and 127.0.0.1:9902 exclude each other: the old one must go before the new one
 * can be.  Whoever came in at another address may not be one who can at the new.
 */
bool door_open_tcp(struct door *d, const char *where, struct err *ret_err)
{
	bool in_the_way = same_port(d->where, where);
	int fd = -1;

	if (strcmp(d->where, where) == 0)
		return true;
	if (in_the_way)
		http_listen(d->http, -1);
	if (where[0] != '\0') {
		fd = listen_tcp(where, ret_err);
		if (fd < 0 && in_the_way)
			reopen_tcp(d, ret_err);
		if (fd < 0)
			return false;
	}
	http_listen(d->http, fd);
	http_cut(d->http);
	note_place(d, where);
	return true;
}

void door_limit(struct door *d, unsigned max_connections)
{
	http_limit(d->http, max_connections);
}

size_t door_connections(const struct door *d)
{
	return http_connections(d->http);
}
