/* SPDX-License-Identifier: Apache-2.0 */
/* confsay.c: see confsay.h. */
#include "daemon/confsay.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"

void confsay_shown(const char *text, char ret_shown[CONFSAY_SIZE])
{
	static const char more[] = "...";
	size_t room = CONFSAY_SIZE - sizeof more + 1;

	text_set(ret_shown, room, text, strlen(text));
	if (strlen(text) >= room)
		memcpy(ret_shown + strlen(ret_shown), more, sizeof more);
}

void confsay_span(struct span d, char ret_text[CONFSAY_SIZE])
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = { { "d", 86400000 }, { "h", 3600000 }, { "m", 60000 }, { "s", 1000 } };
	int64_t ms = span_ms(d);

	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (ms != 0 && ms % units[i].ms == 0) {
			(void)snprintf(ret_text, CONFSAY_SIZE, "%" PRId64 "%s", ms / units[i].ms,
				       units[i].unit);
			return;
		}
	(void)snprintf(ret_text, CONFSAY_SIZE, "%" PRId64 "ms", ms);
}

bool confsay_refuse(const char *text, const char *wanted, struct err *ret_err)
{
	char shown[CONFSAY_SIZE];

	confsay_shown(text, shown);
	return err_set(ret_err, EINVAL, "'%s' is not %s", shown, wanted);
}
