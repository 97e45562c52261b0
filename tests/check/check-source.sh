#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Banned calls, trailing white space, SPDX lines, long files.
# A banned call that is right where it stands says so on its line: /* allowed: why */

cd "$(dirname "$0")/../.." || exit 1
status=0
found=$(mktemp) || exit 1
trap 'rm -f "$found"' EXIT

# complain TEXT: prints what was found under TEXT; nothing found is well.
complain() {
	[ -s "$found" ] || return 0
	printf '%s:\n' "$1"
	cat "$found"
	status=1
}

# files NAME...: the source files whose names match one of the patterns.
files() {
	for pattern in "$@"; do
		find . \( -name .git -o -name build -o -path ./tests/fuzz/corpus \) -prune -o \
			-type f -name "$pattern" -print
	done | sed 's|^\./||' | sort
}

# calls NAMES FILES...: the lines that call one of NAMES, lines of comment aside.
calls() {
	names=$1
	shift
	[ $# -eq 0 ] || grep -nHE "(^|[^A-Za-z0-9_])($names)[[:space:]]*\(" "$@" |
		grep -vE '/\* allowed: |^[^:]*:[0-9]+:[[:space:]]*/?\*'
}

# shellcheck disable=SC2046 # no file of ours has a blank in its name
banned='atoi|atol|atoll|atof|sscanf|strtok|strcpy|strcat|sprintf|gets|strncpy|localtime'
calls "$banned|getaddrinfo|sleep|system" $(files '*.c' '*.h') >"$found"
complain 'banned calls'
calls 'clock_gettime|gettimeofday|time' $(files '*.c' '*.h' | grep -vx 'base/clock.c') >"$found"
complain 'the clock is read only in base/clock.c'
code=$(files '*.c' '*.h' '*.sh' '*.py' '*.go' '*.awk' Makefile run)
grep -nHE '[[:space:]]+$' $code $(files '*.md' '*.[1-8]') >"$found"
complain 'trailing white space'
for file in $code; do
	[ ! -s "$file" ] || head -n 3 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
		echo "$file"
done >"$found"
complain 'no SPDX line at the head'
for file in $(files '*.c' '*.h'); do
	lines=$(wc -l <"$file")
	[ "$lines" -le 500 ] || echo "$file: $lines lines"
done >"$found"
complain 'longer than 500 lines: two modules'
exit $status
