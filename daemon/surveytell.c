/* SPDX-License-Identifier: Apache-2.0 */
/* surveytell.c: see surveytell.h. */
#include "daemon/surveytell.h"

#include <inttypes.h>

#include "base/log.h"
#include "daemon/store.h"
#include "daemon/survey.h"
#include "daemon/surveysum.h"

static void put_event(struct store *store, const char *after, const char *detail)
{
	if (store != NULL)
		store_put_event(store, &(struct store_event){ .at = wall_now(),
							      .kind = "inventory",
							      .before = "",
							      .after = after,
							      .detail = detail });
}

void surveytell_done(struct store *store, const struct survey_facts *f, size_t findings)
{
	char text[SURVEYSUM_TEXT_SIZE];

	surveysum_text(&f->summary, text);
	log_notice("the inventory was judged: %s files=%zu findings=%zu took_ms=%" PRId64, text,
		   json_array_size(f->files), findings, span_ms(f->took));
	put_event(store, "judged", text);
}

void surveytell_failed(struct store *store, const struct survey_facts *f)
{
	log_warn("the inventory could not be judged, continuing with the last findings: %s "
		 "directory=%s",
		 f->trouble, f->directory);
	put_event(store, "failed", f->trouble);
}
