/* SPDX-License-Identifier: Apache-2.0 */
/* confs.c: see confs.h. */
#include "tests/unit/confs.h"

#include <string.h>

#include "base/mem.h"
#include "tests/unit/unit.h"

struct conf *confs_taken(const char *text)
{
	struct err e;
	struct conf *c = conf_parse(text, strlen(text), "conf.yaml", &e);

	if (c == NULL)
		fail_msg("refused: %s\n%.300s", e.text, text);
	return c;
}

void confs_refused(const char *text, const char *complaint)
{
	struct err e = { 0 };
	AUTO(text) char *want = xasprintf("conf.yaml:%s", complaint);

	if (conf_parse(text, strlen(text), "conf.yaml", &e) != NULL)
		fail_msg("taken: %.300s", text);
	if (strcmp(e.text, want) != 0)
		print_error("of: %.300s\n", text);
	assert_string_equal(e.text, want);
}

const struct conf_target *confs_target(const struct conf *c, const char *name)
{
	for (size_t i = 0; i < c->target_count; i++)
		if (strcmp(c->targets[i].name, name) == 0)
			return &c->targets[i];
	fail_msg("no target %s", name);
	return NULL;
}

void confs_same_settings(const struct conf *a, const struct conf *b)
{
	assert_int_equal(a->probe.interval.ns, b->probe.interval.ns);
	assert_int_equal(a->probe.serve_interval.ns, b->probe.serve_interval.ns);
	assert_int_equal(a->probe.timeout.ns, b->probe.timeout.ns);
	assert_int_equal(a->probe.name_interval.ns, b->probe.name_interval.ns);
	assert_int_equal(a->probe.policy.confirm_count, b->probe.policy.confirm_count);
	for (unsigned i = 0; i < a->probe.policy.confirm_count; i++)
		assert_int_equal(a->probe.policy.confirm[i].ns, b->probe.policy.confirm[i].ns);
	assert_int_equal(a->probe.policy.flap_on_pct, b->probe.policy.flap_on_pct);
	assert_int_equal(a->probe.policy.flap_off_pct, b->probe.policy.flap_off_pct);
	assert_int_equal(a->probe.max_in_flight, b->probe.max_in_flight);
	assert_int_equal(a->probe.per_address, b->probe.per_address);
	assert_int_equal(a->probe.separation.ns, b->probe.separation.ns);
	assert_int_equal(a->probe.serve_nodes, b->probe.serve_nodes);
	assert_int_equal(a->probe.nodes, b->probe.nodes);
	assert_int_equal(a->discovery.enabled, b->discovery.enabled);
	assert_int_equal(a->discovery.on, b->discovery.on);
	assert_string_equal(a->discovery.api, b->discovery.api);
	assert_string_equal(a->discovery.token_file, b->discovery.token_file);
	assert_string_equal(a->discovery.ca_file, b->discovery.ca_file);
	assert_string_equal(a->discovery.namespace, b->discovery.namespace);
	assert_string_equal(a->discovery.pods, b->discovery.pods);
	assert_string_equal(a->discovery.inventory, b->discovery.inventory);
	assert_string_equal(a->discovery.inventory_ca, b->discovery.inventory_ca);
	assert_true(a->probe.serve_budget >= b->probe.serve_budget &&
		    a->probe.serve_budget <= b->probe.serve_budget);
	assert_int_equal(a->probe.family, b->probe.family);
	assert_int_equal(a->probe.expiry_warning.ns, b->probe.expiry_warning.ns);
	assert_string_equal(a->history.path, b->history.path);
	assert_int_equal(a->history.keep.ns, b->history.keep.ns);
	assert_int_equal(a->history.keep_samples.ns, b->history.keep_samples.ns);
	assert_int_equal(a->history.max_bytes, b->history.max_bytes);
	assert_string_equal(a->api.socket, b->api.socket);
	assert_int_equal(a->api.mode, b->api.mode);
	assert_int_equal(a->api.max_connections, b->api.max_connections);
	assert_string_equal(a->metrics.listen, b->metrics.listen);
	assert_int_equal(a->metrics.detail, b->metrics.detail);
	assert_int_equal(a->alerts.cooldown.ns, b->alerts.cooldown.ns);
	assert_int_equal(a->alerts.resend.ns, b->alerts.resend.ns);
	assert_int_equal(a->alerts.changed_for.ns, b->alerts.changed_for.ns);
	assert_int_equal(a->alerts.loss_pct, b->alerts.loss_pct);
	assert_int_equal(a->log.level, b->log.level);
}
