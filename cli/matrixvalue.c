/* SPDX-License-Identifier: Apache-2.0 */
/* matrixvalue.c: see matrixvalue.h. */
#include "cli/matrixvalue.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "cli/matrixask.h"
#include "cli/options.h"
#include "cli/shown.h"

static bool take(const char *value, const char *what, const char **ret_text, struct err *ret_err)
{
	if (value[0] == '\0')
		return err_set(ret_err, EINVAL, "is followed by no %s", what);
	*ret_text = value;
	return true;
}

bool matrixvalue_prometheus(struct options *o, const char *value, struct err *ret_err)
{
	return take(value, "URL", &o->matrix.url, ret_err);
}

bool matrixvalue_token_file(struct options *o, const char *value, struct err *ret_err)
{
	return take(value, "file name", &o->matrix.token_file, ret_err);
}

bool matrixvalue_label(struct options *o, const char *value, struct err *ret_err)
{
	char shown[SHOWN_SIZE];

	shown_text(value, shown);
	if (o->matrix.label_count == OPTIONS_LABELS_MAX)
		return err_set(ret_err, E2BIG, "more than %d labels", OPTIONS_LABELS_MAX);
	if (strchr(value, '=') == NULL || !matrixask_is_label(value))
		return err_set(ret_err, EINVAL, "'%s' is not a label such as cluster=prod", shown);
	o->matrix.labels[o->matrix.label_count++] = value;
	return true;
}

bool matrixvalue_node_label(struct options *o, const char *value, struct err *ret_err)
{
	char shown[SHOWN_SIZE];

	shown_text(value, shown);
	if (strchr(value, '=') != NULL || !matrixask_is_label(value))
		return err_set(ret_err, EINVAL, "'%s' is not the name of a label such as node",
			       shown);
	o->matrix.node_label = value;
	return true;
}

bool matrixvalue_match(struct options *o, const char *value, struct err *ret_err)
{
	return take(value, "pattern", &o->matrix.match, ret_err);
}

bool matrixvalue_provider(struct options *o, const char *value, struct err *ret_err)
{
	return take(value, "name", &o->matrix.provider, ret_err);
}

bool matrixvalue_by(struct options *o, const char *value, struct err *ret_err)
{
	char shown[SHOWN_SIZE];

	shown_text(value, shown);
	o->matrix.by_provider = strcmp(value, "provider") == 0;
	return o->matrix.by_provider || strcmp(value, "endpoint") == 0 ||
	       err_set(ret_err, EINVAL, "'%s' is neither endpoint nor provider", shown);
}

static bool matrix_fits(const struct options *o, struct err *ret_err)
{
	if (o->word_count > 0)
		return err_set(ret_err, EINVAL,
			       "matrix takes no argument; --match PATTERN chooses endpoints");
	if (o->matrix.url == NULL)
		return err_set(ret_err, EINVAL,
			       "which Prometheus? --prometheus URL, or BANKSMAN_PROMETHEUS");
	if (o->matrix.by_provider && o->output == OUTPUT_JSON)
		return err_set(ret_err, EINVAL, "-o json has endpoints; --by has no place there");
	return true;
}

bool matrixvalue_fit(const struct options *o, unsigned verb, struct err *ret_err)
{
	return verb != VERB_MATRIX || matrix_fits(o, ret_err);
}
