/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confschema.c: see confschema.h.
 *
 * Every value is loaded as text: variables in it are replaced first, and times, sizes and
 * fingerprints are nothing that YAML knows.
 */
#include "daemon/confschema.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"

enum { ITEMS_MAX = 16384 };

struct confschema {
	cyaml_schema_value_t root;
	cyaml_schema_value_t text;                    /* an item of a list of texts */
	cyaml_schema_value_t entries[CONF_SECTION_N]; /* a mapping of a sequence */
	cyaml_schema_field_t *fields[CONF_SECTION_N]; /* owned; ended by one without key */
};

/* An empty section or list is one that is not there. */
enum {
	SCHEMA_SCALAR = CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
	SCHEMA_SECTION = CYAML_FLAG_POINTER_NULL_STR | CYAML_FLAG_OPTIONAL,
};

static const cyaml_config_t config = {
	.log_fn = NULL, /* nothing on standard error */
	.mem_fn = cyaml_mem,
	.log_level = CYAML_LOG_ERROR,
	.flags = CYAML_CFG_NO_ALIAS,
};

static uint32_t offset_of_slot(size_t slot)
{
	return (uint32_t)(slot * sizeof(union confslot));
}

/* How many slots the keys of section s take. */
static size_t slots_of(enum conf_section s)
{
	size_t count;
	const struct conf_key *keys = confkeys_of(s, &count);
	size_t slots = count;

	for (size_t i = 0; i < count; i++)
		slots += confkeys_type_is_list(keys[i].type);
	return slots;
}

/* Where section s is in the slots of the whole file: behind the keys and sections before it. */
static size_t slot_of_section(enum conf_section s)
{
	size_t slot = slots_of(CONF_TOP);

	for (int before = CONF_TOP + 1; before < (int)s; before++)
		slot += confkeys_section_repeats((enum conf_section)before) ? 2 : 1;
	return slot;
}

static cyaml_schema_value_t text_value(int flags)
{
	return (cyaml_schema_value_t){
		.type = CYAML_STRING,
		.flags = (enum cyaml_flag)flags,
		.data_size = sizeof(char),
		.string = { .min = 0, .max = CYAML_UNLIMITED },
	};
}

static cyaml_schema_value_t mapping_value(int flags, const cyaml_schema_field_t *fields,
					  size_t slots)
{
	return (cyaml_schema_value_t){
		.type = CYAML_MAPPING,
		.flags = (enum cyaml_flag)flags,
		.data_size = offset_of_slot(slots),
		.mapping = { .fields = fields },
	};
}

static cyaml_schema_field_t sequence_field(const char *key, size_t slot,
					   const cyaml_schema_value_t *entry, uint32_t entry_size,
					   uint32_t max)
{
	return (cyaml_schema_field_t){
		.key = key,
		.data_offset = offset_of_slot(slot),
		.count_offset = offset_of_slot(slot + 1),
		.count_size = sizeof(size_t),
		.value = { .type = CYAML_SEQUENCE,
			   .flags = (enum cyaml_flag)SCHEMA_SECTION,
			   .data_size = entry_size,
			   .sequence = { .entry = entry, .min = 0, .max = max } },
	};
}

/* The keys of section s, with room for `more` behind them and one that ends the list. */
static cyaml_schema_field_t *fields_new(const struct confschema *schema, enum conf_section s,
					size_t more)
{
	size_t count;
	const struct conf_key *keys = confkeys_of(s, &count);
	cyaml_schema_field_t *fields = xcalloc(count + more + 1, sizeof *fields);
	size_t slot = 0;

	for (size_t i = 0; i < count; i++) {
		if (confkeys_type_is_list(keys[i].type)) {
			fields[i] = sequence_field(keys[i].name, slot, &schema->text,
						   sizeof(char *), ITEMS_MAX);
			slot += 2;
		} else {
			fields[i] = (cyaml_schema_field_t){ .key = keys[i].name,
							    .data_offset = offset_of_slot(slot),
							    .value = text_value(SCHEMA_SCALAR) };
			slot++;
		}
	}
	return fields;
}

/* The field of a whole section at the top of the file. */
static cyaml_schema_field_t section_field(struct confschema *schema, enum conf_section s)
{
	const char *name = confkeys_section_name(s);
	size_t slot = slot_of_section(s);

	schema->fields[s] = fields_new(schema, s, 0);
	if (!confkeys_section_repeats(s))
		return (cyaml_schema_field_t){
			.key = name,
			.data_offset = offset_of_slot(slot),
			.value = mapping_value(SCHEMA_SECTION, schema->fields[s], slots_of(s)),
		};
	schema->entries[s] = mapping_value(CYAML_FLAG_DEFAULT, schema->fields[s], slots_of(s));
	return sequence_field(name, slot, &schema->entries[s], schema->entries[s].data_size,
			      confkeys_section_max(s));
}

struct confschema *confschema_new(void)
{
	struct confschema *schema = xcalloc(1, sizeof *schema);
	cyaml_schema_field_t *top = fields_new(schema, CONF_TOP, CONF_SECTION_N - 1);
	size_t count;

	(void)confkeys_of(CONF_TOP, &count);
	schema->fields[CONF_TOP] = top;
	schema->text = text_value(CYAML_FLAG_POINTER);
	for (int s = CONF_TOP + 1; s < CONF_SECTION_N; s++)
		top[count++] = section_field(schema, (enum conf_section)s);
	schema->root = mapping_value(CYAML_FLAG_POINTER, top, slot_of_section(CONF_SECTION_N));
	return schema;
}

void confschema_free(struct confschema *s)
{
	if (s == NULL)
		return;
	for (int i = 0; i < CONF_SECTION_N; i++)
		free(s->fields[i]);
	free(s);
}

const cyaml_schema_value_t *confschema_root(const struct confschema *s)
{
	return &s->root;
}

union confslot *confschema_load(const struct confschema *s, const char *text, size_t len,
				struct err *ret_err)
{
	cyaml_data_t *data = NULL;
	cyaml_err_t rc =
		cyaml_load_data((const uint8_t *)text, len, &config, &s->root, &data, NULL);

	if (rc == CYAML_OK && data != NULL)
		return data;
	(void)err_set(ret_err, EINVAL, "libcyaml refuses it: %s", cyaml_strerror(rc));
	return NULL;
}

void confschema_unload(const struct confschema *s, union confslot *root)
{
	if (root != NULL)
		(void)cyaml_free(&config, &s->root, root, 0);
}

const union confslot *confschema_section(const union confslot *root, enum conf_section s)
{
	return s == CONF_TOP ? root : root[slot_of_section(s)].section;
}

size_t confschema_count(const union confslot *root, enum conf_section s)
{
	MUST(confkeys_section_repeats(s));
	return root[slot_of_section(s) + 1].count;
}

const union confslot *confschema_entry(const union confslot *root, enum conf_section s, size_t i)
{
	MUST(i < confschema_count(root, s));
	return root[slot_of_section(s)].section + i * slots_of(s);
}
