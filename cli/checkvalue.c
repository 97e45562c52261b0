/* SPDX-License-Identifier: Apache-2.0 */
/* checkvalue.c: see checkvalue.h. */
#include "cli/checkvalue.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/suggest.h"
#include "cli/options.h"
#include "cli/shown.h"

enum { KUBERNETES_NAME_MAX = 63 };

static bool named(const char *value, const char **ret_name, struct err *ret_err)
{
	if (value[0] == '\0')
		return err_set(ret_err, EINVAL, "is followed by no name");
	*ret_name = value;
	return true;
}

bool checkvalue_plan(struct options *o, const char *value, struct err *ret_err)
{
	return named(value, &o->ask.plan, ret_err);
}

static bool set_warm(struct options *o, int warm, struct err *ret_err)
{
	if (o->ask.warm >= 0 && o->ask.warm != warm)
		return err_set(ret_err, EINVAL, "a migration is either warm or cold");
	o->ask.warm = warm;
	return true;
}

bool checkvalue_warm(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	return set_warm(o, 1, ret_err);
}

bool checkvalue_cold(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	return set_warm(o, 0, ret_err);
}

/* A DNS label (RFC 1123), as Kubernetes wants the name of a namespace. */
bool checkvalue_target_namespace(struct options *o, const char *value, struct err *ret_err)
{
	size_t len = strlen(value);
	char shown[SHOWN_SIZE];

	shown_text(value, shown);
	if (len == 0 || len > KUBERNETES_NAME_MAX || value[0] == '-' || value[len - 1] == '-' ||
	    strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-") != len)
		return err_set(ret_err, EINVAL, "'%s' is not the name of a namespace", shown);
	o->ask.target_namespace = value;
	return true;
}

bool checkvalue_release(struct options *o, const char *value, struct err *ret_err)
{
	char shown[SHOWN_SIZE];

	shown_text(value, shown);
	if (value[0] < '0' || value[0] > '9' || strspn(value, "0123456789.") != strlen(value))
		return err_set(ret_err, EINVAL, "'%s' is not a release such as 2.3 or 2.11.1",
			       shown);
	o->ask.release = value;
	return true;
}

bool checkvalue_rules(struct options *o, const char *value, struct err *ret_err)
{
	return named(value, &o->rules, ret_err);
}

bool checkvalue_baseline(struct options *o, const char *value, struct err *ret_err)
{
	if (o->baseline_count == OPTIONS_BASELINES_MAX)
		return err_set(ret_err, E2BIG, "more than %d files", OPTIONS_BASELINES_MAX);
	if (!named(value, &o->baselines[o->baseline_count], ret_err))
		return false;
	o->baseline_count++;
	return true;
}

/* One of the names; its place there, or false. */
static bool choose(const char *value, const char *const *names, size_t count, size_t *ret_place,
		   struct err *ret_err)
{
	char hint[SUGGEST_TEXT_SIZE];
	char shown[SHOWN_SIZE];

	for (size_t i = 0; i < count; i++)
		if (strcmp(value, names[i]) == 0) {
			*ret_place = i;
			return true;
		}
	suggest_format(value, names, count, hint);
	shown_text(value, shown);
	return err_set(ret_err, EINVAL, "'%s' is none of %s, %s, %s%s", shown, names[0], names[1],
		       names[2], hint);
}

bool checkvalue_only(struct options *o, const char *value, struct err *ret_err)
{
	static const char *const names[] = { "info", "warning", "blocker" };
	size_t place = 0;

	if (!choose(value, names, 3, &place, ret_err))
		return false;
	o->only = (enum rule_severity)place;
	return true;
}

bool checkvalue_fail_on(struct options *o, const char *value, struct err *ret_err)
{
	static const char *const names[] = { "blocker", "warning", "never" };
	size_t place = 0;

	if (!choose(value, names, 3, &place, ret_err))
		return false;
	o->fail_never = place == 2;
	o->fail_on = place == 1 ? RULE_WARNING : RULE_BLOCKER;
	return true;
}

bool checkvalue_rule(struct options *o, const char *value, struct err *ret_err)
{
	return named(value, &o->rule, ret_err);
}

bool checkvalue_kind(struct options *o, const char *value, struct err *ret_err)
{
	return named(value, &o->kind, ret_err);
}

bool checkvalue_verdict(struct options *o, const char *value, struct err *ret_err)
{
	static const char *const names[] = { "fail", "unknown" };
	char shown[SHOWN_SIZE];

	for (size_t i = 0; i < 2; i++)
		if (strcmp(value, names[i]) == 0) {
			o->verdict = names[i];
			return true;
		}
	shown_text(value, shown);
	return err_set(ret_err, EINVAL, "'%s' is neither fail nor unknown", shown);
}

bool checkvalue_compare_forklift(struct options *o, const char *value, struct err *ret_err)
{
	(void)value;
	(void)ret_err;
	o->compare_forklift = true;
	return true;
}
