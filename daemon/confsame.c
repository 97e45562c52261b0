/* SPDX-License-Identifier: Apache-2.0 */
/* confsame.c: see confsame.h. */
#include "daemon/confsame.h"

#include <string.h>

#include "daemon/conf.h"

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

bool conf_same_way(const struct conf_target *a, const struct conf_target *b)
{
	return strcmp(a->host, b->host) == 0 && a->port == b->port && a->dialect == b->dialect;
}

bool conf_same_manner(const struct conf_target *a, const struct conf_target *b)
{
	return strcmp(a->provider, b->provider) == 0 && a->role == b->role && a->rule == b->rule &&
	       a->pin.len == b->pin.len && memcmp(a->pin.bytes, b->pin.bytes, a->pin.len) == 0 &&
	       same_text(a->ca_file, b->ca_file) && same_text(a->image, b->image) &&
	       same_text(a->http_path, b->http_path) && a->http_status == b->http_status &&
	       a->plain == b->plain && a->interval.ns == b->interval.ns &&
	       a->serve_interval.ns == b->serve_interval.ns && a->timeout.ns == b->timeout.ns;
}

bool conf_same_inventory(const struct conf *a, const struct conf *b)
{
	return same_text(a->inventory.directory, b->inventory.directory) &&
	       same_text(a->inventory.rules, b->inventory.rules) &&
	       same_text(a->inventory.release, b->inventory.release) &&
	       same_text(a->inventory.target_namespace, b->inventory.target_namespace) &&
	       a->inventory.warm == b->inventory.warm &&
	       a->inventory.timeout.ns == b->inventory.timeout.ns &&
	       a->inventory.memory_bytes == b->inventory.memory_bytes;
}
