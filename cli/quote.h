/* SPDX-License-Identifier: Apache-2.0 */
/* quote.h: outside text made harmless for the format that it is put into. */
#ifndef CLI_QUOTE_H
#define CLI_QUOTE_H

#include <jansson.h>
#include <stdbool.h>

struct buf;

/* For a terminal: what is not fit to be shown (base/text.h) becomes "?". */
void quote_plain(const char *text, struct buf *out);

/* For HTML and XML, in text and in quoted attributes; what is not fit to be shown becomes U+FFFD. */
void quote_markup(const char *text, struct buf *out);

/*
 * A field of CSV (RFC 4180, section 2) and the comma, or CRLF, behind it.  What a spreadsheet would
 * take for a formula gets an apostrophe in front.
 */
void quote_csv(const char *text, bool last, struct buf *out);

/* For Markdown outside of code: what would begin markup is marked as text. */
void quote_markdown(const char *text, struct buf *out);

/* Appends o on one line; what would turn or break a line is written as \uXXXX.  Releases it. */
void quote_json(json_t *o, struct buf *out);

#endif
