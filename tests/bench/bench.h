/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bench.h: what the benchmark programs share.  Each .c file of this folder is a
 * program of its own, so the functions stand here.
 */
#ifndef TESTS_BENCH_H
#define TESTS_BENCH_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/parse.h"

/* What the certificate of tls_target is for, and what clients ask for. */
#define BENCH_HOST "bench.example.com"

/* One run: `checks` checks, `in_flight` of them at a time, over `hosts` addresses from `first`. */
struct bench {
	uint64_t checks;
	uint64_t in_flight;
	uint64_t hosts;
	struct addr first; /* IPv4, with the port */
	bool serve;        /* --serve; else --reach */
	uint64_t rate;     /* -r: checks started per second, evenly; 0: as fast as they end */
	bool unverified;   /* --unverified: bare_serve looks at no certificate */
	double late_99_us; /* with a rate: 99 % of the starts were due no longer before */
};

/* The user and system time of this process so far, in microseconds. */
static inline int64_t bench_cpu_us(void)
{
	struct rusage u;

	MUST(getrusage(RUSAGE_SELF, &u) == 0);
	return (int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec +
	       u.ru_stime.tv_usec;
}

/* The line that run.sh and daemon.py read. */
static inline void bench_print(const struct bench *b, int64_t cpu_us, uint64_t failed)
{
	struct rusage u;

	MUST(getrusage(RUSAGE_SELF, &u) == 0);
	(void)printf("cpu_us %.3f checks %llu failed %llu rss_kib %ld",
		     (double)cpu_us / (double)b->checks, (unsigned long long)b->checks,
		     (unsigned long long)failed, u.ru_maxrss);
	if (b->rate > 0)
		(void)printf(" late_99_us %.0f", b->late_99_us);
	(void)printf("\n");
}

/* So many checks go before those that count: memory, caches and libraries settle. */
static inline uint64_t bench_warm_up(const struct bench *b)
{
	return b->checks / 4 + b->in_flight;
}

/* Checks due at b's rate. */
struct bench_pace {
	int fd; /* readable when some are due */
	double every_us;
	double *late_us;    /* owned: of each start */
	size_t count, size; /* of late_us */
};

static inline void bench_pace_init(struct bench_pace *p, const struct bench *b)
{
	struct timespec every = { .tv_nsec = (long)(1000000000 / b->rate) };
	struct itimerspec spec = { .it_interval = every, .it_value = every };

	*p = (struct bench_pace){ .fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC),
				  .every_us = (double)every.tv_nsec / 1000,
				  .size = b->checks };
	p->late_us = xcalloc(p->size, sizeof *p->late_us);
	MUST(b->rate > 1 && p->fd >= 0 && timerfd_settime(p->fd, 0, &spec, NULL) == 0);
}

/* How many are due; with the time until the next, how late each of them is. */
static inline uint64_t bench_pace_due(struct bench_pace *p)
{
	struct itimerspec next;
	uint64_t due;

	MUST(read(p->fd, &due, sizeof due) == sizeof due && timerfd_gettime(p->fd, &next) == 0);
	for (uint64_t i = 0; i < due && p->count < p->size; i++)
		p->late_us[p->count++] =
			(double)(i + 1) * p->every_us - (double)next.it_value.tv_nsec / 1000;
	return due;
}

static inline int bench_by_size(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Nearest rank. */
static inline double bench_pace_late_99_us(struct bench_pace *p)
{
	MUST(p->count > 0);
	qsort(p->late_us, p->count, sizeof *p->late_us, bench_by_size);
	return p->late_us[(p->count * 99 + 99) / 100 - 1];
}

/* The address of the i-th check. */
static inline struct addr bench_addr(const struct bench *b, uint64_t i)
{
	struct addr a = b->first;

	a.in.sin_addr.s_addr = htonl(ntohl(a.in.sin_addr.s_addr) + (uint32_t)(i % b->hosts));
	return a;
}

/* Reads the options of all benchmark programs; false with a line on stderr. */
static inline bool bench_options(int argc, char **argv, struct bench *ret_bench)
{
	static const struct option names[] = { { "reach", no_argument, NULL, 'r' },
					       { "serve", no_argument, NULL, 's' },
					       { "unverified", no_argument, NULL, 'u' },
					       { 0 } };
	struct bench b = { .checks = 1000, .in_flight = 64, .hosts = 1 };
	const char *address = "127.1.0.1";
	uint16_t port = 0;
	bool ok = true;
	int c;

	while ((c = getopt_long(argc, argv, "n:k:a:m:p:r:", names, NULL)) != -1) {
		ok = ok && c != '?';
		if (c == 'n')
			ok = ok && parse_u64(optarg, 1, 100000000, &b.checks);
		else if (c == 'k')
			ok = ok && parse_u64(optarg, 1, 100000, &b.in_flight);
		else if (c == 'm')
			ok = ok && parse_u64(optarg, 1, 10000000, &b.hosts);
		else if (c == 'r')
			ok = ok && parse_u64(optarg, 1, 100000, &b.rate);
		else if (c == 'p')
			ok = ok && parse_port(optarg, &port);
		else if (c == 'a')
			address = optarg;
		b.serve = b.serve || c == 's';
		b.unverified = b.unverified || c == 'u';
	}
	if (!ok || optind != argc || port == 0 || !addr_parse(address, port, &b.first) ||
	    addr_family(&b.first) != AF_INET) {
		(void)fprintf(stderr,
			      "usage: %s [--reach | --serve] [--unverified] [-n CHECKS] "
			      "[-k IN-FLIGHT] [-r RATE] [-a FIRST-IPV4-ADDRESS] [-m ADDRESSES] -p "
			      "PORT\n",
			      argv[0]);
		return false;
	}
	*ret_bench = b;
	return true;
}

#endif
