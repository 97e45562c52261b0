/* SPDX-License-Identifier: Apache-2.0 */
/* confform.h: texts of the configuration that say where alerts go, what they carry, and whose. */
#ifndef DAEMON_CONFFORM_H
#define DAEMON_CONFFORM_H

#include <stdbool.h>

#include "base/err.h"

/* Each of these gives the reason when it says no; it never quotes what may be a password. */

/* An http or https URL with a host, without user, password and fragment. */
__attribute__((warn_unused_result)) bool confform_check_url(const char *text, struct err *ret_err);

__attribute__((warn_unused_result)) bool confform_check_url_or_none(const char *text,
								    struct err *ret_err);

/* Of Kubernetes' labels, or "". */
__attribute__((warn_unused_result)) bool confform_check_selector(const char *text,
								 struct err *ret_err);

/* Of Kubernetes: a label of a DNS name, or "". */
__attribute__((warn_unused_result)) bool confform_check_namespace(const char *text,
								  struct err *ret_err);

/* The same as a URL, of host and port alone, and http. */
__attribute__((warn_unused_result)) bool confform_check_proxy(const char *text,
							      struct err *ret_err);

/* "NAME=VALUE": a label as Prometheus takes it, and none that alerts have by themselves. */
__attribute__((warn_unused_result)) bool confform_check_label(const char *text,
							      struct err *ret_err);

/* A pattern of match.h that may match something. */
__attribute__((warn_unused_result)) bool confform_check_pattern(const char *text,
								struct err *ret_err);

/* For people: not long. */
__attribute__((warn_unused_result)) bool confform_check_text(const char *text, struct err *ret_err);

/* Of a command: anything. */
__attribute__((warn_unused_result)) bool confform_check_argument(const char *text,
								 struct err *ret_err);

#endif
