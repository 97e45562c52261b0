/* SPDX-License-Identifier: Apache-2.0 */
/* sock.c: see sock.h. */
#include "probes/sock.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { SYN_RETRIES_MAX = 127, MS_PER_S = 1000 };

static bool set_option(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

/*
 * Enough SYN repetitions that the caller's deadline ends the attempt and not the
 * kernel: from Linux 6.5 on the first four come a second apart (tcp_syn_linear_timeouts).
 */
static int syn_retries(struct span patience)
{
	int64_t n = span_ms(patience) / MS_PER_S + 2;

	return n > SYN_RETRIES_MAX ? SYN_RETRIES_MAX : (int)n;
}

/*
 * With the final ACK delayed and linger 0, close() after the handshake sends RST:
 * the peer's connection never leaves its SYN queue, and nothing stays in TIME_WAIT here.
 */
static bool set_silent(int fd)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	return setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now) == 0 &&
	       set_option(fd, IPPROTO_TCP, TCP_QUICKACK, 0);
}

static bool set_up(int fd, int family, enum sock_manner manner, unsigned ttl, struct span patience)
{
	bool v6 = family == AF_INET6;
	int level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;

	if (!set_option(fd, level, v6 ? IPV6_RECVERR : IP_RECVERR, 1) ||
	    !set_option(fd, IPPROTO_TCP, TCP_SYNCNT, syn_retries(patience)))
		return false;
	if (ttl > 0 && !set_option(fd, level, v6 ? IPV6_UNICAST_HOPS : IP_TTL, (int)ttl))
		return false;
	return manner != SOCK_SILENT || set_silent(fd);
}

int sock_connect(const struct addr *target, enum sock_manner manner, unsigned ttl,
		 struct span patience, int *ret_fd, bool *ret_connecting)
{
	int fd = socket(addr_family(target), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int error;

	*ret_connecting = false;
	if (fd < 0)
		return errno;
	/* The kernel's EINVAL for this must not be taken for that of a blackhole route. */
	if (addr_family(target) == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&target->in6.sin6_addr) &&
	    target->in6.sin6_scope_id == 0) {
		(void)close(fd);
		return EDESTADDRREQ;
	}
	if (set_up(fd, addr_family(target), manner, ttl, patience)) {
		*ret_connecting = true;
		if (connect(fd, &target->sa, addr_len(target)) == 0 || errno == EINPROGRESS) {
			*ret_fd = fd;
			return 0;
		}
	}
	error = errno;
	(void)close(fd);
	return error;
}

static bool icmp_of_control(struct msghdr *msg, struct icmp *ret_icmp)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c != NULL; c = CMSG_NXTHDR(msg, c)) {
		struct sock_extended_err *e = (void *)CMSG_DATA(c);
		bool v4 = c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR;
		bool v6 = c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR;

		if ((!v4 && !v6) ||
		    (e->ee_origin != SO_EE_ORIGIN_ICMP && e->ee_origin != SO_EE_ORIGIN_ICMP6))
			continue;
		*ret_icmp =
			(struct icmp){ .present = true, .type = e->ee_type, .code = e->ee_code };
		(void)addr_copy(SO_EE_OFFENDER(e),
				v6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in),
				&ret_icmp->from);
		return true;
	}
	return false;
}

/* One message off the error queue: 1 an ICMP error, 0 something else, -1 empty. */
static int next_icmp(int fd, struct icmp *ret_icmp)
{
	_Alignas(struct cmsghdr) char control[512];
	char packet[64];
	struct iovec iov = { .iov_base = packet, .iov_len = sizeof packet };
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control,
			      .msg_controllen = sizeof control };

	if (recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
		return -1;
	return icmp_of_control(&msg, ret_icmp) ? 1 : 0;
}

/* The first final ICMP error that was queued; soft ones are skipped. */
static enum reason queued_reason(int fd, const struct addr *target, struct icmp *ret_icmp)
{
	struct sockaddr_storage local = { 0 };
	socklen_t len = sizeof local;
	struct addr self = { 0 };
	struct icmp m;
	int got;

	while ((got = next_icmp(fd, &m)) >= 0) {
		enum reason r;

		if (got == 0)
			continue;
		if (getsockname(fd, (struct sockaddr *)&local, &len) == 0)
			(void)addr_copy((struct sockaddr *)&local, len, &self);
		r = reason_of_icmp(&m, &self, target);
		if (r != REASON_OK) {
			*ret_icmp = m;
			return r;
		}
	}
	return REASON_OK;
}

/* Decides an attempt that does not stand (yet): the error queue knows more than the errno. */
static void failed_outcome(int fd, const struct addr *target, bool in_progress,
			   struct sock_outcome *out)
{
	socklen_t len = sizeof out->os_error;
	out->reason = queued_reason(fd, target, &out->icmp);
	if (out->reason != REASON_OK)
		return;
	if (out->os_error == 0 && in_progress) {
		out->pending = true;
		return;
	}
	/* An RST may have come between the two questions. */
	if (out->os_error == 0 &&
	    (getsockopt(fd, SOL_SOCKET, SO_ERROR, &out->os_error, &len) != 0 || out->os_error == 0))
		out->os_error = ENOTCONN;
	out->reason = reason_of_errno(out->os_error);
}

void sock_outcome(int fd, const struct addr *target, struct sock_outcome *ret_outcome)
{
	struct sock_outcome out = { .reason = REASON_OK, .rtt_us = -1 };
	socklen_t len = sizeof out.os_error;
	struct tcp_info info = { .tcpi_state = TCP_CLOSE };
	socklen_t info_len = sizeof info;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &out.os_error, &len) != 0 ||
	    getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &info_len) != 0)
		out.os_error = errno;
	if (out.os_error != 0 || info.tcpi_state == TCP_SYN_SENT || info.tcpi_state == TCP_CLOSE)
		failed_outcome(fd, target, info.tcpi_state == TCP_SYN_SENT, &out);
	else if (info.tcpi_rtt > 0 && info.tcpi_rtt <= INT32_MAX)
		out.rtt_us = (int32_t)info.tcpi_rtt;
	out.retransmits =
		info.tcpi_total_retrans > UINT8_MAX ? UINT8_MAX : (uint8_t)info.tcpi_total_retrans;
	*ret_outcome = out;
}

void sock_settle(int fd, const struct addr *target)
{
	if (addr_family(target) == AF_INET6)
		(void)set_option(fd, IPPROTO_IPV6, IPV6_RECVERR, 0);
	else
		(void)set_option(fd, IPPROTO_IP, IP_RECVERR, 0);
}
