/* SPDX-License-Identifier: Apache-2.0 */
/* findingrow.c: see findingrow.h. */
#include "daemon/findingrow.h"

#include "daemon/db.h"
#include "daemon/store.h"

bool findingrow_put(struct db *d, const char *rows)
{
	db_start(d, STMT_FINDINGS_PUT);
	db_bind_text(d, ":rows", rows);
	return db_run(d);
}

bool findingrow_put_judgement(struct db *d, const struct store_judgement *j)
{
	db_start(d, STMT_JUDGEMENT_PUT);
	db_bind_wall(d, ":at", j->at);
	db_bind_int(d, ":took", span_ms(j->took));
	db_bind_int(d, ":machines", (int64_t)j->machines);
	db_bind_int(d, ":ready", (int64_t)j->ready);
	db_bind_int(d, ":blocked", (int64_t)j->blocked);
	db_bind_int(d, ":undetermined", (int64_t)j->undetermined);
	db_bind_int(d, ":plans", (int64_t)j->plans);
	db_bind_int(d, ":rules", (int64_t)j->rules);
	db_bind_text(d, ":counts", j->counts);
	db_bind_text(d, ":files", j->files);
	return db_run(d);
}
