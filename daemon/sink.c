/* SPDX-License-Identifier: Apache-2.0 */
/* sink.c: which kinds of sinks there are; see sink.h. */
#include "daemon/sink.h"

#include "base/must.h"
#include "daemon/conf.h"

const struct sink_class *sink_class_of(int type)
{
	static const struct sink_class *const classes[] = {
		[SINK_ALERTMANAGER] = &sink_alertmanager,
		[SINK_WEBHOOK] = &sink_webhook,
		[SINK_EXEC] = &sink_exec,
		[SINK_JOURNAL] = &sink_journal,
		[SINK_KUBERNETES] = &sink_kubernetes,
	};

	MUST(type >= 0 && type < (int)ARRAY_LEN(classes));
	return classes[type];
}
