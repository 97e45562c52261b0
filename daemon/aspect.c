/* SPDX-License-Identifier: Apache-2.0 */
/* aspect.c: the words of probes/reason.h, as the aspects use them. */
#include "daemon/aspect.h"

#include <string.h>

#include "base/must.h"
#include "probes/reason.h"

static const char *const names[ASPECT_N] = {
	[ASPECT_PORT] = "port",
	[ASPECT_SERVICE] = "service",
	[ASPECT_TRUST] = "trust",
	[ASPECT_NAME] = "name",
};

/* How many values each aspect has: 0 and up. */
static const int value_counts[ASPECT_N] = {
	[ASPECT_PORT] = REASON_N,
	[ASPECT_SERVICE] = SERVICE_N,
	[ASPECT_TRUST] = TRUST_N,
	[ASPECT_NAME] = REASON_N,
};

static bool value_valid(enum aspect a, int value)
{
	return a < ASPECT_N && value >= 0 && value < value_counts[a];
}

const char *aspect_name(enum aspect a)
{
	MUST(a < ASPECT_N);
	return names[a];
}

static const char *service_state(enum service s)
{
	if (s == SERVICE_SERVING)
		return "serving";
	if (s == SERVICE_LOCAL)
		return "unknown";
	return s == SERVICE_UNTRIED ? "untried" : "failing";
}

static const char *trust_state(enum trust t)
{
	if (t == TRUST_TRUSTED || t == TRUST_EXPIRING)
		return "trusted";
	return t == TRUST_UNTRIED ? "untried" : "untrusted";
}

static const char *name_state(enum reason r)
{
	if (r == REASON_OK)
		return "resolved";
	return r == REASON_LOCAL ? "unknown" : "unresolved";
}

const char *aspect_state(enum aspect a, int value)
{
	MUST(value_valid(a, value));
	switch (a) {
	case ASPECT_PORT:
		return port_state_name(reason_state((enum reason)value));
	case ASPECT_SERVICE:
		return service_state((enum service)value);
	case ASPECT_TRUST:
		return trust_state((enum trust)value);
	case ASPECT_NAME:
	case ASPECT_N:
		break;
	}
	return name_state((enum reason)value);
}

const char *aspect_reason(enum aspect a, int value)
{
	MUST(value_valid(a, value));
	switch (a) {
	case ASPECT_SERVICE:
		return service_name((enum service)value);
	case ASPECT_TRUST:
		return trust_name((enum trust)value);
	case ASPECT_PORT:
	case ASPECT_NAME:
	case ASPECT_N:
		break;
	}
	return reason_name((enum reason)value);
}

int aspect_value(enum aspect a, const char *reason)
{
	MUST(a < ASPECT_N);
	for (int value = 0; value < value_counts[a]; value++)
		if (strcmp(aspect_reason(a, value), reason) == 0)
			return value;
	return STATE_NOTHING;
}

bool aspect_well(enum aspect a, int value)
{
	MUST(value_valid(a, value));
	switch (a) {
	case ASPECT_SERVICE:
		return value == SERVICE_SERVING || value == SERVICE_UNTRIED;
	case ASPECT_TRUST:
		return value == TRUST_TRUSTED || value == TRUST_EXPIRING || value == TRUST_UNTRIED;
	case ASPECT_PORT:
	case ASPECT_NAME:
	case ASPECT_N:
		break;
	}
	return value == REASON_OK;
}

bool aspect_unknown(enum aspect a, int value)
{
	MUST(value_valid(a, value));
	switch (a) {
	case ASPECT_SERVICE:
		return value == SERVICE_LOCAL;
	case ASPECT_TRUST:
		return false;
	case ASPECT_PORT:
	case ASPECT_NAME:
	case ASPECT_N:
		break;
	}
	return value == REASON_LOCAL;
}

bool aspect_untried(enum aspect a, int value)
{
	MUST(value_valid(a, value));
	switch (a) {
	case ASPECT_SERVICE:
		return value == SERVICE_UNTRIED;
	case ASPECT_TRUST:
		return value == TRUST_UNTRIED;
	case ASPECT_PORT:
	case ASPECT_NAME:
	case ASPECT_N:
		break;
	}
	return false;
}
