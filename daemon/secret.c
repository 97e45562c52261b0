/* SPDX-License-Identifier: Apache-2.0 */
/* secret.c: see secret.h. */
#include "daemon/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

void secret_clear(struct secret *s)
{
	if (s->data != NULL)
		explicit_bzero(s->data, s->len);
	free(s->data);
	*s = (struct secret){ 0 };
}

/* One byte more than is allowed, at most. */
static bool read_all(int fd, char *data, size_t *ret_len, struct err *ret_err)
{
	size_t len = 0;
	ssize_t n;

	while (len <= SECRET_BYTES && (n = read(fd, data + len, SECRET_BYTES + 1 - len)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(ret_err, errno, "%s", strerrordesc_np(errno));
		len += (size_t)n;
	}
	*ret_len = len;
	return len <= SECRET_BYTES ||
	       err_set(ret_err, EFBIG, "it is larger than %d bytes", SECRET_BYTES);
}

static bool read_file(int fd, struct secret *s, struct err *ret_err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_set(ret_err, errno, "%s", strerrordesc_np(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(ret_err, EINVAL, "it is not a regular file");
	if (!read_all(fd, s->data, &s->len, ret_err))
		return false;
	if (s->len > 0 && s->data[s->len - 1] == '\n')
		s->len--;
	if (s->len > 0 && s->data[s->len - 1] == '\r')
		s->len--;
	s->data[s->len] = '\0';
	return s->len > 0 || err_set(ret_err, EINVAL, "it is empty");
}

bool secret_read(const char *path, struct secret *ret_secret, struct err *ret_err)
{
	/* O_NONBLOCK: a pipe without a writer would stop the daemon. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct secret s = { 0 };
	bool ok;

	if (fd < 0)
		return err_set(ret_err, errno, "%s: %s", path, strerrordesc_np(errno));
	s.data = xcalloc(1, SECRET_BYTES + 2);
	ok = read_file(fd, &s, ret_err);
	(void)close(fd);
	if (ok) {
		*ret_secret = s;
		return true;
	}
	s.len = SECRET_BYTES;
	secret_clear(&s);
	return err_add(ret_err, "%s", path);
}

bool secret_read_token(const char *path, struct secret *ret_secret, struct err *ret_err)
{
	struct secret s = { 0 };

	if (!secret_read(path, &s, ret_err))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (s.data[i] <= ' ' || s.data[i] > '~') {
			secret_clear(&s);
			return err_set(
				ret_err, EINVAL,
				"%s: it holds a blank or another character that no token has",
				path);
		}
	*ret_secret = s;
	return true;
}
