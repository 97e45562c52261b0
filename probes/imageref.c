/* SPDX-License-Identifier: Apache-2.0 */
/* imageref.c: see imageref.h.  Grammar: the OCI distribution specification, "Pulling manifests". */
#include "probes/imageref.h"

#include <ctype.h>
#include <string.h>

#include "base/parse.h"
#include "base/text.h"

static const char hub[] = "registry-1.docker.io";

static bool bad(struct err *e, const char *text, const char *why)
{
	char shown[120];

	text_set(shown, sizeof shown, text, strlen(text));
	return err_set(e, 0, "\"%s\" is not an image reference: %s", shown, why);
}

/* Where the container tools go for these names. */
static bool names_hub(const char *host)
{
	return strcmp(host, "docker.io") == 0 || strcmp(host, "index.docker.io") == 0;
}

static bool copy_part(char *to, size_t size, const char *from, size_t len)
{
	if (len == 0 || len >= size)
		return false;
	memcpy(to, from, len);
	to[len] = '\0';
	return true;
}

/* Length of what may stand between two runs of letters and digits; 0: nothing of the kind. */
static size_t separator_length(const char *p)
{
	if (*p == '.' || *p == '/')
		return 1;
	if (*p == '_')
		return p[1] == '_' ? 2 : 1;
	return strspn(p, "-");
}

/* Runs of lower-case letters and digits, parted by one of . _ __ / or any number of hyphens. */
static bool repository_ok(const char *name)
{
	for (const char *p = name;;) {
		size_t run = strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789");
		size_t separator = separator_length(p + run);

		if (run == 0)
			return false;
		if (p[run] == '\0')
			return true;
		if (separator == 0)
			return false;
		p += run + separator;
	}
}

static bool tag_ok(const char *tag)
{
	if (strlen(tag) > 128 || (!isalnum((unsigned char)tag[0]) && tag[0] != '_'))
		return false;
	for (const char *p = tag; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr("._-", *p) == NULL)
			return false;
	return true;
}

static bool digest_ok(const char *digest)
{
	const char *hex = digest + sizeof "sha256:" - 1;

	if (strncmp(digest, "sha256:", sizeof "sha256:" - 1) != 0 || strlen(hex) != 64)
		return false;
	return strspn(hex, "0123456789abcdef") == 64;
}

/* The first component is a host when it has a dot or a colon, or is "localhost". */
static bool split_host(const char *text, struct imageref *r, const char **ret_rest)
{
	char first[LIMIT_HOST_BYTES + sizeof "[]:65535"];
	const char *slash = strchr(text, '/');

	if (slash != NULL) {
		if (!copy_part(first, sizeof first, text, (size_t)(slash - text)))
			return false;
		if (strpbrk(first, ".:") != NULL || strcmp(first, "localhost") == 0) {
			*ret_rest = slash + 1;
			return parse_hostport(first, r->host, sizeof r->host, &r->port) &&
			       parse_is_host(r->host);
		}
	}
	*ret_rest = text;
	return copy_part(r->host, sizeof r->host, hub, sizeof hub - 1);
}

/* The hub goes by other names, and keeps images without an owner under "library". */
static bool at_hub(struct imageref *r)
{
	static const char library[] = "library/";
	size_t len = strlen(r->repository);

	if (names_hub(r->host))
		memcpy(r->host, hub, sizeof hub);
	if (strcmp(r->host, hub) != 0 || strchr(r->repository, '/') != NULL)
		return true;
	if (len + sizeof library > sizeof r->repository)
		return false;
	memmove(r->repository + sizeof library - 1, r->repository, len + 1);
	memcpy(r->repository, library, sizeof library - 1);
	return true;
}

bool imageref_parse(const char *text, struct imageref *ret_ref, struct err *ret_err)
{
	struct imageref r = { 0 };
	const char *rest;
	const char *at;
	const char *colon;
	size_t len;

	if (!split_host(text, &r, &rest))
		return bad(ret_err, text, "its host is not a name or address");
	at = strchr(rest, '@');
	len = at != NULL ? (size_t)(at - rest) : strlen(rest);
	colon = memchr(rest, ':', len);
	if (colon != NULL && !copy_part(r.reference, sizeof r.reference, colon + 1,
					len - (size_t)(colon + 1 - rest)))
		return bad(ret_err, text, "its tag is empty or too long");
	if (colon != NULL && !tag_ok(r.reference))
		return bad(ret_err, text, "its tag has characters that no tag may have");
	if (!copy_part(r.repository, sizeof r.repository, rest,
		       colon != NULL ? (size_t)(colon - rest) : len) ||
	    !repository_ok(r.repository))
		return bad(ret_err, text,
			   "HOST[:PORT]/NAME[:TAG] with a lower-case NAME is wanted");
	if (at != NULL && !digest_ok(at + 1))
		return bad(ret_err, text, "a digest is sha256: and 64 hexadecimal digits");
	if (at != NULL)
		(void)copy_part(r.reference, sizeof r.reference, at + 1, strlen(at + 1));
	if (r.reference[0] == '\0')
		(void)copy_part(r.reference, sizeof r.reference, "latest", sizeof "latest" - 1);
	if (!at_hub(&r))
		return bad(ret_err, text, "its name is too long");
	*ret_ref = r;
	return true;
}
