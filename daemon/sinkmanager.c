/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sinkmanager.c: one replica of Alertmanager, through its API v2.  It forgets everything when it
 * restarts, and what it is not told again ends by itself; so it is reminded.  What it refuses
 * with 400 may have been one alert of many: the others it has taken all the same.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/alertjson.h"
#include "daemon/conf.h"
#include "daemon/sink.h"
#include "daemon/sinkpost.h"

/* An alert that lasts ends there when it was not told this many times. */
enum { MISSES = 4, MANAGER_BATCH = 100 };

struct sink {
	struct sinkpost *post; /* owned */
	struct span resend;
};

static struct sink *manager_open(const struct sink_parts *parts, const struct conf_sink *conf,
				 size_t url, struct err *ret_err)
{
	const char *base = conf->urls[url];
	size_t len = strlen(base);
	struct sink *s = xcalloc(1, sizeof *s);
	AUTO(text) char *whole = NULL;

	while (len > 0 && base[len - 1] == '/')
		len--;
	whole = xasprintf("%.*s/api/v2/alerts", (int)len, base);
	s->resend = parts->resend;
	s->post = sinkpost_new(parts, conf, whole, ret_err);
	if (s->post != NULL)
		return s;
	free(s);
	return NULL;
}

static void manager_tell(struct sink *s, const struct alert *const *alerts, size_t count,
			 sink_done_fn *done, void *owner)
{
	struct wall now = wall_now();
	struct wall until = { .ms = now.ms + MISSES * span_ms(s->resend) };

	sinkpost_send(s->post, alertjson_manager(alerts, count, now, until),
		      &(const char *){ NULL }, done, owner);
}

static void manager_close(struct sink *s)
{
	sinkpost_free(s->post);
	free(s);
}

const struct sink_class sink_alertmanager = {
	.name = "alertmanager",
	.wants_reminders = true,
	.batch = MANAGER_BATCH,
	.open = manager_open,
	.tell = manager_tell,
	.close = manager_close,
};
