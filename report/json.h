/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json.h: findings for programs.  A fact that is not known is an absent key.  (json_ is the
 * library's own prefix, so what is ours begins with report_.)
 */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"

struct cert;
struct finding;
struct findings;
struct icmp;

/* {"results":[…]}, and "interrupted" when they are not all. */
void report_put_findings(const struct findings *s, struct buf *out);

/* Appends o with a line end, and releases it. */
void report_put(json_t *o, struct buf *out);

json_t *report_object(void);
json_t *report_array(void);

/* Appends value to a list and takes it over. */
void report_append(json_t *list, json_t *value);

/* Sets a key and takes value over. */
void report_set(json_t *o, const char *key, json_t *value);

/* Sets a key; "" or NULL text leaves it absent. */
void report_set_text(json_t *o, const char *key, const char *text);
void report_set_number(json_t *o, const char *key, long long value);
void report_set_fingerprint(json_t *o, const char *key, const uint8_t *bytes, size_t len);

/* RFC 3339, in UTC; absent when it cannot be written so. */
void report_set_time(json_t *o, const char *key, struct wall t);

/* {"type":3,"code":13,"from":"10.1.7.1"} */
json_t *report_icmp(const struct icmp *m);

/* {"sha1":…, …, "signature":…} */
json_t *report_cert(const struct cert *c);

/* {"host":…, …, "duration_us":…} */
json_t *report_finding(const struct finding *found);

#endif
