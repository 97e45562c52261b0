/* SPDX-License-Identifier: Apache-2.0 */
/* matrixname.c: how much of a node's name people need; see matrix.h. */
#include <string.h>

#include "cli/matrix.h"

/* A domain (".ocp.example.com") or a port (":9902"); a part of an address is neither. */
static bool is_suffix(const char *text)
{
	if (text[0] == ':')
		return text[1 + strspn(text + 1, "0123456789")] == '\0';
	return text[0] == '.' && strpbrk(text, "abcdefghijklmnopqrstuvwxyz") != NULL;
}

size_t matrix_suffix(const struct matrix *m)
{
	const char *first = NULL;
	size_t common = 0;

	for (size_t n = 0; n < m->node_count; n++) {
		const char *name = m->nodes[n].name;
		size_t len = strlen(name);
		size_t same = 0;

		if (!matrix_heard(&m->nodes[n]))
			continue;
		if (first == NULL) {
			first = name;
			common = len - 1;
			continue;
		}
		while (same < common && same + 1 < len &&
		       name[len - 1 - same] == first[strlen(first) - 1 - same])
			same++;
		common = same;
	}
	while (common > 0 && !is_suffix(first + strlen(first) - common))
		common--;
	return matrix_heard_count(m) > 1 ? common : 0;
}
