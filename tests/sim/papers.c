/* SPDX-License-Identifier: Apache-2.0 */
/* papers.c: see papers.h.  No key has signed them: whoever judges them brings the judgement. */
#include "tests/sim/papers.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "probes/cert.h"

enum { LETTERS = 26 };

struct papers {
	struct cert *list[LETTERS]; /* one reference each; NULL: not asked for yet */
};

struct papers *papers_new(void)
{
	return xcalloc(1, sizeof(struct papers));
}

void papers_free(struct papers *p)
{
	for (int i = 0; i < LETTERS; i++)
		cert_free(p->list[i]);
	free(p);
}

static struct cert *make(char letter)
{
	struct cert *c = xcalloc(1, sizeof *c);

	c->refs = 1;
	memset(c->sha1, letter, sizeof c->sha1);
	memset(c->sha256, letter, sizeof c->sha256);
	memset(c->spki_sha256, letter, sizeof c->spki_sha256);
	c->subject = xasprintf("CN=%c", letter);
	c->issuer = xstrdup("CN=CA");
	c->not_after.ms = INT64_C(4102444800000);
	c->key_type = "EC";
	c->key_bits = 256;
	c->signature = "ecdsa-with-SHA256";
	return c;
}

struct cert *papers_get(struct papers *p, char letter)
{
	struct cert **at = &p->list[letter - 'A'];

	MUST(letter >= 'A' && letter <= 'Z');
	if (*at == NULL)
		*at = make(letter);
	return *at;
}
