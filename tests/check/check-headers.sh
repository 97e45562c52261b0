#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Each header compiles alone, and included twice.  COMPILE is the compiler with its flags.

cd "$(dirname "$0")/../.." || exit 1
status=0
for header in $(find base probes report inventory daemon cli tests -name '*.h' | sort); do
	printf '#include "%s"\n#include "%s"\nextern int header_alone;\n' "$header" "$header" |
		${COMPILE:-gcc -std=gnu11 -D_GNU_SOURCE -I.} -fsyntax-only -x c - ||
		{ echo "$header: does not compile alone"; status=1; }
done
exit $status
