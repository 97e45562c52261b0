/* SPDX-License-Identifier: Apache-2.0 */
/* confread.c: see confread.h. */
#include "daemon/confread.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"
#include "daemon/confenv.h"
#include "daemon/confpool.h"
#include "daemon/confvalue.h"

enum { VALUE_BYTES = 4096 };

static void join(const char *place, const char *name, char ret_key[CONFTEXT_KEY_SIZE])
{
	const char *dot = place[0] != '\0' && name[0] != '\0' ? "." : "";

	text_printf(ret_key, CONFTEXT_KEY_SIZE, "%s%s%s", place, dot, name);
}

bool confread_fail(const struct confread *r, const char *place, const char *name,
		   const char *format, ...)
{
	char key[CONFTEXT_KEY_SIZE];
	char text[sizeof r->err->text];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	join(place, name, key);
	(void)err_set(r->err, EINVAL, "%s", text);
	return conftext_blame(&r->text, key, r->err);
}

/* Of UTF-8 without control characters. */
static bool printable(const char *text, size_t len)
{
	char clean[VALUE_BYTES + 1];

	text_set(clean, sizeof clean, text, len);
	return strcmp(clean, text) == 0;
}

/* text as it stands in the file: its variables are replaced first. */
static bool read_value(const struct confread *r, const struct conf_key *k, const char *text,
		       void *into)
{
	struct buf value;
	bool ok;

	buf_init(&value, VALUE_BYTES);
	ok = confenv_expand(text, &value, r->err);
	if (ok && buf_overflowed(&value))
		ok = err_set(r->err, E2BIG, "longer than %d bytes", VALUE_BYTES);
	if (ok && !printable(buf_text(&value), value.len))
		ok = err_set(r->err, EILSEQ, "holds a character that cannot be printed");
	ok = ok && confvalue_parse(k, buf_text(&value), r->pool, into, r->err);
	buf_done(&value);
	return ok;
}

static bool blame_item(const struct confread *r, const char *key, size_t i)
{
	char item[CONFTEXT_KEY_SIZE];

	text_printf(item, sizeof item, "%s[%zu]", key, i);
	return conftext_blame(&r->text, item, r->err);
}

static bool read_texts(const struct confread *r, const struct conf_key *k, const char *key,
		       const union confslot *slots, struct conf_list *ret_list)
{
	size_t count = slots != NULL ? slots[1].count : 0;
	const char **text = confpool_alloc(r->pool, (count + 1) * sizeof *text);

	for (size_t i = 0; i < count; i++)
		if (!read_value(r, k, slots[0].texts[i], &text[i]))
			return blame_item(r, key, i);
	*ret_list = (struct conf_list){ .text = text, .count = count };
	return true;
}

/* "250ms, 500ms, 1s" as the table has it. */
static void default_waits(const struct confread *r, const struct conf_key *k,
			  struct state_policy *policy)
{
	const char *at = k->fallback;

	policy->confirm_count = 0;
	for (;;) {
		size_t len = strcspn(at, ",");
		AUTO(text) char *one = xstrndup(at, len);

		MUST(policy->confirm_count < STATE_CONFIRM_MAX &&
		     confvalue_parse(k, one, r->pool, &policy->confirm[policy->confirm_count++],
				     r->err));
		if (at[len] == '\0')
			return;
		at += len + 2;
	}
}

static bool read_waits(const struct confread *r, const struct conf_key *k, const char *key,
		       const union confslot *slots, struct state_policy *policy)
{
	size_t count = slots != NULL ? slots[1].count : 0;

	if (count == 0 && !conftext_has(&r->text, key)) {
		default_waits(r, k, policy);
		return true;
	}
	if (count > STATE_CONFIRM_MAX)
		return confread_fail(r, key, "", "more than %d entries", STATE_CONFIRM_MAX);
	for (size_t i = 0; i < count; i++)
		if (!read_value(r, k, slots[0].texts[i], &policy->confirm[i]))
			return blame_item(r, key, i);
	policy->confirm_count = (unsigned)count;
	return true;
}

static bool read_days(const struct confread *r, const struct conf_key *k, const char *key,
		      const union confslot *slots, unsigned *days)
{
	size_t count = slots != NULL ? slots[1].count : 0;
	unsigned seen = 0;

	if (count == 0)
		return !conftext_has(&r->text, key) ||
		       confread_fail(r, key, "", "names no day; leave it out for every day");
	for (size_t i = 0; i < count; i++) {
		int day;

		if (!read_value(r, k, slots[0].texts[i], &day))
			return blame_item(r, key, i);
		seen |= 1U << day;
	}
	*days = seen;
	return true;
}

static bool read_scalar(const struct confread *r, const struct conf_key *k, const char *key,
			const char *text, void *into)
{
	if (text != NULL)
		return read_value(r, k, text, into) || conftext_blame(&r->text, key, r->err);
	if (k->needed)
		return confread_fail(r, key, "", "is missing");
	if (k->fallback != NULL)
		MUST(confvalue_parse(k, k->fallback, r->pool, into, r->err));
	return true;
}

bool confread_section(const struct confread *r, enum conf_section s, const char *place,
		      const union confslot *slots, void *into)
{
	size_t count;
	const struct conf_key *keys = confkeys_of(s, &count);
	size_t slot = 0;
	bool ok = true;

	for (size_t i = 0; ok && i < count; i++) {
		const struct conf_key *k = &keys[i];
		const union confslot *mine = slots != NULL ? slots + slot : NULL;
		void *field = (char *)into + k->into;
		char key[CONFTEXT_KEY_SIZE];

		join(place, k->name, key);
		if (k->type == CONF_WAITS)
			ok = read_waits(r, k, key, mine, field);
		else if (k->type == CONF_DAYS)
			ok = read_days(r, k, key, mine, field);
		else if (confkeys_type_is_list(k->type))
			ok = read_texts(r, k, key, mine, field);
		else
			ok = read_scalar(r, k, key, mine != NULL ? mine->text : NULL, field);
		slot += confkeys_type_is_list(k->type) ? 2 : 1;
	}
	return ok;
}
