/* SPDX-License-Identifier: Apache-2.0 */
/* spool.c: see spool.h. */
#include "inventory/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

void spool_init(struct spool *s, uint64_t cap)
{
	*s = (struct spool){ .fd = -1, .cap = cap };
}

void spool_done(struct spool *s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	s->fd = -1;
}

/* Not every file system knows O_TMPFILE. */
static int open_named(const char *folder)
{
	AUTO(text) char *path = xasprintf("%s/banksman.XXXXXX", folder);
	int fd = mkostemp(path, O_CLOEXEC);

	if (fd >= 0)
		(void)unlink(path);
	return fd;
}

static bool open_file(struct spool *s, struct err *ret_err)
{
	const char *folder = secure_getenv("TMPDIR");

	if (s->fd >= 0)
		return true;
	if (folder == NULL || folder[0] == '\0')
		folder = "/tmp";
	s->fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
	if (s->fd < 0)
		s->fd = open_named(folder);
	return s->fd >= 0 || err_set(ret_err, errno, "cannot make a temporary file in %s: %s",
				     folder, strerrordesc_np(errno));
}

bool spool_put(struct spool *s, const char *bytes, size_t n, struct err *ret_err)
{
	if (!open_file(s, ret_err))
		return false;
	if (n > s->cap - s->bytes)
		return err_set(ret_err, EFBIG, "larger than %" PRIu64 " MiB", s->cap >> 20);
	s->bytes += n;
	while (n > 0) {
		ssize_t done = write(s->fd, bytes, n);

		if (done < 0 && errno != EINTR)
			return err_set(ret_err, errno, "cannot write a temporary file: %s",
				       strerrordesc_np(errno));
		if (done > 0) {
			bytes += done;
			n -= (size_t)done;
		}
	}
	return true;
}

bool spool_rewind(struct spool *s, struct err *ret_err)
{
	return open_file(s, ret_err) &&
	       (lseek(s->fd, 0, SEEK_SET) == 0 ||
		err_set(ret_err, errno, "cannot seek: %s", strerrordesc_np(errno)));
}
