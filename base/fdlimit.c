/* SPDX-License-Identifier: Apache-2.0 */
/* fdlimit.c: see fdlimit.h. */
#include "base/fdlimit.h"

#include <sys/resource.h>

#include "base/must.h"

size_t fdlimit_raise(size_t wanted)
{
	struct rlimit limit;

	MUST(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	if (limit.rlim_cur < wanted && limit.rlim_cur < limit.rlim_max) {
		rlim_t before = limit.rlim_cur;

		limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
		if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
			limit.rlim_cur = before;
	}
	return limit.rlim_cur;
}
