/* SPDX-License-Identifier: Apache-2.0 */
/* matrixvalue.h: what stands behind the options of matrix and of ports --matrix. */
#ifndef CLI_MATRIXVALUE_H
#define CLI_MATRIXVALUE_H

#include "cli/optionvalue.h"

optionvalue_fn matrixvalue_prometheus, matrixvalue_token_file, matrixvalue_label,
	matrixvalue_node_label, matrixvalue_match, matrixvalue_provider, matrixvalue_by,
	matrixvalue_nodes, matrixvalue_no_resolve;

/* What one option alone cannot know; of the verbs matrix and ports. */
bool matrixvalue_fit(const struct options *o, unsigned verb, struct err *ret_err);

#endif
