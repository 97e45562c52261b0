#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# make bench: CPU time per check, as ratios to bare loops that do the same calls.  Whoever is
# compared takes turns, so that a busy machine hits all alike; ratios are between neighbours.
# See docs/benchmarks.md.  Exit status 1: it could not be measured; a budget missed is only said.
#
# environment: BENCH (build/bench), BANKSMAN (build/banksman), BANKSMAND, PYTHON, ROUNDS (15),
# WINDOW (12: seconds in which the daemon is watched, several times), SITE_WINDOW (5 of them: for
# 1,500 endpoints; 600 is what the budget is for), QUESTIONS (300 of each kind), ROWS ("reach site
# many discovered ninety": which parts of the daemon's), DAEMON_ONLY (1: nothing but the daemon)

cd "$(dirname "$0")/../.." || exit 1
bench=${BENCH:-build/bench}
banksman=${BANKSMAN:-build/banksman}
banksmand=${BANKSMAND:-${banksman}d}
python=${PYTHON:-/usr/bin/python3}
rounds=${ROUNDS:-15}	# many short turns: what disturbs a machine changes within seconds
reach_checks=4000
serve_checks=150
hosts=2000
pids=
here=tests/bench

die() {
	echo "bench: $*" >&2
	exit 1
}

tmp=$(mktemp -d) || exit 1
clean() {
	# shellcheck disable=SC2086 # words
	[ -z "$pids" ] || kill $pids 2>/dev/null
	rm -rf "$tmp"
}
trap clean EXIT
trap 'exit 1' HUP INT TERM

# ---- two processors: one for whoever checks, one for who is checked

cpus=$("$python" -c 'import os; print(*sorted(os.sched_getaffinity(0))[:2])') || exit 1
ours=${cpus% *}
theirs=${cpus#* }
on() {
	cpu=$1
	shift
	taskset -c "$cpu" "$@"
}
[ "$ours" != "$theirs" ] || echo "bench: only one processor: peers share it"
# shellcheck disable=SC3045 # dash and bash have it
ulimit -n 8192 2>/dev/null || ulimit -n "$(ulimit -Hn)"

# ---- the peer

openssl_quietly() {
	openssl "$@" 2>>"$tmp/openssl.log" || { cat "$tmp/openssl.log" >&2; die "openssl failed"; }
}
make_certificates() {
	printf 'subjectAltName=DNS:bench.example.com\nextendedKeyUsage=serverAuth\n' >"$tmp/ext"
	openssl_quietly req -x509 -newkey rsa:2048 -nodes -days 200 -subj "/O=Bench/CN=Bench CA" \
		-keyout "$tmp/ca.key" -out "$tmp/ca.pem"
	openssl_quietly req -newkey rsa:2048 -nodes -subj "/O=Bench/CN=bench.example.com" \
		-keyout "$tmp/leaf.key" -out "$tmp/leaf.csr"
	openssl_quietly x509 -req -in "$tmp/leaf.csr" -CA "$tmp/ca.pem" -CAkey "$tmp/ca.key" \
		-CAcreateserial -days 200 -extfile "$tmp/ext" -out "$tmp/leaf.pem"
	cat "$tmp/leaf.pem" "$tmp/ca.pem" >"$tmp/chain.pem"
}
start_target() {
	# No function here: $! must be the target itself.
	taskset -c "$theirs" "$bench/tls_target" "$tmp/chain.pem" "$tmp/leaf.key" "$tmp/ca.key" \
		>"$tmp/ports" &
	pids="$pids $!"
	tries=0
	until [ -s "$tmp/ports" ]; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || die "the target does not start"
		sleep 0.05
	done
	read -r _ tcp_port _ same_port _ new_port <"$tmp/ports"
}

make_certificates
start_target
# The system's authorities, as everyone here sees them, are the benchmark's own.
export SSL_CERT_FILE="$tmp/ca.pem" SSL_CERT_DIR="$tmp/none"

# ---- measuring

# measure NAME PROGRAM OPTIONS...: appends "NAME CPU-us RSS-KiB" to the results.
measure() {
	name=$1 program=$2
	shift 2
	out=$(on "$ours" "$bench/$program" -m $hosts "$@") || die "$program $*: $out"
	echo "$name $out" | awk '{ print $1, $3, $9 }' >>"$tmp/results"
}

measure_reach() {
	measure "$1" "$2" "$3" -n $reach_checks -k 64 -p "$tcp_port"
}
measure_serve() {
	measure "$1" "$2" "$3" -n $serve_checks -k 32 -p "$4"
}

# One round.  Those compared are neighbours, and who begins changes.
round() {
	if [ $(($1 % 2)) -eq 0 ]; then
		measure_reach bare_reach bare_reach --reach
		measure_reach reach probe_bench --reach
		measure_serve bare_unverified bare_serve --unverified "$same_port"
		measure_serve bare_known bare_serve --serve "$same_port"
		measure_serve known probe_bench --serve "$same_port"
		measure_serve bare_new bare_serve --serve "$new_port"
		measure_serve new probe_bench --serve "$new_port"
	else
		measure_serve new probe_bench --serve "$new_port"
		measure_serve bare_new bare_serve --serve "$new_port"
		measure_serve known probe_bench --serve "$same_port"
		measure_serve bare_known bare_serve --serve "$same_port"
		measure_serve bare_unverified bare_serve --unverified "$same_port"
		measure_reach reach probe_bench --reach
		measure_reach bare_reach bare_reach --reach
	fi
}

# row LABEL BARE OURS BUDGET [OTHER]: a line of the table; budget "-": none.
row() {
	awk -v label="$1" -v bare="$2" -v ours="$3" -v budget="$4" -v other="${5:--}" '
		function sort(v, n,  i, j, t) {
			for (i = 2; i <= n; i++)
				for (j = i; j > 1 && v[j] < v[j - 1]; j--) {
					t = v[j]; v[j] = v[j - 1]; v[j - 1] = t
				}
		}
		function median(v, n) {
			sort(v, n)
			return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
		}
		$1 == bare { b[++nb] = $2 }
		$1 == ours { o[++no] = $2 }
		END {
			for (i = 1; i <= no; i++)
				r[i] = o[i] / b[i]
			m = median(r, no)
			printf "%-34s %8.1f %8.1f   %.2f (%.2f-%.2f)", label, median(b, nb),
				median(o, no), m, r[1], r[no]
			if (budget == "-")
				printf "  %-20s", ""
			else
				printf "  %s %-15s", budget, m <= budget + 0 ? "holds" : "over budget"
			print " " other
		}' "$tmp/results"
}

# per_thousand PROGRAM OPTIONS...: KiB of peak memory for 1,000 more in flight.
per_thousand() {
	program=$1
	shift
	one=$(on "$ours" "$bench/$program" -m $hosts -n 200 -k 1 "$@") || die "$program: $one"
	all=$(on "$ours" "$bench/$program" -m $hosts -n 1001 -k 1001 "$@") || die "$program: $all"
	echo "$one $all" | awk '{ print ($16 > $8 ? $16 - $8 : 0) }'
}

# The whole command: CPU time of a run over many addresses less that over one, per check.
whole_command() {
	"$python" - "$ours" "$banksman" "$tcp_port" "$tmp/list" $hosts <<-'END'
	import os, resource, statistics, subprocess, sys
	cpu, program, port, path, hosts = sys.argv[1:]
	def run(count):
	    with open(path, "w") as f:
	        f.writelines(f"127.1.{i // 250}.{i % 250 + 1}\n" for i in range(count))
	    before = resource.getrusage(resource.RUSAGE_CHILDREN)
	    subprocess.run(["taskset", "-c", cpu, program, "probe", "--reach", "--check", "tcp",
	                    "--port", port, "-o", "json", "@" + path], check=True,
	                   stdout=subprocess.DEVNULL)
	    after = resource.getrusage(resource.RUSAGE_CHILDREN)
	    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
	n = int(hosts)
	runs = [(run(n), run(1)) for _ in range(5)]
	many, one = (statistics.median(r[i] for r in runs) for i in (0, 1))
	print(f"{(many - one) / (n - 1) * 1e6:.1f} us per check, {one * 1e3:.1f} ms to start")
	END
}

the_daemon() {
	[ -x "$banksmand" ] || return 0
	echo "The daemon as a whole:"
	on "$theirs" "$python" $here/daemon.py "$banksmand" "$bench" "$ours" "$theirs" "$tcp_port" \
		"$same_port" "$tmp/ca.pem" || die "the daemon could not be measured"
}

the_inventory() {
	on "$theirs" "$python" $here/inventory.py "$banksman" "$ours" ||
		die "banksman check could not be measured"
}

# ---- the report

if [ -n "$DAEMON_ONLY" ]; then
	the_daemon
	exit 0
fi
i=0
while [ $i -lt "$rounds" ]; do
	round $i
	i=$((i + 1))
done
bare_reach_kib=$(per_thousand bare_reach -p "$tcp_port") || exit 1
reach_kib=$(per_thousand probe_bench --reach -p "$tcp_port") || exit 1
bare_serve_kib=$(per_thousand bare_serve -p "$same_port") || exit 1
serve_kib=$(per_thousand probe_bench --serve -p "$same_port") || exit 1
boxed_reach=- boxed_serve=- boxed_rss=-
if command -v prometheus-blackbox-exporter >/dev/null; then
	boxed=$(on "$theirs" "$python" $here/blackbox.py "$ours" "$tcp_port" "$same_port" \
		"$tmp/ca.pem") || die "blackbox_exporter could not be measured"
	read -r _ boxed_reach _ boxed_serve _ boxed_rss <<-END
	$boxed
	END
	boxed_rss=$((boxed_rss / 1024))
fi

echo "CPU time (user and system) in microseconds per check; medians of $rounds turns."
printf '%-34s %8s %8s   %-16s  %-19s  %s\n' '' bare banksman 'ratio (min-max)' budget blackbox
row 'reach' bare_reach reach 1.2 "$boxed_reach"
row 'serve, certificate seen before' bare_known known 1.1 "$boxed_serve"
row 'serve, certificate never seen' bare_new new 1.1
row 'serve against no verification' bare_unverified known -
echo
echo "Memory for 1,000 checks in flight, beyond that for one:"
printf '%-34s %8s %8s KiB\n' 'reach' "$bare_reach_kib" "$reach_kib"
printf '%-34s %8s %8s KiB\n' 'serve' "$bare_serve_kib" "$serve_kib"
[ "$boxed_rss" = - ] || echo "blackbox_exporter at its peak, 8 in flight: $boxed_rss MiB"
if [ -x "$banksman" ]; then
	whole=$(whole_command) || die "banksman probe --reach failed"
	echo
	echo "banksman probe --reach on $hosts addresses: $whole"
fi
echo
the_daemon
echo
the_inventory
