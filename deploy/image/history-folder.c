/* SPDX-License-Identifier: Apache-2.0 */
/*
 * history-folder.c: makes a folder that kubelet made for root, the hostPath of the history, one that
 * a group may write to: its group, mode 2770, and the SELinux type of containers' files.  Wants to
 * own the folder and to be in the group; no capability, no shell.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/parse.h"

enum { MODE = 02770, MODE_BITS = 07777, CONTEXT_BYTES = 256 };

static const char label_name[] = "security.selinux";
static const char label[] = "system_u:object_r:container_file_t:s0";

static int fail(const char *folder, const char *what)
{
	(void)fprintf(stderr, "history-folder: %s: %s: %s\n", folder, what, strerrordesc_np(errno));
	return 1;
}

/*
 * A kernel without SELinux has no label to read.  One that cannot be set is for the daemon to
 * find: it says whether it can write, and to whom it matters.
 */
static void set_label(int fd, const char *folder)
{
	char now[CONTEXT_BYTES];
	ssize_t len = fgetxattr(fd, label_name, now, sizeof now - 1);

	if (len < 0)
		return;
	now[len] = '\0';
	if (strcmp(now, label) == 0 || fsetxattr(fd, label_name, label, sizeof label, 0) == 0)
		return;
	(void)fprintf(stderr, "history-folder: %s stays %s: %s; going on\n", folder, now,
		      strerrordesc_np(errno));
}

/* The group first: a change of it clears the bit that new files inherit it by. */
static int prepare(int fd, const char *folder, gid_t group)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return fail(folder, "stat");
	if (st.st_gid != group && fchown(fd, (uid_t)-1, group) != 0)
		return fail(folder, "its group cannot be changed");
	if ((st.st_gid != group || (st.st_mode & MODE_BITS) != MODE) && fchmod(fd, MODE) != 0)
		return fail(folder, "its mode cannot be changed");
	set_label(fd, folder);
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t group;
	int fd, status;

	if (argc != 3 || !parse_u64(argv[2], 1, UINT32_MAX - 1, &group)) {
		(void)fputs("usage: history-folder FOLDER GROUP-ID\n", stderr);
		return 2;
	}
	fd = open(argv[1], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return fail(argv[1], "cannot be opened");
	status = prepare(fd, argv[1], (gid_t)group);
	(void)close(fd);
	return status;
}
