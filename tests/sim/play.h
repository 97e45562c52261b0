/* SPDX-License-Identifier: Apache-2.0 */
/*
 * play.h: the daemon played: its real round over a fake clock, network and history.
 *
 *	fakeclock --> round_turn() --> net --> verdict --> round --> record
 */
#ifndef TESTS_SIM_PLAY_H
#define TESTS_SIM_PLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "daemon/conf.h"

struct play {
	struct prober *net;   /* owned */
	struct store *record; /* owned */
	struct bell *bell;    /* owned */
	bool alerts;          /* there are any */
	struct round *round;  /* owned; NULL: no process */
	struct conf *conf;    /* owned; in force */
	struct mono began;    /* of the scenario */
	struct wall began_wall;
	struct mono bell_turn; /* the next one */
	struct mono turn;      /* when the round wants to be called */
	struct mono last;      /* when the round was called, … */
	unsigned turns;        /* … and how often at that time */
	char trouble[200];     /* "": none */
};

void play_init(struct play *p, uint64_t seed);
void play_done(struct play *p);

/* A process starts with conf (taken over) and with what the record has kept. */
void play_start(struct play *p, struct conf *conf);

/* It ends; killed: without writing what it has in memory. */
void play_stop(struct play *p, bool killed);

/* SIGHUP: conf is taken over. */
void play_reload(struct play *p, struct conf *conf);

/* Time passes. */
void play_go_to(struct play *p, struct mono until);

/* Time passes and the process does not run. */
void play_suspend(struct span length);

#endif
