#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Runs test suites and counts: every unit test, live test, fuzz corpus and check is one.
# Ends with the line "N passed, N failed"; the exit status is 1 when anything failed.
# A program that crashes, hangs, stops early or runs no test is a failure.
#
# usage: run.sh [--under asan|tsan|valgrind] SUITE...
# suites: build-gcc build-clang unit sim live deploy fuzz source headers layers docs format tidy
# environment: BUILD (default build), MAKE, PYTHON, PYTEST_ARGS

cd "$(dirname "$0")/.." || exit 1
build=${BUILD:-build}
make=${MAKE:-make}
python=${PYTHON:-/usr/bin/python3}
under=
prefix=		# before unit programs and pytest
wrapper=	# before banksman in live tests
case ${MAKEFLAGS:-} in
*-j*) jobs= ;;
*) jobs=-j$(nproc) ;;
esac
passed=0 failed=0 skipped=0

tally() {
	passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
	shift 3
	printf '%s\n' "$*"
}

# quietly LOG COMMAND...: shows the output only when the command fails.
quietly() {
	log=$1
	shift
	"$@" >"$log" 2>&1 && return
	status=$?
	cat "$log"
	return $status
}

submake() {
	# $make and $jobs are words; MAKEFLAGS hands down what the user gave.
	$make $jobs --no-print-directory "$@"
}

run_build() {
	if submake CC="$1" WERROR=1 programs; then
		tally 1 0 0 "ok    build with $1"
	else
		tally 0 1 0 "FAIL  build with $1"
	fi
}

run_check() {
	if quietly "$logs/check-$1.log" submake WERROR=1 "check-$1"; then
		tally 1 0 0 "ok    check-$1"
	else
		tally 0 1 0 "FAIL  check-$1"
	fi
}

# Prints "passed failed skipped" of a TAP stream; tests that were planned and never ran failed.
tap_counts() {
	awk -v status="$2" '
		/^1\.\.[0-9]+/ { plan += substr($0, 4) }
		/^(not )?ok [0-9]+ # SKIP/ { s++; next } # cmocka 1.1.5 says "not ok"
		/^ok / { p++ }
		/^not ok / { f++ }
		END {
			if (plan > p + f + s)
				f = plan - p - s
			if (!f && (status != 0 || !plan))
				f = 1
			print p + 0, f + 0, s + 0
		}' "$1"
}

run_unit_program() {
	out=$logs/$1
	CMOCKA_MESSAGE_OUTPUT=TAP timeout -k 5 600 $prefix "$build/unit/$1" \
		>"$out.tap" 2>"$out.err"
	status=$?
	# shellcheck disable=SC2046 # three numbers
	set -- "$1" $status $(tap_counts "$out.tap" $status)
	if [ "$4" -eq 0 ]; then
		tally "$3" 0 "$5" "ok    $1: $3 passed"
	else
		cat "$out.tap" "$out.err"
		tally "$3" "$4" "$5" "FAIL  $1: $3 passed, $4 failed (exit status $2)"
	fi
}

run_unit() {
	for c in tests/unit/test_*.c; do
		[ -e "$c" ] || { tally 0 1 0 "FAIL  there are no unit tests"; break; }
		run_unit_program "$(basename "$c" .c)"
	done
}

# A month is to take less than a second, where no sanitizer slows it down.
run_sim() {
	out=$logs/sim
	# shellcheck disable=SC2046 # no word is no argument
	timeout -k 5 900 $prefix "$build/sim/sim" $([ -n "$under" ] || echo -t 1) tests/sim/*.scn \
		>"$out.tap" 2>"$out.err"
	status=$?
	# shellcheck disable=SC2046 # three numbers
	set -- $status $(tap_counts "$out.tap" $status)
	if [ "$3" -eq 0 ]; then
		tally "$2" 0 "$4" "ok    sim: $2 scenarios"
	else
		grep -v '^ok ' "$out.tap"
		cat "$out.err"
		tally "$2" "$3" "$4" "FAIL  sim: $2 scenarios passed, $3 failed (exit status $1)"
	fi
}

# junit_count FILE WHAT
junit_count() {
	n=$(sed -n "s/.*<testsuite [^>]*[[:space:]]$2=\"\([0-9]*\)\".*/\1/p" "$1" | head -n 1)
	echo "${n:-0}"
}

# run_pytest SUITE OPTION...: the tests of tests/SUITE; what was skipped says why.
run_pytest() {
	suite=$1 xml=$logs/$1.xml
	shift
	rm -f "$xml"
	BANKSMAN=$PWD/$build/banksman BANKSMAN_WRAPPER=$wrapper PYTHONDONTWRITEBYTECODE=1 \
		$prefix_live "$python" -m pytest -q -rs -p no:cacheprovider "$@" \
		--junitxml="$xml" ${PYTEST_ARGS:-} "tests/$suite"
	status=$?
	f=0 p=0 s=0
	if [ -s "$xml" ]; then
		f=$(($(junit_count "$xml" failures) + $(junit_count "$xml" errors)))
		s=$(junit_count "$xml" skipped)
		p=$(($(junit_count "$xml" tests) - f - s))
	fi
	[ "$p" -ge 0 ] || p=0
	[ "$f" -gt 0 ] || [ $status -eq 0 ] || f=1
	if [ "$f" -eq 0 ]; then
		tally "$p" 0 "$s" "ok    $suite: $p passed"
	else
		tally "$p" "$f" "$s" "FAIL  $suite: $p passed, $f failed (pytest's exit status $status)"
	fi
}

# Two files beside each other: most of their time is waiting.
run_live() {
	run_pytest live -n 2 --dist loadfile
}

run_deploy() {
	run_pytest deploy
}

run_fuzz() {
	submake CC=gcc SAN=address,undefined BUILD=build/asan replay-programs ||
		{ tally 0 1 0 "FAIL  build of the corpus replays"; return; }
	for c in tests/fuzz/fuzz_*.c; do
		[ -e "$c" ] || { tally 0 1 0 "FAIL  there are no fuzz targets"; break; }
		name=$(basename "$c" .c)
		name=${name#fuzz_}
		if quietly "$logs/replay-$name.log" timeout -k 5 300 \
			"build/asan/replay/$name" "tests/fuzz/corpus/$name"; then
			tally 1 0 0 "ok    corpus of $name: $(tail -n 1 "$logs/replay-$name.log")"
		else
			tally 0 1 0 "FAIL  corpus of $name"
		fi
	done
}

# valgrind writes one log per process.  Before 3.21 an open descriptor does not change the exit
# status, so the logs are read as well; descriptors from the parent are no leak.
run_valgrind_logs() {
	bad=$(awk '
		/Open (file descriptor|AF_[A-Z0-9]+ socket)/ { open = FILENAME ": " $0; next }
		open != "" { if (!/inherited from parent/) print open; open = "" }
		/ERROR SUMMARY: [1-9]|definitely lost: [1-9]|Process terminating|Invalid (read|write)/ {
			print FILENAME ": " $0
		}' "$vglogs"/* 2>/dev/null)
	if [ -z "$bad" ]; then
		tally 1 0 0 "ok    valgrind: $(ls "$vglogs" | wc -l) processes without a complaint"
	else
		printf '%s\n' "$bad"
		tally 0 1 0 "FAIL  valgrind: see $vglogs"
	fi
}

if [ "$1" = --under ]; then
	under=$2
	shift 2
fi
export ASAN_OPTIONS=detect_leaks=1:exitcode=99:strict_string_checks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:exitcode=99
export TSAN_OPTIONS=halt_on_error=1:exitcode=99:second_deadlock_stack=1
case $under in
asan) variant="SAN=address,undefined BUILD=build/asan" build=build/asan ;;
tsan)
	variant="SAN=thread BUILD=build/tsan" build=build/tsan
	# gcc 12's ThreadSanitizer cannot map its shadow where new kernels randomise addresses.
	setarch -R true 2>/dev/null && prefix="setarch -R"
	;;
valgrind) variant= ;;
esac
prefix_live=$prefix
logs=$build/logs
mkdir -p "$logs"
[ -z "$under" ] || submake CC=gcc $variant all unit-programs sim-programs || exit 1
if [ "$under" = valgrind ]; then
	vglogs=$PWD/$logs/valgrind
	rm -rf "$vglogs"
	mkdir -p "$vglogs"
	chmod 1777 "$vglogs"	# live tests may run banksman as another user
	wrapper="valgrind --quiet --track-fds=yes --leak-check=full --error-exitcode=99"
	wrapper="$wrapper --log-file=$vglogs/%p"
	prefix=$wrapper
	prefix_live=
fi

for suite in "$@"; do
	case $suite in
	build-*) run_build "${suite#build-}" ;;
	unit | sim | live | deploy | fuzz) "run_$suite" ;;
	*) run_check "$suite" ;;
	esac
done
[ "$under" != valgrind ] || run_valgrind_logs

if [ $skipped -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ]
