/* SPDX-License-Identifier: Apache-2.0 */
/* optionvalue.h: what stands behind an option, read into the options of the verb. */
#ifndef CLI_OPTIONVALUE_H
#define CLI_OPTIONVALUE_H

#include <stdbool.h>

struct err;
struct options;

/* Takes one option's value; value is NULL for an option without one. */
typedef bool optionvalue_fn(struct options *o, const char *value, struct err *ret_err);

optionvalue_fn optionvalue_role, optionvalue_port, optionvalue_check, optionvalue_reach,
	optionvalue_timeout, optionvalue_family, optionvalue_ca, optionvalue_pin,
	optionvalue_resolver, optionvalue_min_version, optionvalue_path, optionvalue_status,
	optionvalue_plain, optionvalue_max_in_flight, optionvalue_max_hops, optionvalue_sha1,
	optionvalue_sha256, optionvalue_output, optionvalue_help, optionvalue_since,
	optionvalue_from, optionvalue_to, optionvalue_at, optionvalue_aspect, optionvalue_socket,
	optionvalue_limit, optionvalue_problems, optionvalue_follow, optionvalue_via_daemon,
	optionvalue_live, optionvalue_history, optionvalue_severity, optionvalue_alert,
	optionvalue_for, optionvalue_why, optionvalue_end;

#endif
