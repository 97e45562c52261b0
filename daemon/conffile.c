/* SPDX-License-Identifier: Apache-2.0 */
/* conffile.c: see conffile.h. */
#include "daemon/conffile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probes/trust.h"

enum { SECRET_BYTES = 16 * 1024 };

bool conffile_check_ca(const struct confread *r, const char *place, const char *file)
{
	struct truststore *store;
	struct err why;

	if (file == NULL || !r->files)
		return true;
	store = truststore_new_file(file, &why);
	if (store == NULL)
		return confread_fail(r, place, "ca", "%s", why.text);
	truststore_free(store);
	return true;
}

/* Why fd is no file of a secret; NULL when it is one. */
static const char *look(int fd)
{
	char bytes[SECRET_BYTES + 1];
	bool something = false;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) != 0)
		return strerrordesc_np(errno);
	if (!S_ISREG(st.st_mode))
		return "is not a regular file";
	if (st.st_size > SECRET_BYTES)
		return "is larger than 16 KiB";
	n = read(fd, bytes, sizeof bytes);
	if (n < 0)
		return strerrordesc_np(errno);
	for (ssize_t i = 0; i < n; i++)
		something = something || (unsigned char)bytes[i] > ' ';
	explicit_bzero(bytes, sizeof bytes);
	return something ? NULL : "is empty";
}

bool conffile_check_secret(const struct confread *r, const char *place, const char *key,
			   const char *file)
{
	const char *why;
	int fd;

	if (file == NULL || !r->files)
		return true;
	/* O_NONBLOCK: a pipe without a writer would stop the daemon. */
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	why = fd < 0 ? strerrordesc_np(errno) : look(fd);
	if (fd >= 0)
		(void)close(fd);
	return why == NULL || confread_fail(r, place, key, "cannot use %s: %s", file, why);
}
