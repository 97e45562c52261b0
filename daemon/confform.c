/* SPDX-License-Identifier: Apache-2.0 */
/* confform.c: see confform.h. */
#include "daemon/confform.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/confsay.h"
#include "daemon/match.h"
#include "daemon/mutes.h"
#include "probes/http.h"

/* What is refused because of an "@" may hold a password, and is not quoted. */
static bool parse_url(const char *text, const char *wanted, struct http_url *ret_url,
		      struct err *ret_err)
{
	if (strchr(text, '@') != NULL)
		return err_set(ret_err, EINVAL,
			       "holds \"@\": a URL must not name a user or a password, and in a "
			       "path the sign is written %%40");
	if (strchr(text, '#') != NULL)
		return err_set(ret_err, EINVAL,
			       "holds \"#\": what follows is never sent; leave it out");
	return http_url_parse(text, ret_url) || confsay_refuse(text, wanted, ret_err);
}

bool confform_check_url(const char *text, struct err *ret_err)
{
	struct http_url url;

	return parse_url(text, "a URL such as https://alerts.example.com:9093", &url, ret_err);
}

bool confform_check_url_or_none(const char *text, struct err *ret_err)
{
	return text[0] == '\0' || confform_check_url(text, ret_err);
}

bool confform_check_namespace(const char *text, struct err *ret_err)
{
	size_t len = strlen(text);
	bool ok = len == strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") && len <= 63 &&
		  text[0] != '-' && (len == 0 || text[len - 1] != '-');

	return ok || confsay_refuse(text, "a namespace such as openshift-mtv", ret_err);
}

bool confform_check_selector(const char *text, struct err *ret_err)
{
	bool ok = strlen(text) < LIMIT_HTTP_FIELD_BYTES;

	for (const char *p = text; ok && *p != '\0'; p++)
		ok = isalnum((unsigned char)*p) || strchr("._-/=!,() ", *p) != NULL;
	return ok || confsay_refuse(text, "a label selector such as app=banksman", ret_err);
}

bool confform_check_proxy(const char *text, struct err *ret_err)
{
	static const char wanted[] = "a proxy such as http://proxy.example.com:3128";
	struct http_url url = { .tls = false };

	if (!parse_url(text, wanted, &url, ret_err))
		return false;
	return (!url.tls && strcmp(url.target, "/") == 0) || confsay_refuse(text, wanted, ret_err);
}

/* Prometheus: [a-zA-Z_][a-zA-Z0-9_]*, and a "__" in front is its own. */
static bool label_name_ok(const char *name)
{
	bool ok = isalpha((unsigned char)name[0]) || name[0] == '_';

	for (const char *p = name; ok && *p != '\0'; p++)
		ok = isalnum((unsigned char)*p) || *p == '_';
	return ok && strncmp(name, "__", 2) != 0;
}

static bool label_is_ours(const char *name)
{
	static const char *const ours[] = { "alertname", "severity", "node", "provider", "target",
					    "host",      "address",  "port", "role",     "plan" };

	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (strcmp(ours[i], name) == 0)
			return true;
	return false;
}

bool confform_check_label(const char *text, struct err *ret_err)
{
	size_t len = strcspn(text, "=");
	AUTO(text) char *name = xstrndup(text, len);

	if (text[len] == '\0' || text[len + 1] == '\0' || !label_name_ok(name))
		return confsay_refuse(text,
				      "a label such as cluster=prod (letters, digits and _ in the "
				      "name, no digit and no __ in front)",
				      ret_err);
	if (label_is_ours(name))
		return err_set(ret_err, EINVAL, "every alert has a label %s of its own", name);
	return true;
}

/* Beyond what names have: "*" and "?", and the brackets and scope of an IPv6 address. */
static bool pattern_text_ok(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr("._-:/@*?%]", *p) == NULL &&
		    (*p != '[' || p != text))
			return false;
	return strchr(text, ']') == NULL || text[0] == '[';
}

bool confform_check_pattern(const char *text, struct err *ret_err)
{
	struct pattern p;

	if (pattern_text_ok(text) && pattern_parse(text, &p))
		return true;
	return confsay_refuse(text, "a pattern such as esx04, esx04:902, esx1*, 10.1.7.14 or dc1",
			      ret_err);
}

bool confform_check_text(const char *text, struct err *ret_err)
{
	return strlen(text) < SILENCE_WHY_BYTES ||
	       err_set(ret_err, E2BIG, "longer than %d bytes", SILENCE_WHY_BYTES - 1);
}

bool confform_check_argument(const char *text, struct err *ret_err)
{
	(void)text;
	(void)ret_err;
	return true;
}
