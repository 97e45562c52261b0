/* SPDX-License-Identifier: Apache-2.0 */
/* listen.c: see listen.h. */
#include "daemon/listen.h"

#include <errno.h>
#include <grp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/must.h"
#include "base/parse.h"

enum { BACKLOG = 1024, GROUP_BYTES = 16 * 1024 };

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool set_path(struct sockaddr_un *un, const char *path, const char *suffix,
		     struct err *ret_err)
{
	int len;

	*un = (struct sockaddr_un){ .sun_family = AF_UNIX };
	len = snprintf(un->sun_path, sizeof un->sun_path, "%s%s", path, suffix);
	if (len < 0 || (size_t)len >= sizeof un->sun_path)
		return err_set(ret_err, ENAMETOOLONG, "%s: longer than %zu bytes", path,
			       sizeof un->sun_path - strlen(suffix) - 1);
	return true;
}

static int socket_new(int family, struct err *ret_err)
{
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		(void)err_set(ret_err, errno, "socket: %s", strerrordesc_np(errno));
	return fd;
}

/* Whoever listens answers, or has no room for one more (EAGAIN). */
static bool answered(const struct sockaddr_un *un)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int outcome =
		fd < 0 || connect(fd, (const struct sockaddr *)un, sizeof *un) == 0 ? 0 : errno;

	if (fd >= 0)
		(void)close(fd);
	return outcome != ECONNREFUSED && outcome != ENOENT;
}

/* May what stands at path go? */
static bool path_is_free(const char *path, const struct stat *ours, struct err *ret_err)
{
	struct sockaddr_un un;
	struct stat st;

	if (!set_path(&un, path, "", ret_err))
		return false;
	if (lstat(path, &st) != 0)
		return errno == ENOENT ||
		       err_set(ret_err, errno, "%s: %s", path, strerrordesc_np(errno));
	if (!S_ISSOCK(st.st_mode))
		return err_set(ret_err, EEXIST, "%s: there is a file that is no socket", path);
	if (ours != NULL && same_file(&st, ours))
		return true;
	if (answered(&un))
		return err_set(ret_err, EADDRINUSE, "%s: another process listens there", path);
	return true;
}

static bool find_group(const char *name, gid_t *ret_gid, struct err *ret_err)
{
	char room[GROUP_BYTES];
	struct group group;
	struct group *found = NULL;
	uint64_t number;

	if (parse_u64(name, 0, UINT32_MAX - 1, &number)) {
		*ret_gid = (gid_t)number;
		return true;
	}
	if (getgrnam_r(name, &group, room, sizeof room, &found) != 0 || found == NULL)
		return err_set(ret_err, ENOENT, "there is no group %s", name);
	*ret_gid = group.gr_gid;
	return true;
}

/* Nobody can connect before listen(): by then its mode and group are what they should be. */
static bool bind_local(int fd, const struct sockaddr_un *un, unsigned mode, const char *group,
		       struct err *ret_err)
{
	gid_t gid = 0;
	mode_t before;
	int bound;
	int saved;

	if (group != NULL && !find_group(group, &gid, ret_err))
		return false;
	(void)unlink(un->sun_path);
	before = umask((mode_t)(~mode & 0777));
	bound = bind(fd, (const struct sockaddr *)un, sizeof *un);
	saved = errno;
	(void)umask(before);
	if (bound != 0)
		return err_set(ret_err, saved, "%s: %s", un->sun_path, strerrordesc_np(saved));
	if (group != NULL && lchown(un->sun_path, (uid_t)-1, gid) != 0)
		return err_set(ret_err, errno, "%s: cannot give it to the group %s: %s",
			       un->sun_path, group, strerrordesc_np(errno));
	if (listen(fd, BACKLOG) != 0)
		return err_set(ret_err, errno, "%s: %s", un->sun_path, strerrordesc_np(errno));
	return true;
}

int listen_local(const char *path, unsigned mode, const char *group, const struct stat *ours,
		 struct stat *ret_made, struct err *ret_err)
{
	struct sockaddr_un un;
	struct stat made;
	int fd;

	if (!set_path(&un, path, ".new", ret_err) || !path_is_free(path, ours, ret_err))
		return -1;
	fd = socket_new(AF_UNIX, ret_err);
	if (fd < 0)
		return -1;
	if (bind_local(fd, &un, mode, group, ret_err)) {
		if (lstat(un.sun_path, &made) == 0 && rename(un.sun_path, path) == 0) {
			*ret_made = made;
			return fd;
		}
		(void)err_set(ret_err, errno, "%s: %s", path, strerrordesc_np(errno));
	}
	(void)unlink(un.sun_path);
	(void)close(fd);
	return -1;
}

bool listen_stands(const char *path, const struct stat *made)
{
	struct stat st;

	return lstat(path, &st) == 0 && same_file(&st, made);
}

void listen_remove(const char *path, const struct stat *made)
{
	if (listen_stands(path, made))
		(void)unlink(path);
}

int listen_tcp(const char *where, struct err *ret_err)
{
	char host[ADDR_TEXT_SIZE];
	struct addr addr;
	uint16_t port;
	int on = 1;
	int fd;

	if (!parse_hostport(where, host, sizeof host, &port) || port == 0 ||
	    !addr_parse(host, port, &addr)) {
		(void)err_set(ret_err, EINVAL, "%s: not a numeric address with a port", where);
		return -1;
	}
	fd = socket_new(addr_family(&addr), ret_err);
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(fd, &addr.sa, addr_len(&addr)) == 0 && listen(fd, BACKLOG) == 0)
		return fd;
	(void)err_set(ret_err, errno, "%s: %s", where, strerrordesc_np(errno));
	(void)close(fd);
	return -1;
}
