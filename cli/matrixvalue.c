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

bool matrixvalue_nodes(struct options *o, const char *value, struct err *ret_err)
{
	return take(value, "file name", &o->nodes_file, ret_err);
}

bool matrixvalue_no_resolve(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	(void)ret_err;
	o->no_resolve = true;
	return true;
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

static bool ports_fit(const struct options *o, struct err *ret_err)
{
	bool sheet = o->nodes_file != NULL;

	if (!sheet && o->word_count > 0)
		return err_set(ret_err, EINVAL,
			       "ports takes targets with --matrix NODES alone; --role chooses the "
			       "rows");
	if (!sheet && (o->no_resolve || o->timeout_given || o->resolver != NULL || o->family != 0))
		return err_set(ret_err, EINVAL,
			       "--no-resolve, --resolver, --family and --timeout need --matrix");
	if (sheet && o->word_count == 0)
		return err_set(ret_err, EINVAL,
			       "to which targets? Such as esxi=esx01.example.com, or @FILE");
	for (size_t i = 0; sheet && i < o->word_count; i++)
		if (strcmp(o->nodes_file, "-") == 0 && strcmp(o->words[i], "@-") == 0)
			return err_set(ret_err, EINVAL, "standard input (-) can be read only once");
	return true;
}

bool matrixvalue_fit(const struct options *o, unsigned verb, struct err *ret_err)
{
	if (verb == VERB_MATRIX)
		return matrix_fits(o, ret_err);
	return verb != VERB_PORTS || ports_fit(o, ret_err);
}
