/* SPDX-License-Identifier: Apache-2.0 */
/* client.c: see client.h. */
#include "cli/client.h"

#include <curl/curl.h>
#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/must.h"
#include "report/exit.h"

enum { CONNECT_TIMEOUT_MS = 5000, ERROR_BODY_BYTES = 64 * 1024, URL_BYTES = 64 * 1024 };

struct client {
	const char *path; /* borrowed */
	CURL *curl;       /* owned */
	bool initialised;
	struct curl_slist *headers;   /* owned; of a POST */
	struct buf body;              /* of the reply, or of an error in place of a stream */
	struct response_lines *lines; /* NULL: no stream is read */
	bool enough;
	struct err *err; /* what was wrong with the stream */
};

static size_t on_body(char *data, size_t size, size_t count, void *owner)
{
	struct client *c = owner;

	MUST(size == 1);
	buf_put(&c->body, data, count);
	return buf_overflowed(&c->body) ? 0 : count;
}

static size_t on_stream(char *data, size_t size, size_t count, void *owner)
{
	struct client *c = owner;
	long status = 0;

	(void)curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status != 200)
		return on_body(data, size, count, owner);
	c->enough = !response_lines_put(c->lines, data, count, c->err);
	return c->enough ? 0 : count;
}

struct client *client_new(const char *socket_path, struct err *ret_err)
{
	enum { PATH_MAX_BYTES = sizeof((struct sockaddr_un *)NULL)->sun_path };
	struct client *c;

	if (socket_path[0] == '\0' || strlen(socket_path) >= PATH_MAX_BYTES) {
		(void)err_set(ret_err, ENAMETOOLONG,
			      "--socket: '%.60s' cannot be a socket: a path has 1 to %d bytes",
			      socket_path, PATH_MAX_BYTES - 1);
		return NULL;
	}
	c = xcalloc(1, sizeof *c);
	c->path = socket_path;
	c->initialised = curl_global_init(CURL_GLOBAL_NOTHING) == CURLE_OK;
	c->curl = c->initialised ? curl_easy_init() : NULL;
	c->headers = curl_slist_append(NULL, "Content-Type: application/json");
	buf_init(&c->body, RESPONSE_BYTES);
	if (c->curl != NULL && c->headers != NULL)
		return c;
	client_free(c);
	(void)err_set(ret_err, 0, "libcurl does not start");
	return NULL;
}

void client_free(struct client *c)
{
	if (c == NULL)
		return;
	curl_easy_cleanup(c->curl);
	curl_slist_free_all(c->headers);
	if (c->initialised)
		curl_global_cleanup();
	buf_done(&c->body);
	free(c);
}

/* "" when the socket cannot be looked at. */
static void find_group(const char *path, char *field, size_t size)
{
	struct group *found = NULL;
	struct group group;
	struct stat st;
	char room[1024];

	field[0] = '\0';
	if (stat(path, &st) != 0 || getgrgid_r(st.st_gid, &group, room, sizeof room, &found) != 0 ||
	    found == NULL)
		return;
	(void)snprintf(field, size, " (%s)", found->gr_name);
}

/* Why no connection came about, and what to do. */
static int not_connected(const struct client *c, int error, struct err *ret_err)
{
	char group[64];

	switch (error) {
	case ENOENT:
	case ENOTDIR:
		(void)err_set(ret_err, error,
			      "no daemon: there is no %s; start banksmand, or name its socket with "
			      "--socket or BANKSMAN_SOCKET",
			      c->path);
		break;
	case ECONNREFUSED:
		(void)err_set(
			ret_err, error,
			"no daemon: nobody listens on %s; start banksmand, or name its socket "
			"with --socket or BANKSMAN_SOCKET",
			c->path);
		break;
	case EACCES:
	case EPERM:
		find_group(c->path, group, sizeof group);
		(void)err_set(ret_err, error,
			      "%s: permission denied: be root or in the socket's group%s", c->path,
			      group);
		break;
	case EAGAIN:
		(void)err_set(ret_err, error, "%s: the daemon takes no more connections", c->path);
		break;
	default:
		(void)err_set(ret_err, error, "%s: cannot connect: %s", c->path,
			      error != 0 ? strerrordesc_np(error) : "no reason given");
	}
	return STATUS_LOCAL;
}

/* What libcurl could not do. */
static int failed(struct client *c, CURLcode code, struct span patience, struct err *ret_err)
{
	long error = 0;

	if (buf_overflowed(&c->body)) {
		(void)err_set(ret_err, EFBIG, "the daemon's reply is larger than %d MiB",
			      RESPONSE_BYTES / 1024 / 1024);
		return STATUS_LOCAL;
	}
	if (code == CURLE_COULDNT_CONNECT) {
		(void)curl_easy_getinfo(c->curl, CURLINFO_OS_ERRNO, &error);
		return not_connected(c, (int)error, ret_err);
	}
	if (code == CURLE_OPERATION_TIMEDOUT)
		(void)err_set(ret_err, ETIMEDOUT,
			      "%s: the daemon did not answer within %.1f s; is it busy or stopped?",
			      c->path, (double)span_ms(patience) / 1000);
	else if (code == CURLE_GOT_NOTHING || code == CURLE_PARTIAL_FILE ||
		 code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR)
		(void)err_set(ret_err, EPIPE, "%s: the daemon broke off: it stopped, or it fell",
			      c->path);
	else
		(void)err_set(ret_err, EPROTO, "%s: what answers is not banksmand, or broken: %s",
			      c->path, curl_easy_strerror(code));
	return STATUS_LOCAL;
}

enum method { METHOD_GET, METHOD_POST, METHOD_DELETE };

static void set_method(struct client *c, enum method m, const char *body)
{
	switch (m) {
	case METHOD_GET:
		break;
	case METHOD_POST:
		(void)curl_easy_setopt(c->curl, CURLOPT_POSTFIELDS, body);
		(void)curl_easy_setopt(c->curl, CURLOPT_HTTPHEADER, c->headers);
		break;
	case METHOD_DELETE:
		(void)curl_easy_setopt(c->curl, CURLOPT_CUSTOMREQUEST, "DELETE");
		break;
	}
}

static CURLcode perform(struct client *c, enum method m, const char *target, const char *body,
			struct span patience)
{
	curl_write_callback write = c->lines != NULL ? on_stream : on_body;
	CURL *curl = c->curl;
	struct buf url;
	CURLcode code;

	buf_clear(&c->body);
	c->enough = false;
	buf_init(&url, URL_BYTES);
	buf_printf(&url, "http://localhost%s", target);
	MUST(!buf_overflowed(&url));
	/* Keeps the connection, and forgets what the last question was. */
	curl_easy_reset(curl);
	code = curl_easy_setopt(curl, CURLOPT_URL, buf_text(&url));
	buf_done(&url);
	if (code != CURLE_OK)
		return code;
	(void)curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, c->path);
	(void)curl_easy_setopt(curl, CURLOPT_PROXY, "");
	(void)curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	(void)curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	(void)curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)span_ms(patience));
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, write);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, c);
	set_method(c, m, body);
	return curl_easy_perform(curl);
}

static int read_body(struct client *c, json_t **ret_object, struct err *ret_err)
{
	long status = 0;

	(void)curl_easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
	return response_read(status, buf_text(&c->body), c->body.len, ret_object, ret_err);
}

int client_ask(struct client *c, const char *target, const char *body, struct span patience,
	       json_t **ret_object, struct err *ret_err)
{
	CURLcode code = perform(c, body != NULL ? METHOD_POST : METHOD_GET, target, body, patience);

	if (code != CURLE_OK)
		return failed(c, code, patience, ret_err);
	return read_body(c, ret_object, ret_err);
}

int client_delete(struct client *c, const char *target, struct span patience, json_t **ret_object,
		  struct err *ret_err)
{
	CURLcode code = perform(c, METHOD_DELETE, target, NULL, patience);

	if (code != CURLE_OK)
		return failed(c, code, patience, ret_err);
	return read_body(c, ret_object, ret_err);
}

int client_follow(struct client *c, const char *target, response_line_fn *take, void *owner,
		  struct err *ret_err)
{
	struct response_lines lines;
	json_t *object = NULL;
	int status = STATUS_LOCAL;
	CURLcode code;

	response_lines_init(&lines, take, owner);
	c->lines = &lines;
	c->err = ret_err;
	code = perform(c, METHOD_GET, target, NULL, (struct span){ 0 });
	c->lines = NULL;
	response_lines_done(&lines);
	if (c->enough)
		return ret_err->text[0] == '\0' ? STATUS_CLEAR : STATUS_LOCAL;
	if (code != CURLE_OK)
		return failed(c, code, (struct span){ 0 }, ret_err);
	if (c->body.len > 0)
		status = read_body(c, &object, ret_err);
	else
		(void)err_set(ret_err, EPIPE, "%s: the daemon ended the stream: it stopped",
			      c->path);
	json_decref(object);
	return status;
}
