/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/hosts.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/must.h"
#include "tests/unit/unit.h"

/* "abc…" of len bytes, owned by the caller. */
static char *run_of(char c, size_t len)
{
	char *text = xcalloc(1, len + 1);

	memset(text, c, len);
	return text;
}

static struct host parsed(const char *line, enum role role)
{
	struct host h = { .name = "" };
	struct err e;

	if (!hosts_parse_line(line, role, &h, &e))
		fail_msg("%s is refused: %s", line, e.text);
	return h;
}

/* role/name/documented=actual, the last as written. */
static void assert_host(const char *line, enum role role, const char *want)
{
	struct host h = parsed(line, role);
	char got[2 * LIMIT_HOST_BYTES];

	(void)snprintf(got, sizeof got, "%s %s %u%s%u", role_name(h.role), h.name,
		       h.port.documented, h.port.mapped ? "=" : "/", h.port.actual);
	assert_string_equal(got, want);
	assert_string_equal(h.image, "");
}

static void assert_image(const char *line, enum role role, const char *name, const char *image,
			 uint16_t port)
{
	struct host h = parsed(line, role);

	assert_int_equal(h.role, ROLE_REGISTRY);
	assert_string_equal(h.name, name);
	assert_string_equal(h.image, image);
	assert_int_equal(h.port.documented, port);
	assert_int_equal(h.port.actual, port);
	assert_false(h.port.mapped);
}

static void assert_refused(const char *line, enum role role, const char *complaint)
{
	struct host h = { .name = "untouched" };
	struct err e = { 0 };

	if (hosts_parse_line(line, role, &h, &e))
		fail_msg("%s is taken", line);
	assert_string_equal(e.text, complaint);
	assert_string_equal(h.name, "untouched");
}

TEST(test_hosts_name_or_address_alone_has_no_port)
{
	assert_host("esx01", ROLE_NONE, "none esx01 0/0");
	assert_host("esx01.example.com.", ROLE_NONE, "none esx01.example.com. 0/0");
	assert_host("_x.Example-1.com", ROLE_NONE, "none _x.Example-1.com 0/0");
	assert_host("10.1.7.9", ROLE_NONE, "none 10.1.7.9 0/0");
	assert_host("fd00::9", ROLE_NONE, "none fd00::9 0/0");
	assert_host("[fd00::9]", ROLE_NONE, "none fd00::9 0/0");
	assert_host("fe80::1%lo", ROLE_NONE, "none fe80::1%lo 0/0");
}

TEST(test_hosts_port_behind_a_colon)
{
	assert_host("esx01:902", ROLE_NONE, "none esx01 902/902");
	assert_host("10.1.7.9:1", ROLE_NONE, "none 10.1.7.9 1/1");
	assert_host("[fd00::9]:65535", ROLE_NONE, "none fd00::9 65535/65535");
	assert_host("fd00::902", ROLE_NONE, "none fd00::902 0/0");
}

TEST(test_hosts_documented_port_reached_on_another)
{
	assert_host("esx01:902=19902", ROLE_ESXI, "esxi esx01 902=19902");
	assert_host("esxi=esx01:902=19902", ROLE_NONE, "esxi esx01 902=19902");
	assert_host("esxi=[fd00::9]:902=19902", ROLE_NONE, "esxi fd00::9 902=19902");
	assert_host("10.1.7.9:443=443", ROLE_NONE, "none 10.1.7.9 443=443");
}

TEST(test_hosts_every_role_may_stand_in_front)
{
	for (enum role r = ROLE_NONE + 1; r < ROLE_N; r++) {
		char line[64];

		(void)snprintf(line, sizeof line, "%s=a.example.com/x", role_name(r));
		if (r != ROLE_REGISTRY)
			*strchr(line, '/') = '\0';
		assert_int_equal(parsed(line, ROLE_NONE).role, r);
		assert_string_equal(parsed(line, ROLE_NONE).name, "a.example.com");
	}
}

TEST(test_hosts_own_role_counts_before_the_given_one)
{
	assert_host("esx01", ROLE_ESXI, "esxi esx01 0/0");
	assert_host("vcenter=vc", ROLE_ESXI, "vcenter vc 0/0");
	assert_host("vcenter=vc", ROLE_REGISTRY, "vcenter vc 0/0");
}

TEST(test_hosts_image_reference_keeps_its_text)
{
	static const char digest[] =
		"quay.example.com/vddk@sha256:"
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

	assert_image("registry=quay.example.com/team/vddk:8.0", ROLE_NONE, "quay.example.com",
		     "quay.example.com/team/vddk:8.0", 0);
	assert_image("10.1.7.9:5000/vddk # ours", ROLE_REGISTRY, "10.1.7.9", "10.1.7.9:5000/vddk",
		     5000);
	assert_image("[fd00::9]:5000/vddk", ROLE_REGISTRY, "fd00::9", "[fd00::9]:5000/vddk", 5000);
	assert_image("vddk", ROLE_REGISTRY, "registry-1.docker.io", "vddk", 0);
	assert_image(digest, ROLE_REGISTRY, "quay.example.com", digest, 0);
}

TEST(test_hosts_comments_and_blanks_are_no_part)
{
	assert_host("  esx01\t", ROLE_NONE, "none esx01 0/0");
	assert_host("esx01 # the first", ROLE_NONE, "none esx01 0/0");
	assert_host("esx01\t#the first # again", ROLE_NONE, "none esx01 0/0");
	assert_host("esxi=esx01:902\r", ROLE_NONE, "esxi esx01 902/902");
	assert_host("\v\fesx01\n", ROLE_NONE, "none esx01 0/0");
	assert_refused("esx01#1", ROLE_NONE, "'esx01#1' is neither a host name nor an address");
}

TEST(test_hosts_line_without_a_host_is_empty)
{
	static const char *const lines[] = { "", " ", "\t \r", "#", "# esx01", "  # vcenter=vc" };

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		assert_string_equal(parsed(lines[i], ROLE_NONE).name, "");
		assert_string_equal(parsed(lines[i], ROLE_REGISTRY).name, "");
	}
}

TEST(test_hosts_long_blanks_and_comments_do_not_count)
{
	char *blanks = run_of(' ', 3000);
	char *line = xasprintf("%sesx01%s# %s x", blanks, blanks, blanks);

	assert_host(line, ROLE_NONE, "none esx01 0/0");
	free(line);
	free(blanks);
}

TEST(test_hosts_bad_port_is_named)
{
	assert_refused("esx01:0", ROLE_NONE, "'esx01:0': the port is not a number from 1 to 65535");
	assert_refused("esx01:", ROLE_NONE, "'esx01:': the port is not a number from 1 to 65535");
	assert_refused("esx01:https", ROLE_ESXI,
		       "'esx01:https': the port is not a number from 1 to 65535");
	assert_refused("[fd00::9]:65536", ROLE_NONE,
		       "'[fd00::9]:65536': the port is not a number from 1 to 65535");
	assert_refused("esx01:902=", ROLE_ESXI, "port '' is not a number from 1 to 65535");
	assert_refused("esx01:902=0", ROLE_ESXI, "port '0' is not a number from 1 to 65535");
	assert_refused("esx01:902=1=2", ROLE_ESXI, "port '1=2' is not a number from 1 to 65535");
	assert_refused("esx01:0=902", ROLE_ESXI,
		       "'esx01:0': the port is not a number from 1 to 65535");
}

TEST(test_hosts_what_is_no_host_is_refused)
{
	static const char *const bad[] = {
		"a b",
		"-a",
		"a-",
		"a..b",
		".",
		".a",
		"10.1.7",
		"10.1.7.256",
		"[fd00::9",
		"fd00::9]",
		"[fd00::9]x",
		"[]",
		"fd00::xyz",
		"1:2:3:4:5:6:7:8:9",
		"a/b",
		"a\\b",
		"a,b",
		"fe80::1%lo:x",
		"fe80::1%lo;x",
		"[10.1.7.9]:902",
		"[esx01]",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err want;

		(void)err_set(&want, 0, "'%s' is neither a host name nor an address", bad[i]);
		assert_refused(bad[i], ROLE_NONE, want.text);
	}
}

TEST(test_hosts_url_and_nested_list_get_their_own_words)
{
	assert_refused("https://vc.example.com/ui", ROLE_NONE,
		       "'https://vc.example.com/ui' is a URL; write the host alone, or host:port");
	assert_refused("@more", ROLE_NONE, "'@more': a list cannot name another list");
	assert_refused("esxi=@more", ROLE_NONE, "'@more': a list cannot name another list");
}

TEST(test_hosts_role_misspelt_is_suggested)
{
	assert_refused("exsi=a", ROLE_NONE, "unknown role 'exsi' (did you mean 'esxi'?)");
	assert_refused("vcentre=a", ROLE_NONE, "unknown role 'vcentre' (did you mean 'vcenter'?)");
	assert_refused("ovirt_host=a", ROLE_NONE,
		       "unknown role 'ovirt_host' (did you mean 'ovirt-host'?)");
	assert_refused("ESXI=a", ROLE_NONE,
		       "unknown role 'ESXI'; 'banksman ports' lists the roles");
	assert_refused("none=a", ROLE_NONE,
		       "unknown role 'none'; 'banksman ports' lists the roles");
	assert_refused("=a", ROLE_NONE, "unknown role ''; 'banksman ports' lists the roles");
	assert_refused("esxi=", ROLE_NONE, "'esxi=' is followed by no host");
	assert_refused("esxi= # a", ROLE_NONE, "'esxi=' is followed by no host");
}

TEST(test_hosts_control_bytes_are_not_repeated)
{
	assert_refused("a\x1b[31mb", ROLE_NONE, "'a?[31mb' is neither a host name nor an address");
	assert_refused("a\tb", ROLE_NONE, "'a?b' is neither a host name nor an address");
	assert_refused("\xfc", ROLE_NONE, "'?' is neither a host name nor an address");
	assert_refused("es\x07xi=a", ROLE_NONE, "unknown role 'es?xi' (did you mean 'esxi'?)");
	assert_refused("a:\x7f", ROLE_NONE, "'a:?': the port is not a number from 1 to 65535");
	assert_refused("quay.example.com/\x1b:1", ROLE_REGISTRY,
		       "\"quay.example.com/?:1\" is not an image reference: HOST[:PORT]/NAME[:TAG] "
		       "with a lower-case NAME is wanted");
}

TEST(test_hosts_longest_name_is_taken_and_a_longer_one_refused)
{
	char *label = run_of('a', 63);
	char *longest = xasprintf("%s.%s.%s.%.61s", label, label, label, label);
	char *longer = xasprintf("%sa", longest);
	char *line = xasprintf("esxi=%s:902=19902 # longest", longest);
	struct err e;
	struct host h;

	assert_int_equal(strlen(longest), 253);
	assert_string_equal(parsed(longest, ROLE_NONE).name, longest);
	assert_string_equal(parsed(line, ROLE_NONE).name, longest);
	assert_false(hosts_parse_line(longer, ROLE_NONE, &h, &e));
	assert_non_null(strstr(e.text, "...' is longer than 253 characters"));
	free(line);
	free(longer);
	free(longest);
	free(label);
}

TEST(test_hosts_line_of_any_length_is_refused_shortly)
{
	for (size_t len = 250; len < 1200; len++) {
		char *text = run_of('a', len);
		struct host h;
		struct err e;

		assert_false(hosts_parse_line(text, ROLE_NONE, &h, &e));
		assert_true(strlen(e.text) < 120);
		if (len > LIMIT_REFERENCE_BYTES)
			assert_false(hosts_parse_line(text, ROLE_REGISTRY, &h, &e));
		assert_true(strlen(e.text) < 160);
		free(text);
	}
}

static const char list[] = "\xef\xbb\xbf# ours\r\n"
			   "esx01\r\n"
			   "\n"
			   "  vcenter=vc.example.com   # the old one\n"
			   "10.1.7.9:443";

TEST(test_hosts_text_is_read_line_by_line)
{
	struct hosts h = { 0 };
	struct err e;

	assert_true(hosts_parse_text(&h, "list", list, sizeof list - 1, ROLE_ESXI, &e));
	assert_int_equal(h.count, 3);
	assert_string_equal(h.host[0].name, "esx01");
	assert_int_equal(h.host[0].role, ROLE_ESXI);
	assert_string_equal(h.host[1].name, "vc.example.com");
	assert_int_equal(h.host[1].role, ROLE_VCENTER);
	assert_string_equal(h.host[2].name, "10.1.7.9");
	assert_int_equal(h.host[2].port.actual, 443);
	assert_true(hosts_parse_text(&h, "list", "", 0, ROLE_ESXI, &e));
	assert_int_equal(h.count, 3);
	hosts_done(&h);
	assert_null(h.host);
	assert_int_equal(h.count, 0);
}

static void assert_text_refused(const char *text, size_t len, const char *complaint)
{
	struct hosts h = { 0 };
	struct err e = { 0 };

	assert_false(hosts_parse_text(&h, "dir/list", text, len, ROLE_NONE, &e));
	assert_string_equal(e.text, complaint);
	hosts_done(&h);
}

TEST(test_hosts_text_error_carries_file_and_line)
{
	static const struct {
		const char *text;
		const char *complaint;
	} cases[] = {
		{ "esx01:0", "dir/list:1: 'esx01:0': the port is not a number from 1 to 65535" },
		{ "a\n# c\n\nexsi=b\nc\n",
		  "dir/list:4: unknown role 'exsi' (did you mean 'esxi'?)" },
		{ "a\r\nb c\r\n", "dir/list:2: 'b c' is neither a host name nor an address" },
		{ "a\n@b\n", "dir/list:2: '@b': a list cannot name another list" },
		{ "a\n\xef\xbb\xbf"
		  "b\n",
		  "dir/list:2: '???b' is neither a host name nor an address" },
	};
	static const char nul[] = "a\nb\0c\n";

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_text_refused(cases[i].text, strlen(cases[i].text), cases[i].complaint);
	assert_text_refused(nul, sizeof nul - 1, "dir/list:2: not a text file");
	assert_text_refused("\0", 1, "dir/list:1: not a text file");
}

TEST(test_hosts_text_of_too_many_is_refused)
{
	size_t len = 2 * (HOSTS_MAX + (size_t)1);
	char *text = xcalloc(1, len + 1);
	struct hosts h = { 0 };
	struct err e;

	for (size_t i = 0; i < len; i += 2)
		memcpy(text + i, "a\n", 2);
	assert_true(hosts_parse_text(&h, "list", text, len - 2, ROLE_NONE, &e));
	assert_int_equal(h.count, HOSTS_MAX);
	assert_false(hosts_add(&h, "a", ROLE_NONE, &e));
	assert_string_equal(e.text, "more than 65536 hosts");
	hosts_done(&h);
	assert_text_refused(text, len, "dir/list:65537: more than 65536 hosts");
	free(text);
}

/* A file of text; its name is "@/tmp/…". */
static void file_of(const char *text, size_t len, char ret_argument[64])
{
	int fd;

	(void)snprintf(ret_argument, 64, "@/tmp/test_hosts.XXXXXX");
	fd = mkstemp(ret_argument + 1);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(ftruncate(fd, (off_t)len), 0);
	(void)close(fd);
}

static void assert_file_refused(const char *text, size_t len, const char *complaint)
{
	struct hosts h = { 0 };
	struct err e = { 0 };
	struct err want;
	char argument[64];

	file_of(text, len, argument);
	assert_false(hosts_add(&h, argument, ROLE_NONE, &e));
	(void)err_set(&want, 0, "%s%s", argument + 1, complaint);
	assert_string_equal(e.text, want.text);
	(void)unlink(argument + 1);
	hosts_done(&h);
}

TEST(test_hosts_file_is_appended)
{
	char vcenter[] = "vcenter=vc";
	char argument[64];
	char *words[] = { vcenter, argument, NULL };
	struct hosts h = { 0 };
	struct err e;

	file_of("esx01\nesx02\n", 12, argument);
	assert_true(hosts_add_all(&h, words, ROLE_ESXI, AF_UNSPEC, &e));
	assert_int_equal(h.count, 3);
	assert_string_equal(h.host[0].name, "vc");
	assert_string_equal(h.host[2].name, "esx02");
	assert_int_equal(h.host[2].role, ROLE_ESXI);
	(void)unlink(argument + 1);
	hosts_done(&h);
}

TEST(test_hosts_file_that_is_no_list_is_refused)
{
	assert_file_refused("# nothing\n", 10, ": names no host");
	assert_file_refused("", 0, ": names no host");
	assert_file_refused("a\nb:0\n", 6, ":2: 'b:0': the port is not a number from 1 to 65535");
	assert_file_refused("a\n", LIMIT_LIST_BYTES + (size_t)1, ": longer than 4194304 bytes");
	assert_file_refused("a\n", LIMIT_LIST_BYTES, ":2: not a text file");
}

TEST(test_hosts_argument_without_a_host_is_refused)
{
	static const char *const cases[][2] = {
		{ "", "empty host" },
		{ "  ", "empty host" },
		{ "# x", "empty host" },
		{ "@", "'@' is followed by no file name" },
		{ "@/nowhere/list", "/nowhere/list: No such file or directory" },
		{ "@/", "/: cannot be read: Is a directory" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct hosts h = { 0 };
		struct err e = { 0 };

		assert_false(hosts_add(&h, cases[i][0], ROLE_NONE, &e));
		assert_string_equal(e.text, cases[i][1]);
		assert_int_equal(h.count, 0);
		hosts_done(&h);
	}
}

static void assert_family(const char *word, int family, const char *complaint)
{
	char *copy = xstrdup(word);
	char *words[] = { copy, NULL };
	struct hosts h = { 0 };
	struct err e = { 0 };
	bool ok = hosts_add_all(&h, words, ROLE_NONE, family, &e);

	assert_string_equal(ok ? "" : e.text, complaint);
	hosts_done(&h);
	free(copy);
}

TEST(test_hosts_address_of_the_other_family_is_refused)
{
	assert_family("10.1.7.9:902", AF_INET, "");
	assert_family("fd00::9", AF_INET6, "");
	assert_family("fd00::9", AF_UNSPEC, "");
	assert_family("esx01", AF_INET6, "");
	assert_family("10.1.7.9:902", AF_INET6,
		      "10.1.7.9 is not an IPv6 address, as --family asks");
	assert_family("[fd00::9]:902", AF_INET, "fd00::9 is not an IPv4 address, as --family asks");
}

TEST(test_hosts_none_at_all_is_refused)
{
	char *words[] = { NULL };
	struct hosts h = { 0 };
	struct err e;

	assert_false(hosts_add_all(&h, words, ROLE_NONE, AF_UNSPEC, &e));
	assert_string_equal(e.text, "no host is named");
	hosts_done(&h);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_hosts_name_or_address_alone_has_no_port),
	cmocka_unit_test(test_hosts_port_behind_a_colon),
	cmocka_unit_test(test_hosts_documented_port_reached_on_another),
	cmocka_unit_test(test_hosts_every_role_may_stand_in_front),
	cmocka_unit_test(test_hosts_own_role_counts_before_the_given_one),
	cmocka_unit_test(test_hosts_image_reference_keeps_its_text),
	cmocka_unit_test(test_hosts_comments_and_blanks_are_no_part),
	cmocka_unit_test(test_hosts_line_without_a_host_is_empty),
	cmocka_unit_test(test_hosts_long_blanks_and_comments_do_not_count),
	cmocka_unit_test(test_hosts_bad_port_is_named),
	cmocka_unit_test(test_hosts_what_is_no_host_is_refused),
	cmocka_unit_test(test_hosts_url_and_nested_list_get_their_own_words),
	cmocka_unit_test(test_hosts_role_misspelt_is_suggested),
	cmocka_unit_test(test_hosts_control_bytes_are_not_repeated),
	cmocka_unit_test(test_hosts_longest_name_is_taken_and_a_longer_one_refused),
	cmocka_unit_test(test_hosts_line_of_any_length_is_refused_shortly),
	cmocka_unit_test(test_hosts_text_is_read_line_by_line),
	cmocka_unit_test(test_hosts_text_error_carries_file_and_line),
	cmocka_unit_test(test_hosts_text_of_too_many_is_refused),
	cmocka_unit_test(test_hosts_file_is_appended),
	cmocka_unit_test(test_hosts_file_that_is_no_list_is_refused),
	cmocka_unit_test(test_hosts_argument_without_a_host_is_refused),
	cmocka_unit_test(test_hosts_address_of_the_other_family_is_refused),
	cmocka_unit_test(test_hosts_none_at_all_is_refused),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
