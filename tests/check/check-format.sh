#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every C file is as clang-format leaves it; --fix makes it so.  Other versions of clang-format
# disagree in places: 14 is the one that counts.

cd "$(dirname "$0")/../.." || exit 1
command -v clang-format >/dev/null || { echo "clang-format is missing: make deps"; exit 1; }
sources() {
	find base probes report inventory daemon cli deploy tests -name '*.[ch]' -print0
}
if [ "$1" = --fix ]; then
	sources | xargs -0 clang-format -i
	exit
fi
bad=$(sources | xargs -0 clang-format --dry-run 2>&1 | grep -oE '^[^:]+:.*(warning|error): .*')
[ -n "$bad" ] || exit 0
printf '%s\n' "$bad" | sed 's/:.*error: /: /; s/:.*warning: .*/: make format/' | sort -u
exit 1
