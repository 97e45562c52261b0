/* SPDX-License-Identifier: Apache-2.0 */
/* replies.h: bodies as real services send them. */
#ifndef TESTS_UNIT_REPLIES_H
#define TESTS_UNIT_REPLIES_H

extern const char reply_vcenter[]; /* vCenter 8.0.2 to RetrieveServiceContent */
extern const char reply_esxi[];    /* ESXi 7.0.3 */
extern const char reply_gsx[];     /* an API type that is neither */
extern const char reply_fault[];   /* a SOAP fault */

#endif
