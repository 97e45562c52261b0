/* SPDX-License-Identifier: Apache-2.0 */
/* pki.h: an authority that no input of the corpora knows, and a server's certificate from it. */
#ifndef TESTS_FUZZ_PKI_H
#define TESTS_FUZZ_PKI_H

#include "probes/cert.h"
#include "tests/fuzz/fuzz.h"

static const char anchor_pem[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBeDCCAR+gAwIBAgIUMPvXln7ZFWakM9cdalJA4PJn5LIwCgYIKoZIzj0EAwIw\n"
	"ETEPMA0GA1UEAwwGQW5jaG9yMCAXDTI2MTEyMjIzMDQzMVoYDzIxMjYxMDI5MjMw\n"
	"NDMxWjARMQ8wDQYDVQQDDAZBbmNob3IwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC\n"
	"AAQPX6b69VLzJ5nAjZHnNc06sb2Oz4ugXP3AcU+vKF3NyCLd5jUPCGBXuyUJuCwq\n"
	"j8ijyAJQrUk32rDHsY+KEMOUo1MwUTAdBgNVHQ4EFgQU6I9/8vhggmd/+MYgEeT7\n"
	"61M/Gw8wHwYDVR0jBBgwFoAU6I9/8vhggmd/+MYgEeT761M/Gw8wDwYDVR0TAQH/\n"
	"BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiAZLNaqoBb87oW9SEHrnKQeTnNciP9S\n"
	"c8hrkmO69tmDjQIgA8E6NUWQ1Mmk/uOPBJBwqSHW/nVAyuieShd8mTsUFiY=\n"
	"-----END CERTIFICATE-----\n";

/* For engine.example.com, signed by the anchor. */
static const char server_pem[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIBkzCCATmgAwIBAgIUOa4pSM764v5oUiU8KhmBV4S0v5EwCgYIKoZIzj0EAwIw\n"
	"ETEPMA0GA1UEAwwGQW5jaG9yMCAXDTI2MTEyMjIzMDQzMloYDzIxMjYxMDI5MjMw\n"
	"NDMyWjAdMRswGQYDVQQDDBJlbmdpbmUuZXhhbXBsZS5jb20wWTATBgcqhkjOPQIB\n"
	"BggqhkjOPQMBBwNCAATZytpB1W66MllwHBHZzWNzls3hflctCpEZ+H+Z6dLQ7Q2q\n"
	"6RQwdxeZwsOv30DVyiNObzT8Xbc6YdLfqjMrx/wjo2EwXzAdBgNVHREEFjAUghJl\n"
	"bmdpbmUuZXhhbXBsZS5jb20wHQYDVR0OBBYEFIV/w4LPZZ/kDMTyNgIaAcqZmOW8\n"
	"MB8GA1UdIwQYMBaAFOiPf/L4YIJnf/jGIBHk++tTPxsPMAoGCCqGSM49BAMCA0gA\n"
	"MEUCIQDal1xlN09oyDeiVLjYuKHI7HDJqbTBDAO2OLjMHZXr6wIgLZKBdlDgkKdt\n"
	"rilAJuxpxMGB+fDfqTopiWbJSiLGdqw=\n"
	"-----END CERTIFICATE-----\n";

static inline const struct digests *shared_digests(void)
{
	static struct digests *d;

	if (d == NULL)
		d = digests_new();
	MUST(d != NULL);
	return d;
}

/* Owned by the caller. */
static inline struct cert *cert_of(const char *pem)
{
	struct cert *c = cert_new_pem(pem, strlen(pem), shared_digests());

	MUST(c != NULL);
	return c;
}

#endif
