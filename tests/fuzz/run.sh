#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Fuzzes each target for FUZZ_SECONDS.  New inputs go to build/fuzz/corpus/NAME; after a run worth
# keeping, merge them: build/fuzz/NAME -merge=1 tests/fuzz/corpus/NAME build/fuzz/corpus/NAME
#
# usage: run.sh NAME...

cd "$(dirname "$0")/../.." || exit 1
status=0
for name in "$@"; do
	scratch=build/fuzz/corpus/$name
	committed=tests/fuzz/corpus/$name
	set -- "$scratch"
	mkdir -p "$scratch"
	[ ! -d "$committed" ] || set -- "$@" "$committed"
	[ ! -e "tests/fuzz/$name.dict" ] || set -- "-dict=tests/fuzz/$name.dict" "$@"
	echo "fuzzing $name for ${FUZZ_SECONDS:-60} s, log in build/fuzz/$name.log"
	if "build/fuzz/$name" -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 -print_final_stats=1 \
		-artifact_prefix="build/fuzz/$name." "$@" >"build/fuzz/$name.log" 2>&1; then
		grep -E 'stat::number_of_executed_units|DONE' "build/fuzz/$name.log"
	else
		tail -n 40 "build/fuzz/$name.log"
		status=1
	fi
done
exit $status
