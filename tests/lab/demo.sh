#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Starts the simulated site on loopback, lets banksman look at it, and says what each part shows.
# Exit status 0: the demonstration showed what it is meant to show.

cd "$(dirname "$0")/../.." || exit 1
banksman=${BANKSMAN:-build/banksman}
banksmand=${BANKSMAND:-${banksman}d}
python=${PYTHON:-/usr/bin/python3}
tmp=$(mktemp -d) || exit 1
site=
daemon=
status=0

finish() {
	[ -z "$daemon" ] || kill "$daemon" 2>/dev/null
	[ -z "$daemon" ] || wait "$daemon" 2>/dev/null
	# The site ends when its standard input does.
	exec 3>&-
	[ -z "$site" ] || kill "$site" 2>/dev/null
	[ -z "$site" ] || wait "$site" 2>/dev/null
	rm -rf "$tmp"
}
trap finish EXIT
trap 'exit 130' INT TERM

# say TEXT...: one paragraph.
say() {
	echo
	echo "$*" | fold -s -w 78 | sed 's/ *$//'
	echo
}

# expect STATUS COMMAND...: runs the command and wants that exit status.
expect() {
	wanted=$1
	shift
	"$@"
	got=$?
	[ "$got" -eq "$wanted" ] && return
	printf '\nThis should have ended with exit status %s, not %s.\n' "$wanted" "$got"
	status=1
}

# fact NAME: one fact of the site.
fact() {
	"$python" -c 'import json, sys
site = json.load(open(sys.argv[1]))
for key in sys.argv[2].split("."):
    site = site[key]
print("\n".join(site) if isinstance(site, list) else site)' "$tmp/site.json" "$1"
}

mkfifo "$tmp/hold" || exit 1
"$python" tests/lab/site.py --demo --json "$tmp/site.json" <"$tmp/hold" >"$tmp/ready" 2>"$tmp/log" &
site=$!
exec 3>"$tmp/hold"
tries=0
until grep -q ready "$tmp/ready"; do
	tries=$((tries + 1))
	if [ "$tries" -gt 600 ] || ! kill -0 "$site" 2>/dev/null; then
		echo "the simulated site did not start:"
		cat "$tmp/log"
		exit 1
	fi
	sleep 0.1
done

resolver=$(fact resolver)
ca=$(fact ca.vmca) || exit 1
p443=$(fact ports.443)
p902=$(fact ports.902)
p54322=$(fact ports.54322)

# probe ARGUMENTS...: banksman probe with the site's name server and port numbers.
probe() {
	"$banksman" probe --resolver "$resolver" --port "443=$p443" --port "902=$p902" \
		--port "54322=$p54322" "$@"
}

say "A simulated site runs on loopback now: a vCenter, five ESXi hosts, an oVirt engine and two" \
	"oVirt hosts. Its port numbers stand for the documented ones: $p443 for 443, $p902 for 902," \
	"$p54322 for 54322."

say "1. A healthy vCenter and a healthy ESXi host. Nobody has logged in: the machines say" \
	"themselves what they are. On ESXi's 902 the disks are copied; it must show the certificate" \
	"of 443."
expect 0 probe --ca "$ca" vcenter=vcenter.lab.test esxi=esx01.lab.test esxi=esx02.lab.test

say "2. Three ESXi hosts in trouble. Their 443 answers, so Forklift's own test is content, and" \
	"the migration fails hours later: on esx03 nothing listens on 902, on esx04 something" \
	"answers that never says a word, on esx05 the certificate has expired."
expect 1 probe --ca "$ca" esxi=esx03.lab.test esxi=esx04.lab.test esxi=esx05.lab.test

say "3. An oVirt engine and two hosts. The engine tells its own CA; the certificate of kvm02 is" \
	"not from it, so no disk could be copied from there."
expect 1 probe ovirt-engine=engine.lab.test ovirt-host=kvm01.lab.test ovirt-host=kvm02.lab.test

say "4. The fingerprint that a Forklift provider asks for, of the vCenter:"
expect 0 "$banksman" fingerprint --resolver "$resolver" "vcenter.lab.test:$p443"

# ---- the daemon

cat >"$tmp/banksman.yaml" <<-END
	node: demo
	providers:
	- name: dc1
	  type: vsphere
	  vcenter: vcenter.lab.test
	  esxi: [esx01.lab.test, esx02.lab.test]
	  ports: ["443=$p443", "902=$p902"]
	  ca: $ca
	probe:
	  interval: 1s
	  timeout: 1s
	  resolver: $resolver
	history:
	  path: $tmp/history.db
	api:
	  socket: $tmp/socket
	log:
	  level: warn
END

# Asks the daemon; the command finds it by this.
export BANKSMAN_SOCKET="$tmp/socket"

# until_so WHAT COMMAND...: waits for the command to succeed.
until_so() {
	what=$1
	shift
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ "$tries" -le 300 ] || { echo "waited in vain for $what"; exit 1; }
		sleep 0.1
	done
}
all_well() {
	"$banksman" status
}
has_alert() {
	"$banksman" alerts -o json | grep -q '"alertname": *"PortClosed"'
}
is_closed() {
	"$banksman" status -o json esx01:902 | grep -q '"state": *"closed"'
}
# order LINE: the site does it.
order() {
	echo "$1" >&3
	until_so "$1" grep -q "done $1" "$tmp/ready"
}

say "5. One look is not enough: a migration runs for hours. The daemon looks every few seconds" \
	"(here every second), and keeps an exact history."
"$banksmand" -c "$tmp/banksman.yaml" &
daemon=$!
until_so "the daemon's first looks" all_well
expect 0 "$banksman" status

say "6. Now somebody changes something: port 902 of esx01 closes."
sleep 2	# so that the history has something to show
order "close esx01:902"
until_so "the closed port" is_closed
expect 1 "$banksman" explain esx01:902
until_so "the alert" has_alert
echo
expect 1 "$banksman" alerts

say "7. It is opened again. What was it like, and for how long?"
order "open esx01:902"
until_so "the open port" all_well
sleep 2
expect 0 "$banksman" history --since 1m esx01:902

say "8. Ports are half of it. Can the machines be migrated at all? Here are exports of an imaginary" \
	"site: vCenter's inventory as Forklift has it, what govc says of the same vCenter, which knows" \
	"of CD drives too, and the plans and maps of the cluster. One plan migrates six machines warm."
"$python" tests/lab/exports --format forklift-vsphere --format govc --format kubernetes-yaml \
	"$tmp/exports" || exit 1
expect 1 "$banksman" check --plan wave-2 --only blocker "$tmp/exports/forklift-vsphere" "$tmp/exports/govc" \
	"$tmp/exports/kubernetes-yaml"

if [ "$status" -ne 0 ]; then
	say "Not all of this is as it should be."
	exit "$status"
fi
say "Now the real thing; type:"
printf '    ./build/banksman probe vcenter.example.com\n'
