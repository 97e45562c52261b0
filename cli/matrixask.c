/* SPDX-License-Identifier: Apache-2.0 */
/* matrixask.c: see matrixask.h. */
#include "cli/matrixask.h"

#include <ctype.h>
#include <string.h>

/*
 * "@" stands for the matchers, "#" for the labels of a node.  A scrape that keeps the target's own
 * label "endpoint", as a PodMonitor without honorLabels does, renames ours to exported_endpoint.
 */
static const char *const queries[MATRIXASK_N] = {
	[MATRIXASK_STATES] = "max by (#, endpoint, exported_endpoint, state) "
			     "(banksman_endpoint_state@)",
	[MATRIXASK_FAILING] = "max by (#, endpoint, exported_endpoint) "
			      "(banksman_endpoint_service_up@ == 0)",
	[MATRIXASK_INFOS] = "max by (endpoint, exported_endpoint, provider, role, host, port, "
			    "severity) (banksman_endpoint_info@)",
	[MATRIXASK_SEEN] = "max by (#) (timestamp(banksman_build_info@) or "
			   "max_over_time(timestamp(banksman_build_info@)[1h:30s]))",
	[MATRIXASK_COUNTS] = "sum by (#, state) (banksman_endpoints@)",
};

static void put_quoted(const char *text, struct buf *out)
{
	buf_puts(out, "\"");
	for (; *text != '\0'; text++) {
		if (*text == '\\' || *text == '"')
			buf_puts(out, "\\");
		if (*text == '\n')
			buf_puts(out, "\\n");
		else
			buf_put(out, text, 1);
	}
	buf_puts(out, "\"");
}

static void put_matchers(const char *const *wanted, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		size_t name = strcspn(wanted[i], "=");

		buf_printf(out, "%s%.*s=", i == 0 ? "{" : ",", (int)name, wanted[i]);
		put_quoted(wanted[i] + name + 1, out);
	}
	buf_puts(out, count > 0 ? "}" : "");
}

void matrixask_put(enum matrixask which, const char *node_label, const char *const *wanted,
		   size_t count, struct buf *out)
{
	for (const char *p = queries[which]; *p != '\0'; p++) {
		if (*p == '@')
			put_matchers(wanted, count, out);
		else if (*p == '#')
			buf_puts(out, node_label != NULL ? node_label : "node, instance");
		else
			buf_put(out, p, 1);
	}
}

bool matrixask_is_label(const char *text)
{
	size_t len = strcspn(text, "=");

	for (size_t i = 0; i < len; i++)
		if (!isalpha((unsigned char)text[i]) && text[i] != '_' &&
		    (i == 0 || !isdigit((unsigned char)text[i])))
			return false;
	return len > 0;
}
