/* SPDX-License-Identifier: Apache-2.0 */
/* checkvalue.h: what stands behind the options of check; see optionvalue.h. */
#ifndef CLI_CHECKVALUE_H
#define CLI_CHECKVALUE_H

#include "cli/optionvalue.h"

optionvalue_fn checkvalue_plan, checkvalue_warm, checkvalue_cold, checkvalue_target_namespace,
	checkvalue_release, checkvalue_rules, checkvalue_baseline, checkvalue_only,
	checkvalue_fail_on, checkvalue_compare_forklift, checkvalue_rule, checkvalue_kind,
	checkvalue_verdict;

#endif
