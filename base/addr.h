/* SPDX-License-Identifier: Apache-2.0 */
/* addr.h: one IPv4 or IPv6 address with a port. */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/* "[" address "%" interface "]:" port NUL */
enum { ADDR_TEXT_SIZE = INET6_ADDRSTRLEN + 16 + 10 };

struct addr {
	union {
		struct sockaddr sa; /* sa_family is AF_UNSPEC (0) in an empty address */
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	};
};

/* Parses a numeric address, "fe80::1%eth0" included; the port becomes port (host order). */
__attribute__((warn_unused_result)) bool addr_parse(const char *text, uint16_t port,
						    struct addr *ret_addr);

/* Copies a socket address of the system; false when it is neither IPv4 nor IPv6. */
bool addr_copy(const struct sockaddr *sa, socklen_t len, struct addr *ret_addr);

socklen_t addr_len(const struct addr *a);
bool addr_present(const struct addr *a);
int addr_family(const struct addr *a);    /* AF_INET, AF_INET6 or AF_UNSPEC */
uint16_t addr_port(const struct addr *a); /* host order */
void addr_set_port(struct addr *a, uint16_t port);

/* Equal family, address and scope; the port does not count. */
bool addr_same_host(const struct addr *a, const struct addr *b);

/* One of them has the same host. */
bool addr_listed(const struct addr *list, size_t count, const struct addr *a);

/* The address alone ("10.1.2.3", "fd00::1"); "" when empty. */
void addr_format(const struct addr *a, char ret_text[ADDR_TEXT_SIZE]);

/* Address and port ("10.1.2.3:902", "[fd00::1]:902"). */
void addr_format_port(const struct addr *a, char ret_text[ADDR_TEXT_SIZE]);

#endif
