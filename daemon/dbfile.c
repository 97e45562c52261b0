/* SPDX-License-Identifier: Apache-2.0 */
/* dbfile.c: see dbfile.h. */
#include "daemon/dbfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"

enum { ASIDE_TRIES = 100 };

/* strerror() may not be called from two threads. */
static bool say(struct err *e, int error, const char *what, const char *path)
{
	char text[100];

	return err_set(e, error, "%s %s: %s", what, path, strerror_r(error, text, sizeof text));
}

int dbfile_lock(const char *path, struct err *ret_err)
{
	AUTO(text) char *name = xasprintf("%s.lock", path);
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);

	if (fd < 0) {
		(void)say(ret_err, errno, "opening", name);
		return -1;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	if (errno == EWOULDBLOCK)
		(void)err_set(ret_err, EWOULDBLOCK,
			      "another banksmand writes this history (%s is held)", name);
	else
		(void)say(ret_err, errno, "locking", name);
	(void)close(fd);
	return -1;
}

void dbfile_look(const char *path, struct dbfile *ret_file)
{
	AUTO(text) char *wal = xasprintf("%s-wal", path);
	struct stat st;

	*ret_file = (struct dbfile){ 0 };
	if (stat(path, &st) == 0)
		*ret_file = (struct dbfile){ st.st_dev, st.st_ino, (uint64_t)st.st_size };
	if (stat(wal, &st) == 0)
		ret_file->bytes += (uint64_t)st.st_size;
}

bool dbfile_same(const struct dbfile *a, const struct dbfile *b)
{
	return a->inode != 0 && a->inode == b->inode && a->device == b->device;
}

/* ---- whose it is */

/* The header of a SQLite database (sqlite.org/fileformat2.html, 1.3), with numbers big-endian. */
enum { AT_FRACTIONS = 21, AT_SCHEMA_COOKIE = 40, AT_APPLICATION_ID = 68, READ_BYTES = 8192 };

static const char magic[16] = "SQLite format 3";
static const unsigned char fractions[] = { 64, 32, 32 }; /* the same in every database */

static uint32_t number_at(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool all_zero(const unsigned char *p, size_t len)
{
	return len == 0 || (p[0] == 0 && memcmp(p, p + 1, len - 1) == 0);
}

static bool has_wal(const char *path)
{
	AUTO(text) char *wal = xasprintf("%s-wal", path);
	struct stat st;

	return lstat(wal, &st) == 0;
}

/*
 * Our id is written before anything else.  A database without any id that never had a table may
 * be one that is being made, with everything still in its WAL.
 */
static bool header_is_foreign(const unsigned char *header, uint32_t application_id)
{
	uint32_t id = number_at(header + AT_APPLICATION_ID);

	if (memcmp(header + AT_FRACTIONS, fractions, sizeof fractions) != 0)
		return false; /* rubbish: what it says of itself is nothing */
	return id != application_id && (id != 0 || number_at(header + AT_SCHEMA_COOKIE) != 0);
}

static bool is_foreign(int fd, const char *path, uint32_t application_id, struct err *ret_err)
{
	static const char other[] = "the file is a database of another program";
	unsigned char block[READ_BYTES] = { 0 };
	ssize_t n = read(fd, block, sizeof block);

	if (n >= (ssize_t)sizeof magic && memcmp(block, magic, sizeof magic) == 0)
		return header_is_foreign(block, application_id) && !err_set(ret_err, 0, other);
	while (n > 0 && all_zero(block, (size_t)n))
		n = read(fd, block, sizeof block);
	return n > 0 && !has_wal(path) && !err_set(ret_err, 0, "the file is no database");
}

bool dbfile_is_foreign(const char *path, uint32_t application_id, struct err *ret_err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool foreign;

	if (fd < 0)
		return false;
	foreign = is_foreign(fd, path, application_id, ret_err);
	(void)close(fd);
	return foreign;
}

/* ---- putting it away */

/* "20261122T221414Z" */
static void stamp(struct wall now, char ret_text[WALL_TEXT_SIZE])
{
	char text[WALL_TEXT_SIZE];
	size_t used = 0;

	wall_format(now, text);
	for (const char *p = text; *p != '\0'; p++)
		if (*p != '-' && *p != ':')
			ret_text[used++] = *p;
	ret_text[used] = '\0';
}

static bool move(const char *path, const char *suffix, const char *to, struct err *ret_err)
{
	AUTO(text) char *old = xasprintf("%s%s", path, suffix);
	AUTO(text) char *new = xasprintf("%s%s", to, suffix);

	if (rename(old, new) == 0 || errno == ENOENT)
		return true;
	return say(ret_err, errno, "renaming", old);
}

/*
 * The WAL goes first: were we killed in between, a database without its WAL would come back as
 * what it is, corrupt or merely older, while a WAL beside a new database means nothing good.
 */
bool dbfile_set_aside(const char *path, struct wall now, char *ret_name, size_t size,
		      struct err *ret_err)
{
	char when[WALL_TEXT_SIZE];

	stamp(now, when);
	for (int i = 1; i <= ASIDE_TRIES; i++) {
		struct stat st;

		if (i == 1)
			(void)snprintf(ret_name, size, "%s.corrupt-%s", path, when);
		else
			(void)snprintf(ret_name, size, "%s.corrupt-%s.%d", path, when, i);
		if (lstat(ret_name, &st) != 0)
			return move(path, "-wal", ret_name, ret_err) &&
			       move(path, "-shm", ret_name, ret_err) &&
			       move(path, "", ret_name, ret_err);
	}
	return err_set(ret_err, EEXIST, "%s exists already", ret_name);
}
