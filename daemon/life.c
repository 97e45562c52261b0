/* SPDX-License-Identifier: Apache-2.0 */
/* life.c: see life.h. */
#include "daemon/life.h"

#include "daemon/db.h"

static bool is_here(const struct life *l, struct db *d, bool *ret_here)
{
	db_start(d, STMT_RUN_IS);
	db_bind_int(d, ":run", l->run);
	db_bind_wall(d, ":started", l->started);
	if (!db_one(d))
		return false;
	*ret_here = db_int(d, 0) > 0;
	return true;
}

static bool find_earlier(struct db *d, struct wall *ret_at, struct wall *ret_believed)
{
	enum db_row row;

	ret_at->ms = ret_believed->ms = 0;
	db_start(d, STMT_RUN_LAST);
	row = db_next(d);
	if (row == DB_ROW) {
		ret_at->ms = db_int(d, db_is_null(d, 2) ? 1 : 2);
		ret_believed->ms = db_is_null(d, 3) ? ret_at->ms : db_int(d, 3);
	}
	return row != DB_FAILED;
}

static bool close_spans(struct db *d, struct wall earlier, struct wall now)
{
	db_start(d, STMT_SPANS_CLOSE);
	db_bind_wall(d, ":at", earlier.ms < now.ms ? earlier : now);
	return db_run(d);
}

static bool begin_row(const struct life *l, struct db *d, struct wall now, struct wall believed,
		      int64_t *ret_run)
{
	db_start(d, STMT_RUN_BEGIN);
	db_bind_wall(d, ":started", l->started);
	db_bind_wall(d, ":at", now);
	db_bind_text(d, ":node", l->node);
	db_bind_text(d, ":version", l->version);
	db_bind_wall(d, ":believed", believed.ms != 0 ? believed : now);
	if (!db_one(d))
		return false;
	*ret_run = db_int(d, 0);
	return true;
}

bool life_begin(struct life *l, struct db *d, struct wall now, bool *ret_begun)
{
	struct wall earlier, believed;
	bool here;
	int64_t run;

	if (!is_here(l, d, &here))
		return false;
	*ret_begun = !here;
	if (here)
		return true;
	if (!db_begin(d, true))
		return false;
	if (find_earlier(d, &earlier, &believed) && close_spans(d, earlier, now) &&
	    begin_row(l, d, now, believed, &run) && db_commit(d)) {
		l->earlier = earlier;
		l->believed = believed;
		l->run = run;
		return true;
	}
	db_rollback(d);
	return false;
}

bool life_go_on(const struct life *l, struct db *d, struct wall now)
{
	db_start(d, STMT_RUN_ALIVE);
	db_bind_wall(d, ":at", now);
	db_bind_wall(d, ":believed", l->believed);
	db_bind_int(d, ":run", l->run);
	return db_run(d);
}

bool life_end(const struct life *l, struct db *d, struct wall now)
{
	db_start(d, STMT_RUN_STOP);
	db_bind_wall(d, ":at", now);
	db_bind_wall(d, ":believed", l->believed);
	db_bind_int(d, ":run", l->run);
	return db_run(d);
}
