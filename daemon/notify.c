/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notify.c: see notify.h.  One datagram a message, so libsystemd is not used: it would be a
 * dependency, and a library in the process, for what sendto() does.
 */
#include "daemon/notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/must.h"
#include "base/parse.h"
#include "base/text.h"

enum { STATUS_BYTES = 256, MESSAGE_BYTES = STATUS_BYTES + 64, NS_PER_HALF_US = 500 };

/*
 * Opened by the first message and kept to the last: signs of life must go out when no further
 * file may be opened, or the watchdog would kill a process that is only short of them.  It
 * is not connected, and knows nothing of where messages go.
 */
static int channel = -1;

static const char *variable(const char *name)
{
	return getenv(name); /* NOLINT(concurrency-mt-unsafe): no setenv */
}

/* The length of the address, 0 when path is none: "/run/systemd/notify", "@abstract". */
static socklen_t fill_address(const char *path, struct sockaddr_un *ret_un)
{
	size_t len = strlen(path);

	if ((path[0] != '/' && path[0] != '@') || len < 2 || len >= sizeof ret_un->sun_path)
		return 0;
	*ret_un = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(ret_un->sun_path, path, len);
	if (path[0] == '@') {
		ret_un->sun_path[0] = '\0';
		return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	}
	return sizeof *ret_un;
}

/* 0, or why message could not be sent. */
static int send_to(const char *path, const char *message)
{
	struct sockaddr_un un;
	socklen_t len = fill_address(path, &un);

	if (len == 0)
		return EINVAL;
	if (channel < 0)
		channel = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (channel < 0 || sendto(channel, message, strlen(message), MSG_DONTWAIT | MSG_NOSIGNAL,
				  (const struct sockaddr *)&un, len) < 0)
		return errno;
	return 0;
}

static void tell(const char *message)
{
	const char *path = variable("NOTIFY_SOCKET");
	int trouble;

	if (path == NULL || path[0] == '\0')
		return;
	trouble = send_to(path, message);
	if (trouble != 0)
		log_warn("the service manager could not be told how we are, continuing: %s "
			 "socket=%s message=%.*s",
			 strerrordesc_np(trouble), path, (int)strcspn(message, "=\n"), message);
}

static void tell_with_status(const char *head, const char *status)
{
	char line[STATUS_BYTES];
	char message[MESSAGE_BYTES];
	int len;

	text_set(line, sizeof line, status, strlen(status)); /* it must stay one line */
	len = snprintf(message, sizeof message, "%sSTATUS=%s", head, line);
	MUST(len > 0 && (size_t)len < sizeof message);
	tell(message);
}

void notify_ready(const char *status)
{
	tell_with_status("READY=1\n", status);
}

void notify_status(const char *status)
{
	tell_with_status("", status);
}

void notify_stopping(void)
{
	tell_with_status("STOPPING=1\n", "stopping");
	if (channel >= 0)
		(void)close(channel);
	channel = -1;
}

void notify_reloading(struct mono now)
{
	char head[MESSAGE_BYTES - STATUS_BYTES];
	int len = snprintf(head, sizeof head, "RELOADING=1\nMONOTONIC_USEC=%" PRId64 "\n",
			   span_us(mono_sub(now, (struct mono){ 0 })));

	MUST(len > 0 && (size_t)len < sizeof head);
	tell_with_status(head, "reading the configuration again");
}

void notify_alive(void)
{
	tell("WATCHDOG=1");
}

/* A child that inherited the environment is not who is watched. */
static bool watched(const char *pid)
{
	uint64_t number;

	return pid == NULL || (parse_u64(pid, 1, INT32_MAX, &number) && (pid_t)number == getpid());
}

bool notify_watchdog(struct span *ret_interval)
{
	const char *usec = variable("WATCHDOG_USEC");
	uint64_t allowed;

	if (usec == NULL || !watched(variable("WATCHDOG_PID")))
		return false;
	if (!parse_u64(usec, 1, INT64_MAX / NS_PER_HALF_US, &allowed)) {
		log_warn("WATCHDOG_USEC is no time, continuing without signs of life value=%s",
			 usec);
		return false;
	}
	*ret_interval = (struct span){ .ns = (int64_t)allowed * NS_PER_HALF_US };
	return true;
}
