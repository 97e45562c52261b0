/* SPDX-License-Identifier: Apache-2.0 */
/* watchlist_put.c: a watchlist as a configuration; see watchlist.h. */
#include <string.h>

#include "cli/quote.h"
#include "cli/watchlist.h"
#include "report/json.h"

/* "esx01.example.com:443/certificate": beside esx01.example.com:443, which the provider has. */
#define CERTIFICATE_NAME "%s:443/certificate"

enum { TEXT_BYTES = 1024 };

static size_t watched(const struct watchlist_provider *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += p->hosts[i].address != NULL;
	return n;
}

/* Address with a port of its own, or pinned to no fingerprint: there is no entry for it. */
static bool pinned(const struct watchlist_host *h)
{
	return h->address != NULL && h->fingerprint != NULL && strchr(h->address, '=') == NULL;
}

static size_t pinned_in(const struct watchlist *w)
{
	size_t n = 0;

	for (size_t i = 0; i < w->count; i++)
		for (size_t k = 0; k < w->providers[i].count; k++)
			n += pinned(&w->providers[i].hosts[k]);
	return n;
}

/* HOST:443, IPv6 in brackets. */
static void put_place(const struct watchlist_host *h, struct buf *out)
{
	bool bare = strchr(h->address, ':') != NULL;

	buf_printf(out, "%s%s%s:443", bare ? "[" : "", h->address, bare ? "]" : "");
}

/* ---- YAML.  Names, places and fingerprints were checked: nothing in them ends the quotes. */

static void put_comment(const struct watchlist_host *h, struct buf *out)
{
	buf_puts(out, "  # ");
	if (h->name != NULL) {
		quote_plain(h->name, out);
		buf_puts(out, ": ");
	}
	quote_plain(h->why, out);
	buf_puts(out, "\n");
}

static void put_host(const struct watchlist_host *h, struct buf *out)
{
	buf_printf(out, "  - \"%s\"", h->address);
	if (h->name != NULL) {
		buf_puts(out, " # ");
		quote_plain(h->name, out);
	}
	buf_puts(out, "\n");
}

static void put_provider(const struct watchlist_provider *p, struct buf *out)
{
	buf_printf(out, "- name: \"%s\"\n  type: %s\n", p->name, p->ovirt ? "ovirt" : "vsphere");
	if (p->place != NULL)
		buf_printf(out, "  %s: \"%s\"\n", p->ovirt ? "engine" : "vcenter", p->place);
	if (p->fingerprint != NULL)
		buf_printf(out, "  fingerprint: \"%s\"\n", p->fingerprint);
	if (watched(p) > 0)
		buf_printf(out, "  %s:\n", p->ovirt ? "hosts" : "esxi");
	for (size_t i = 0; i < p->count; i++)
		if (p->hosts[i].address != NULL)
			put_host(&p->hosts[i], out);
	for (size_t i = 0; i < p->count; i++)
		if (p->hosts[i].address == NULL)
			put_comment(&p->hosts[i], out);
}

/* A provider without a machine that can be watched would be an error. */
static void put_absent(const struct watchlist_provider *p, struct buf *out)
{
	buf_printf(out, "# %s has nothing that can be watched:\n", p->name);
	for (size_t i = 0; i < p->count; i++)
		put_comment(&p->hosts[i], out);
}

static void put_certificate(const struct watchlist_host *h, struct buf *out)
{
	buf_printf(out, "- name: \"" CERTIFICATE_NAME "\"\n  address: \"", h->address);
	put_place(h, out);
	buf_printf(out, "\"\n  check: tls\n  fingerprint: \"%s\"\n", h->fingerprint);
}

void watchlist_put_yaml(const struct watchlist *w, struct buf *out)
{
	buf_puts(out, "# What the exports name; check it with: banksmand -t FILE\n");
	buf_puts(out, watchlist_some(w) ? "providers:\n" : "providers: []\n");
	for (size_t i = 0; i < w->count; i++)
		if (w->providers[i].place != NULL || watched(&w->providers[i]) > 0)
			put_provider(&w->providers[i], out);
		else
			put_absent(&w->providers[i], out);
	if (pinned_in(w) > 0)
		buf_puts(out, "\n# The hosts' certificates as the vCenter has them.\nendpoints:\n");
	for (size_t i = 0; i < w->count; i++)
		for (size_t k = 0; k < w->providers[i].count; k++)
			if (pinned(&w->providers[i].hosts[k]))
				put_certificate(&w->providers[i].hosts[k], out);
}

/* ---- a list of hosts */

/* A host whose 443 is elsewhere has its other port where it belongs. */
static void put_listed(const struct watchlist_provider *p, const struct watchlist_host *h,
		       struct buf *out)
{
	const char *role = p->ovirt ? "ovirt-host" : "esxi";
	const char *mapped = strstr(h->address, ":443=");

	buf_printf(out, "%s=%s", role, h->address);
	if (h->name != NULL) {
		buf_puts(out, " # ");
		quote_plain(h->name, out);
	}
	buf_puts(out, "\n");
	if (mapped != NULL)
		buf_printf(out, "%s=%.*s:%s\n", role, (int)(mapped - h->address), h->address,
			   p->ovirt ? "54322" : "902");
}

void watchlist_put_hosts(const struct watchlist *w, struct buf *out)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct watchlist_provider *p = &w->providers[i];

		buf_printf(out, "# %s\n", p->name);
		if (p->place != NULL)
			buf_printf(out, "%s=%s\n", p->ovirt ? "ovirt-engine" : "vcenter", p->place);
		for (size_t k = 0; k < p->count; k++)
			if (p->hosts[k].address != NULL)
				put_listed(p, &p->hosts[k], out);
			else
				put_comment(&p->hosts[k], out);
	}
}

/* ---- JSON */

static json_t *provider_json(const struct watchlist_provider *p)
{
	json_t *o = report_object();
	json_t *hosts = report_array();

	report_set_text(o, "name", p->name);
	report_set_text(o, "type", p->ovirt ? "ovirt" : "vsphere");
	report_set_text(o, p->ovirt ? "engine" : "vcenter", p->place);
	report_set_text(o, "fingerprint", p->fingerprint);
	for (size_t i = 0; i < p->count; i++)
		if (p->hosts[i].address != NULL)
			report_append(hosts, json_string(p->hosts[i].address));
	if (watched(p) > 0)
		report_set(o, p->ovirt ? "hosts" : "esxi", hosts);
	else
		json_decref(hosts);
	return o;
}

static json_t *certificate_json(const struct watchlist_host *h)
{
	json_t *o = report_object();
	struct buf text;

	buf_init(&text, TEXT_BYTES);
	buf_printf(&text, CERTIFICATE_NAME, h->address);
	report_set_text(o, "name", buf_text(&text));
	buf_clear(&text);
	put_place(h, &text);
	report_set_text(o, "address", buf_text(&text));
	report_set_text(o, "check", "tls");
	report_set_text(o, "fingerprint", h->fingerprint);
	buf_done(&text);
	return o;
}

void watchlist_put_json(const struct watchlist *w, struct buf *out)
{
	json_t *o = report_object();
	json_t *providers = report_array();
	json_t *endpoints = report_array();

	for (size_t i = 0; i < w->count; i++)
		if (w->providers[i].place != NULL || watched(&w->providers[i]) > 0)
			report_append(providers, provider_json(&w->providers[i]));
	for (size_t i = 0; i < w->count; i++)
		for (size_t k = 0; k < w->providers[i].count; k++)
			if (pinned(&w->providers[i].hosts[k]))
				report_append(endpoints,
					      certificate_json(&w->providers[i].hosts[k]));
	report_set(o, "providers", providers);
	if (pinned_in(w) > 0)
		report_set(o, "endpoints", endpoints);
	else
		json_decref(endpoints);
	report_put(o, out);
}
