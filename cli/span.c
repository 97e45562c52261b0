/* SPDX-License-Identifier: Apache-2.0 */
/* span.c: see span.h. */
#include "cli/span.h"

#include "base/text.h"
#include "cli/got.h"

enum { OFFENDER_SIZE = 64, DETAIL_SIZE = 512 };

const char *span_detail(const json_t *o, char *field, size_t size)
{
	char offender[OFFENDER_SIZE];
	char detail[DETAIL_SIZE];

	got_text(o, "offender", offender, sizeof offender);
	got_text(o, "detail", detail, sizeof detail);
	if (got_is(o, "state", detail)) /* "open": that was said */
		detail[0] = '\0';
	text_printf(field, size, "%s%s%s%s", offender[0] != '\0' ? "from " : "", offender,
		    offender[0] != '\0' && detail[0] != '\0' ? "; " : "", detail);
	return field;
}
