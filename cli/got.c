/* SPDX-License-Identifier: Apache-2.0 */
/* got.c: see got.h. */
#include "cli/got.h"

#include <string.h>

#include "base/text.h"
#include "base/when.h"

/* What a double can hold exactly, and a person could mean. */
#define NUMBER_MAX 1e15

static const char *text_of(const json_t *o, const char *key, size_t *ret_len)
{
	const json_t *value = json_object_get(o, key);

	*ret_len = json_string_length(value);
	return json_string_value(value);
}

const char *got_text(const json_t *o, const char *key, char *field, size_t size)
{
	size_t len;
	const char *text = text_of(o, key, &len);

	text_set(field, size, text != NULL ? text : "", len);
	return field;
}

bool got_is(const json_t *o, const char *key, const char *text)
{
	size_t len;
	const char *value = text_of(o, key, &len);

	return value != NULL && len == strlen(text) && memcmp(value, text, len) == 0;
}

bool got_real(const json_t *o, const char *key, double *ret_value)
{
	const json_t *value = json_object_get(o, key);
	double number = json_number_value(value);

	if (!json_is_number(value) || !(number < NUMBER_MAX && number > -NUMBER_MAX))
		return false;
	*ret_value = number;
	return true;
}

int64_t got_number(const json_t *o, const char *key, int64_t otherwise)
{
	double number;

	return got_real(o, key, &number) ? (int64_t)number : otherwise;
}

bool got_true(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

bool got_time(const json_t *o, const char *key, struct wall *ret_time)
{
	char text[WHEN_TEXT_SIZE + sizeof "123456+00:00"];

	return when_parse_time(got_text(o, key, text, sizeof text), ret_time);
}

const json_t *got_object(const json_t *o, const char *key)
{
	const json_t *value = json_object_get(o, key);

	return json_is_object(value) ? value : NULL;
}

const json_t *got_list(const json_t *o, const char *key)
{
	const json_t *value = json_object_get(o, key);

	return json_is_array(value) ? value : NULL;
}

size_t got_count(const json_t *list)
{
	return json_array_size(list);
}

const json_t *got_element(const json_t *list, size_t i)
{
	const json_t *value = json_array_get(list, i);

	return json_is_object(value) ? value : NULL;
}
