/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader.h: a file's bytes in, JSON out; a reader for each syntax.
 *
 *	r = reader_new(&sink);
 *	r->put(r, bytes, n, &err);      // any number of times, in pieces of any size
 *	r->end(r, &err);                // once, when all was put
 *	r->free(r);                     // always
 *
 * After a failure, only free may follow.  An error names the line, row or sheet, not the file.
 */
#ifndef INVENTORY_READER_H
#define INVENTORY_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* Where JSON goes; outlives the reader. */
struct sink {
	/* JSON text, in pieces of any size. */
	bool (*put)(void *owner, const char *json, size_t n, struct err *);
	/* One record, a whole JSON value; list and place as in the table record. */
	bool (*record)(void *owner, const char *list, const char *place, const char *json, size_t n,
		       struct err *);
	/* Something that a person should know of a file that is read nevertheless. */
	void (*notice)(void *owner, const char *text);
	void *owner;
	const char *name; /* of the file, as it was given; "-" is standard input */
};

struct reader {
	bool (*put)(struct reader *, const char *bytes, size_t n, struct err *);
	bool (*end)(struct reader *, struct err *);
	void (*free)(struct reader *);
};

enum syntax {
	SYNTAX_UNKNOWN,
	SYNTAX_JSON,
	SYNTAX_YAML,
	SYNTAX_XML,
	SYNTAX_CSV,
	SYNTAX_GZIP,
	SYNTAX_ZIP,
	SYNTAX_ARCHIVE, /* tar, and what xz, bzip2 and zstd have packed */
	SYNTAX_N
};

enum { SNIFF_BYTES = 4096 };

/* By the first SNIFF_BYTES of a file, or all of a shorter one. */
enum syntax sniff(const char *head, size_t n);

/* Finds the syntax out by the first bytes and hands on to its reader. */
struct reader *reader_new(struct sink *sink);

/* The same for what was in gzip; in which gzip is refused, as it may hold itself. */
struct reader *reader_new_packed(struct sink *sink);

/* What one of these two has found so far. */
enum syntax reader_found(struct reader *r);

struct reader *gzip_reader_new(struct sink *sink);
struct reader *yaml_reader_new(struct sink *sink);
struct reader *xml_reader_new(struct sink *sink);
struct reader *csv_reader_new(struct sink *sink);
struct reader *xlsx_reader_new(struct sink *sink);
struct reader *archive_reader_new(struct sink *sink);

#endif
