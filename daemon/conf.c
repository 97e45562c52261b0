/* SPDX-License-Identifier: Apache-2.0 */
/*
 * conf.c: see conf.h.  The way of a file:
 *
 *   text --conftext--> well-formed --confschema (libcyaml)--> texts in slots
 *        --confread (confenv, confvalue)--> struct conf --confsite--> targets,
 *        confsink--> sinks, confwindow--> windows
 */
#include "daemon/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "daemon/confpool.h"
#include "daemon/confread.h"
#include "daemon/confschema.h"
#include "daemon/confsink.h"
#include "daemon/confsite.h"
#include "daemon/confwindow.h"

/* Where Kubernetes puts a pod's token. */
#define SERVICE_ACCOUNT "/var/run/secrets/kubernetes.io/serviceaccount"

enum { FILE_BYTES = 4 * 1024 * 1024, LABELS_MAX = 32 };

static bool check_probe(const struct confread *r, const struct conf *c)
{
	const struct conf_target t = { .interval = c->probe.interval,
				       .serve_interval = c->probe.serve_interval,
				       .timeout = c->probe.timeout };

	if (!confsite_check_times(r, "probe", &t, conftext_has(&r->text, "probe.timeout")))
		return false;
	if (c->probe.policy.flap_off_pct >= c->probe.policy.flap_on_pct)
		return confread_fail(r, "probe", "flap_end", "%u%% is not below flap_begin (%u%%)",
				     c->probe.policy.flap_off_pct, c->probe.policy.flap_on_pct);
	return true;
}

static bool check_history(const struct confread *r, const struct conf *c)
{
	if (c->history.keep_samples.ns <= c->history.keep.ns)
		return true;
	return confread_fail(r, "history", "keep_samples", "is longer than keep");
}

/* How long the name of a label is, "=" behind it. */
static size_t label_name(const char *label)
{
	return strcspn(label, "=") + 1;
}

static bool check_labels(const struct confread *r, const struct conf *c)
{
	const char *const *labels = c->alerts.labels;

	if (c->alerts.label_count > LABELS_MAX)
		return confread_fail(r, "alerts", "labels", "more than %d entries", LABELS_MAX);
	for (size_t i = 0; i < c->alerts.label_count; i++)
		for (size_t k = 0; k < i; k++) {
			char item[sizeof "labels[18446744073709551615]"];

			if (strncmp(labels[i], labels[k], label_name(labels[i])) != 0)
				continue;
			(void)snprintf(item, sizeof item, "labels[%zu]", i);
			return confread_fail(r, "alerts", item, "the label is given by labels[%zu]",
					     k);
		}
	return true;
}

/* Where a token is, or where a person wants it. */
static void decide_discovery(const struct confread *r, struct conf *c)
{
	if (c->discovery.token_file == NULL)
		c->discovery.token_file = SERVICE_ACCOUNT "/token";
	if (c->discovery.ca_file == NULL)
		c->discovery.ca_file = SERVICE_ACCOUNT "/ca.crt";
	if (c->discovery.inventory_ca == NULL)
		c->discovery.inventory_ca = SERVICE_ACCOUNT "/service-ca.crt";
	c->discovery.on = c->discovery.enabled == SWITCH_ON ||
			  (c->discovery.enabled == SWITCH_AUTO && r->files &&
			   access(c->discovery.token_file, R_OK) == 0);
}

static void name_node(struct confpool *pool, struct conf *c)
{
	char name[HOST_NAME_MAX + 1] = "";

	if (c->node != NULL)
		return;
	if (gethostname(name, sizeof name - 1) != 0 || name[0] == '\0')
		memcpy(name, "localhost", sizeof "localhost");
	c->node = confpool_text(pool, name);
}

static bool read_sections(const struct confread *r, struct conf *c)
{
	for (int i = 0; i < CONF_SECTION_N; i++) {
		enum conf_section s = (enum conf_section)i;

		if (!confkeys_section_repeats(s) &&
		    !confread_section(r, s, confkeys_section_name(s),
				      confschema_section(r->root, s), c))
			return false;
	}
	name_node(r->pool, c);
	decide_discovery(r, c);
	return check_probe(r, c) && check_history(r, c) && check_labels(r, c) &&
	       confsite_read(r, c) && confsink_read(r, c) && confwindow_read(r, c);
}

/* The text passed the check. */
static struct conf *read_conf(struct confread *r, const struct confschema *schema)
{
	struct confpool *pool = confpool_new();
	struct conf *c = confpool_alloc(pool, sizeof *c);
	union confslot *root = confschema_load(schema, r->text.text, r->text.len, r->err);
	bool ok;

	c->memory = pool;
	c->path = confpool_text(pool, r->text.path);
	r->pool = pool;
	r->root = root;
	ok = root != NULL ? read_sections(r, c) : conftext_blame(&r->text, "", r->err);
	confschema_unload(schema, root);
	if (ok)
		return c;
	conf_free(c);
	return NULL;
}

static struct conf *parse(const char *text, size_t len, const char *path, bool files,
			  struct err *ret_err)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf";
	size_t mark = len >= 3 && memcmp(text, byte_order_mark, 3) == 0 ? 3 : 0;
	struct confschema *schema = confschema_new();
	struct confread r = {
		.text = { .path = path,
			  .text = text + mark,
			  .len = len - mark,
			  .schema = confschema_root(schema) },
		.files = files,
		.err = ret_err,
	};
	struct conf *c = conftext_check(&r.text, ret_err) ? read_conf(&r, schema) : NULL;

	confschema_free(schema);
	return c;
}

struct conf *conf_parse(const char *text, size_t len, const char *path, struct err *ret_err)
{
	return parse(text, len, path, false, ret_err);
}

/* All of fd; the file's size is no promise. */
static bool read_all(int fd, struct buf *out, struct err *ret_err)
{
	char part[16 * 1024];

	for (;;) {
		ssize_t n = read(fd, part, sizeof part);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set(ret_err, errno, "cannot be read: %s",
				       strerrordesc_np(errno));
		if (n == 0)
			return true;
		buf_put(out, part, (size_t)n);
		if (buf_overflowed(out))
			return err_set(ret_err, EFBIG, "larger than %d MiB",
				       FILE_BYTES / 1024 / 1024);
	}
}

static bool read_file(int fd, struct buf *out, struct err *ret_err)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_set(ret_err, errno, "%s", strerrordesc_np(errno));
	if (S_ISDIR(st.st_mode))
		return err_set(ret_err, EISDIR, "is a directory; name the file in it");
	if (!S_ISREG(st.st_mode))
		return err_set(ret_err, EINVAL, "is not a regular file");
	return read_all(fd, out, ret_err);
}

struct conf *conf_load(const char *path, struct err *ret_err)
{
	/* O_NONBLOCK: a pipe without a writer would stop the daemon. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct conf *c = NULL;
	struct buf text;

	if (fd < 0) {
		(void)err_set(ret_err, errno, "%s: %s", path, strerrordesc_np(errno));
		return NULL;
	}
	buf_init(&text, FILE_BYTES);
	if (read_file(fd, &text, ret_err))
		c = parse(buf_text(&text), text.len, path, true, ret_err);
	else
		(void)err_add(ret_err, "%s", path);
	buf_done(&text);
	(void)close(fd);
	return c;
}

void conf_free(struct conf *c)
{
	if (c != NULL)
		confpool_free(c->memory);
}
