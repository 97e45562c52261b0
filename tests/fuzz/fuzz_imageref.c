/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_imageref.c: image references as people write them. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>

#include "base/parse.h"
#include "probes/imageref.h"

static void must_be_sound(const struct imageref *r)
{
	MUST_FIELD(r->host);
	MUST_FIELD(r->repository);
	MUST_FIELD(r->reference);
	MUST(parse_is_host(r->host));
	/* Both go into a request's path as they are. */
	MUST(r->repository[0] != '\0' && r->repository[0] != '/');
	MUST(strspn(r->repository, "abcdefghijklmnopqrstuvwxyz0123456789._-/") ==
	     strlen(r->repository));
	MUST(strstr(r->repository, "..") == NULL && strstr(r->repository, "//") == NULL);
	MUST(r->reference[0] != '\0' && r->reference[0] != '.');
	MUST(strpbrk(r->reference, " /?#%@\\") == NULL);
}

static void round_trip(const struct imageref *r)
{
	bool v6 = strchr(r->host, ':') != NULL;
	char port[sizeof ":65535"] = "";
	char *text;
	struct imageref again;
	struct err e;

	if (r->port != 0)
		MUST(snprintf(port, sizeof port, ":%u", (unsigned)r->port) > 0);
	text = xasprintf("%s%s%s%s/%s%c%s", v6 ? "[" : "", r->host, v6 ? "]" : "", port,
			 r->repository, strncmp(r->reference, "sha256:", 7) == 0 ? '@' : ':',
			 r->reference);
	MUST(imageref_parse(text, &again, &e));
	MUST(strcmp(again.host, r->host) == 0 && again.port == r->port);
	MUST(strcmp(again.repository, r->repository) == 0);
	MUST(strcmp(again.reference, r->reference) == 0);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	struct imageref r;
	struct err e;

	memset(&r, 0xa5, sizeof r);
	memset(&e, 0xa5, sizeof e);
	if (imageref_parse(text, &r, &e)) {
		must_be_sound(&r);
		round_trip(&r);
	} else {
		MUST(r.host[0] == (char)0xa5);
		MUST(memchr(e.text, '\0', sizeof e.text) != NULL && e.text[0] != '\0');
	}
	free(text);
	return 0;
}
