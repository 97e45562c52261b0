#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# clang-tidy over the program's sources, one process per processor.  FLAGS: the compiler's.

cd "$(dirname "$0")/../.." || exit 1
command -v clang-tidy >/dev/null || { echo "clang-tidy is missing: make deps"; exit 1; }
export FLAGS
# Its count of suppressed warnings is no news.
{ find base probes report inventory daemon cli deploy -name '*.c' -print0 | xargs -0 -n 1 -P "$(nproc)" \
	sh -c 'clang-tidy --quiet "$1" -- $FLAGS' tidy 2>&1 && echo clean; } |
	grep -vE '^[0-9]+ warnings? (and [0-9]+ errors? )?generated' |
	{ out=$(cat); [ "$out" = clean ] || { printf '%s\n' "$out"; exit 1; }; }
