/* SPDX-License-Identifier: Apache-2.0 */
/* drawn.c: see drawn.h. */
#include "tests/unit/drawn.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "tests/unit/unit.h"

static const char *state_of(char c)
{
	switch (c) {
	case '.':
	case 'f':
		return "open";
	case 'x':
		return "filtered";
	case 'c':
		return "closed";
	case '?':
		return "unknown";
	case 'o':
		return "unobserved";
	default:
		return NULL;
	}
}

json_t *drawn_sample(json_t *labels, const char *value)
{
	return json_pack("{s:o,s:[f,s]}", "metric", labels, "value", DRAWN_NOW, value);
}

static json_t *node_labels(size_t node)
{
	char name[32];

	(void)snprintf(name, sizeof name, "n%zu", node + 1);
	return json_pack("{s:s,s:s}", "node", name, "instance", "10.0.0.1:9902");
}

static void draw_cells(struct drawn *d, const char *endpoint, const char *cells)
{
	for (size_t n = 0; cells[n] != '\0'; n++) {
		const char *state = state_of(cells[n]);
		json_t *labels = node_labels(n);

		if (state == NULL) {
			json_decref(labels);
			continue;
		}
		(void)json_object_set_new(labels, "endpoint", json_string(endpoint));
		if (cells[n] == 'f')
			(void)json_array_append_new(d->failing,
						    drawn_sample(json_copy(labels), "0"));
		(void)json_object_set_new(labels, "state", json_string(state));
		(void)json_array_append_new(d->states, drawn_sample(labels, "1"));
	}
}

static void draw_line(struct drawn *d, char *line)
{
	char *endpoint = strsep(&line, " ");
	char *provider = strsep(&line, " ");
	const char *colon = strrchr(endpoint, ':');
	AUTO(text) char *host = NULL;

	assert_non_null(line);
	assert_non_null(colon);
	host = xstrndup(endpoint, (size_t)(colon - endpoint));
	(void)json_array_append_new(
		d->infos,
		drawn_sample(json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "endpoint", endpoint,
				       "provider", provider[0] != '-' ? provider : "", "host", host,
				       "port", colon + 1, "role", "esxi", "severity", "blocker"),
			     "1"));
	draw_cells(d, endpoint, line);
	for (size_t n = json_array_size(d->seen); n < strlen(line); n++) {
		json_t *labels = node_labels(n);

		(void)json_array_append_new(d->seen, drawn_sample(json_copy(labels), "1795615190"));
		(void)json_object_set_new(labels, "state", json_string("open"));
		(void)json_array_append_new(d->counts, drawn_sample(labels, "1"));
	}
}

struct drawn drawn_new(const char *text)
{
	struct drawn d = { json_array(), json_array(), json_array(), json_array(), json_array() };
	AUTO(text) char *copy = xstrdup(text);
	char *rest = copy;

	for (char *line; (line = strsep(&rest, "\n")) != NULL;)
		if (line[0] != '\0')
			draw_line(&d, line);
	return d;
}

void drawn_free(struct drawn *d)
{
	json_decref(d->states);
	json_decref(d->failing);
	json_decref(d->infos);
	json_decref(d->seen);
	json_decref(d->counts);
}

struct matrix_told drawn_told(const struct drawn *d)
{
	return (struct matrix_told){ .states = d->states,
				     .failing = d->failing,
				     .infos = d->infos,
				     .seen = d->seen,
				     .counts = d->counts };
}

struct matrix drawn_matrix(const char *text)
{
	struct drawn d = drawn_new(text);
	struct matrix_told told = drawn_told(&d);
	struct matrix m;
	struct err err;

	assert_true(matrix_make(&told, &m, &err));
	drawn_free(&d);
	return m;
}
