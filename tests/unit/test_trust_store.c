/* SPDX-License-Identifier: Apache-2.0 */
/* test_trust_store.c: which files of CA certificates are believed; see trust.h. */
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/must.h"
#include "probes/trust.h"
#include "tests/unit/made.h"
#include "tests/unit/unit.h"

static char *pem; /* a certificate */

static int set_up(__attribute__((unused)) void **state)
{
	struct made ca = made_new(&(struct plan){ .name = "Example CA", .ca = true });
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	MUST(bio != NULL && PEM_write_bio_X509(bio, ca.x) == 1);
	len = BIO_get_mem_data(bio, &text);
	pem = xasprintf("%.*s", (int)len, text);
	BIO_free(bio);
	made_free(&ca);
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	free(pem);
	return 0;
}

/* A file with text, made size bytes long with NULs or cut; size 0: as it is.  Its name is owned by the caller. */
static char *file_with(const char *text, off_t size)
{
	char *path = xasprintf("%s/banksman-test-XXXXXX",
			       getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	int fd = mkstemp(path);
	ssize_t len = (ssize_t)strlen(text);

	MUST(fd >= 0 && write(fd, text, (size_t)len) == len);
	MUST((size == 0 || ftruncate(fd, size) == 0) && close(fd) == 0);
	return path;
}

static bool believed(const char *text, off_t size, struct err *ret_err)
{
	char *path = file_with(text, size);
	struct truststore *s = truststore_new_file(path, ret_err);

	if (s == NULL)
		assert_non_null(strstr(ret_err->text, path));
	(void)unlink(path);
	free(path);
	truststore_free(s);
	return s != NULL;
}

static void assert_refused(const char *text, const char *words)
{
	struct err e = { 0 };

	assert_false(believed(text, 0, &e));
	if (strstr(e.text, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", e.text, words);
}

/* The certificate with one character replaced; owned by the caller. */
static char *damaged(size_t where, char c)
{
	char *text = xasprintf("%s", pem);

	text[where] = c;
	return text;
}

TEST(test_trust_store_damaged_certificate_is_refused_with_its_number)
{
	char *base64 = damaged(100, '!');
	char *der = damaged(strlen("-----BEGIN CERTIFICATE-----\n"), 'A');
	char *second = xasprintf("%s%s%s", pem, base64, pem);
	char *third = xasprintf("%s# a comment\n%s%s", pem, pem, der);
	char *cut = xasprintf("%s%.200s", pem, pem);

	assert_refused(base64, "certificate 1 is damaged");
	assert_refused(second, "certificate 2 is damaged");
	assert_refused(third, "certificate 3 is damaged");
	assert_refused(cut, "certificate 2 is damaged");
	free(cut);
	free(third);
	free(second);
	free(der);
	free(base64);
}

TEST(test_trust_store_same_certificate_twice_is_believed)
{
	char *twice = xasprintf("%s\n# again\n%s", pem, pem);
	struct err e;

	assert_true(believed(twice, 0, &e));
	free(twice);
}

TEST(test_trust_store_empty_file_is_refused)
{
	assert_refused("", "holds no PEM certificate");
	assert_refused("\n\n", "holds no PEM certificate");
}

TEST(test_trust_store_folder_is_refused)
{
	struct err e = { 0 };

	assert_null(truststore_new_file("/", &e));
	assert_non_null(strstr(e.text, "Is a directory"));
}

TEST(test_trust_store_too_large_file_is_refused)
{
	struct err e = { 0 };

	assert_true(believed(pem, LIMIT_CA_FILE_BYTES, &e));
	assert_false(believed(pem, LIMIT_CA_FILE_BYTES + 1, &e));
	assert_non_null(strstr(e.text, "it is larger than"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_trust_store_damaged_certificate_is_refused_with_its_number),
	cmocka_unit_test(test_trust_store_same_certificate_twice_is_believed),
	cmocka_unit_test(test_trust_store_empty_file_is_refused),
	cmocka_unit_test(test_trust_store_folder_is_refused),
	cmocka_unit_test(test_trust_store_too_large_file_is_refused),
};

int main(void)
{
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
