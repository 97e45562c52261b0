/* SPDX-License-Identifier: Apache-2.0 */
/* confenv.c: see confenv.h. */
#include "daemon/confenv.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/confsay.h"

static bool name_ok(const char *name)
{
	if (!isalpha((unsigned char)name[0]) && name[0] != '_')
		return false;
	for (; *name != '\0'; name++)
		if (!isalnum((unsigned char)*name) && *name != '_')
			return false;
	return true;
}

static bool complain(const char *text, struct err *ret_err)
{
	char shown[CONFSAY_SIZE];

	confsay_shown(text, shown);
	return err_set(ret_err, EINVAL,
		       "'%s': a variable is written ${NAME} or ${NAME:-word}, a dollar sign $$",
		       shown);
}

/* What stands between the braces; text is the whole for messages. */
static bool put_variable(const char *text, const char *inside, size_t len, struct buf *out,
			 struct err *ret_err)
{
	AUTO(text) char *name = xstrndup(inside, len);
	char *word = strstr(name, ":-");
	const char *value;

	if (word != NULL) {
		*word = '\0';
		word += 2;
	}
	if (!name_ok(name))
		return complain(text, ret_err);
	value = getenv(name); /* NOLINT(concurrency-mt-unsafe): nothing sets variables */
	if (word != NULL && (value == NULL || value[0] == '\0'))
		value = word;
	if (value == NULL) {
		char shown[CONFSAY_SIZE];

		confsay_shown(name, shown);
		return err_set(ret_err, EINVAL, "the environment variable %s is not set", shown);
	}
	buf_puts(out, value);
	return true;
}

bool confenv_expand(const char *text, struct buf *out, struct err *ret_err)
{
	const char *p = text;

	for (;;) {
		size_t plain = strcspn(p, "$");
		const char *end;

		buf_put(out, p, plain);
		p += plain;
		if (p[0] == '\0')
			return true;
		if (p[1] == '$') {
			buf_puts(out, "$");
			p += 2;
			continue;
		}
		end = p[1] == '{' ? strchr(p, '}') : NULL;
		if (end == NULL)
			return complain(text, ret_err);
		if (!put_variable(text, p + 2, (size_t)(end - p - 2), out, ret_err))
			return false;
		p = end + 1;
	}
}
