/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bare_reach.c: the least a silent reach check can cost: an epoll loop with the
 * socket calls of probes/sock.c and nothing else.  No deadlines, no reasons.
 * With -r they are started one by one, evenly, as a schedule does.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/bench/bench.h"

enum { EVENTS_PER_WAIT = 256, SYN_RETRIES = 5 };

struct loop {
	const struct bench *bench;
	int epoll_fd;
	struct bench_pace pace; /* with a rate */
	uint64_t started;
	uint64_t ended;
	uint64_t failed;
};

static bool set_option(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

static void start(struct loop *l)
{
	struct addr target = bench_addr(l->bench, l->started++);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct linger now = { .l_onoff = 1, .l_linger = 0 };
	struct epoll_event ev = { .events = EPOLLOUT, .data.fd = fd };

	MUST(fd >= 0 && set_option(fd, IPPROTO_IP, IP_RECVERR, 1) &&
	     set_option(fd, IPPROTO_TCP, TCP_SYNCNT, SYN_RETRIES) &&
	     setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now) == 0 &&
	     set_option(fd, IPPROTO_TCP, TCP_QUICKACK, 0));
	MUST(connect(fd, &target.sa, addr_len(&target)) == 0 || errno == EINPROGRESS);
	MUST(epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &ev) == 0);
}

static void end(struct loop *l, int fd)
{
	struct tcp_info info;
	socklen_t info_len = sizeof info;
	int error = 0;
	socklen_t error_len = sizeof error;

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_len) != 0 || error != 0 ||
	    getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &info_len) != 0 ||
	    info.tcpi_state != TCP_ESTABLISHED)
		l->failed++;
	(void)close(fd);
	l->ended++;
}

static void start_those_due(struct loop *l, uint64_t checks)
{
	uint64_t due = bench_pace_due(&l->pace);

	while (due-- > 0 && l->started < checks)
		start(l);
}

static void run_paced(struct loop *l, uint64_t checks)
{
	struct epoll_event events[EVENTS_PER_WAIT];

	l->started = l->ended = l->failed = 0;
	while (l->ended < checks) {
		int n = epoll_wait(l->epoll_fd, events, EVENTS_PER_WAIT, -1);

		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == l->pace.fd)
				start_those_due(l, checks);
			else
				end(l, events[i].data.fd);
		}
	}
}

static void start_timer(struct loop *l)
{
	struct epoll_event ev = { .events = EPOLLIN };

	bench_pace_init(&l->pace, l->bench);
	ev.data.fd = l->pace.fd;
	MUST(epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, l->pace.fd, &ev) == 0);
}

static void run(struct loop *l, uint64_t checks)
{
	struct epoll_event events[EVENTS_PER_WAIT];

	l->started = l->ended = l->failed = 0;
	while (l->started < checks && l->started < l->bench->in_flight)
		start(l);
	while (l->ended < checks) {
		int n = epoll_wait(l->epoll_fd, events, EVENTS_PER_WAIT, -1);

		for (int i = 0; i < n; i++) {
			end(l, events[i].data.fd);
			if (l->started < checks)
				start(l);
		}
	}
}

int main(int argc, char **argv)
{
	struct bench b;
	struct loop l = { .bench = &b, .epoll_fd = epoll_create1(EPOLL_CLOEXEC) };
	void (*go)(struct loop *, uint64_t) = run;
	int64_t before;

	if (!bench_options(argc, argv, &b))
		return 2;
	MUST(l.epoll_fd >= 0);
	if (b.rate > 0) {
		start_timer(&l);
		go = run_paced;
	}
	go(&l, bench_warm_up(&b));
	before = bench_cpu_us();
	go(&l, b.checks);
	before = bench_cpu_us() - before;
	if (b.rate > 0)
		b.late_99_us = bench_pace_late_99_us(&l.pace);
	bench_print(&b, before, l.failed);
	free(l.pace.late_us);
	return l.failed > 0;
}
