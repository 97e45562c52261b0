/* SPDX-License-Identifier: Apache-2.0 */
/* addr.c: see addr.h. */
#include "base/addr.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"

/* 0 when there is none.  The kernel would take "lo:anything" for lo. */
static uint32_t interface_index(const char *name)
{
	return strchr(name, ':') == NULL ? if_nametoindex(name) : 0;
}

static bool parse_scoped(const char *text, struct in6_addr *ret_in6, uint32_t *ret_scope)
{
	const char *percent = strchr(text, '%');
	char plain[INET6_ADDRSTRLEN];
	size_t len = percent != NULL ? (size_t)(percent - text) : strlen(text);

	if (len >= sizeof plain)
		return false;
	memcpy(plain, text, len);
	plain[len] = '\0';
	if (inet_pton(AF_INET6, plain, ret_in6) != 1)
		return false;
	*ret_scope = percent != NULL ? interface_index(percent + 1) : 0;
	return percent == NULL || *ret_scope != 0;
}

bool addr_parse(const char *text, uint16_t port, struct addr *ret_addr)
{
	struct in_addr in;
	struct in6_addr in6;
	uint32_t scope;

	if (inet_pton(AF_INET, text, &in) == 1) {
		*ret_addr = (struct addr){
			.in = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = in }
		};
		return true;
	}
	if (!parse_scoped(text, &in6, &scope))
		return false;
	*ret_addr = (struct addr){ .in6 = { .sin6_family = AF_INET6,
					    .sin6_port = htons(port),
					    .sin6_addr = in6,
					    .sin6_scope_id = scope } };
	return true;
}

bool addr_copy(const struct sockaddr *sa, socklen_t len, struct addr *ret_addr)
{
	struct addr a = { 0 };

	if (sa == NULL || len < sizeof a.in)
		return false;
	if (sa->sa_family == AF_INET)
		memcpy(&a.in, sa, sizeof a.in);
	else if (sa->sa_family == AF_INET6 && len >= sizeof a.in6)
		memcpy(&a.in6, sa, sizeof a.in6);
	else
		return false;
	*ret_addr = a;
	return true;
}

socklen_t addr_len(const struct addr *a)
{
	return a->sa.sa_family == AF_INET6 ? sizeof a->in6 : sizeof a->in;
}

bool addr_present(const struct addr *a)
{
	return a->sa.sa_family != AF_UNSPEC;
}

int addr_family(const struct addr *a)
{
	return a->sa.sa_family;
}

uint16_t addr_port(const struct addr *a)
{
	return ntohs(a->sa.sa_family == AF_INET6 ? a->in6.sin6_port : a->in.sin_port);
}

void addr_set_port(struct addr *a, uint16_t port)
{
	if (a->sa.sa_family == AF_INET6)
		a->in6.sin6_port = htons(port);
	else
		a->in.sin_port = htons(port);
}

bool addr_same_host(const struct addr *a, const struct addr *b)
{
	if (a->sa.sa_family != b->sa.sa_family)
		return false;
	if (a->sa.sa_family == AF_INET)
		return a->in.sin_addr.s_addr == b->in.sin_addr.s_addr;
	if (a->sa.sa_family == AF_INET6)
		return memcmp(&a->in6.sin6_addr, &b->in6.sin6_addr, sizeof a->in6.sin6_addr) == 0 &&
		       a->in6.sin6_scope_id == b->in6.sin6_scope_id;
	return true;
}

bool addr_listed(const struct addr *list, size_t count, const struct addr *a)
{
	for (size_t i = 0; i < count; i++)
		if (addr_same_host(&list[i], a))
			return true;
	return false;
}

void addr_format(const struct addr *a, char ret_text[ADDR_TEXT_SIZE])
{
	char name[IF_NAMESIZE];
	size_t len;

	ret_text[0] = '\0';
	if (a->sa.sa_family == AF_INET)
		MUST(inet_ntop(AF_INET, &a->in.sin_addr, ret_text, ADDR_TEXT_SIZE) != NULL);
	if (a->sa.sa_family != AF_INET6)
		return;
	MUST(inet_ntop(AF_INET6, &a->in6.sin6_addr, ret_text, ADDR_TEXT_SIZE) != NULL);
	len = strlen(ret_text);
	if (a->in6.sin6_scope_id != 0 && if_indextoname(a->in6.sin6_scope_id, name) != NULL)
		(void)snprintf(ret_text + len, ADDR_TEXT_SIZE - len, "%%%s", name);
}

void addr_format_port(const struct addr *a, char ret_text[ADDR_TEXT_SIZE])
{
	char host[ADDR_TEXT_SIZE];
	int n;

	addr_format(a, host);
	n = snprintf(ret_text, ADDR_TEXT_SIZE,
		     a->sa.sa_family == AF_INET6 ? "[%.*s]:%u" : "%.*s:%u",
		     INET6_ADDRSTRLEN + IF_NAMESIZE, host, (unsigned)addr_port(a));
	MUST(n >= 0);
}
