/* SPDX-License-Identifier: Apache-2.0 */
/* portmap.c: see portmap.h. */
#include "cli/portmap.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/parse.h"
#include "cli/shown.h"

static bool parse_one(const char *text, uint16_t *ret_port, struct err *ret_err)
{
	char shown[SHOWN_SIZE];

	if (parse_port(text, ret_port))
		return true;
	shown_text(text, shown);
	return err_set(ret_err, EINVAL, "port '%s' is not a number from 1 to 65535", shown);
}

bool portmap_parse(const char *text, struct portmap *ret_map, struct err *ret_err)
{
	const char *equals = strchr(text, '=');
	struct portmap map = { .mapped = equals != NULL };
	AUTO(text)
	char *first = xstrndup(text, equals != NULL ? (size_t)(equals - text) : strlen(text));

	if (!parse_one(first, &map.documented, ret_err))
		return false;
	map.actual = map.documented;
	if (equals != NULL && !parse_one(equals + 1, &map.actual, ret_err))
		return false;
	*ret_map = map;
	return true;
}
