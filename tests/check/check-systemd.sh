#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The unit as make install writes it: systemd understands all of it, and finds it at most 1.5
# exposed (of 10); the files for sysusers.d and tmpfiles.d do what they say, in a folder; the
# Quadlet has no key that Podman does not know, and gives nothing away.

cd "$(dirname "$0")/../.." || exit 1
most=15		# tenths
status=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
export LC_ALL=C

complain() {
	echo "$*"
	status=1
}

for tool in systemd-analyze systemd-sysusers systemd-tmpfiles; do
	command -v $tool >/dev/null || { echo "$tool is missing: make deps"; exit 1; }
done

# ---- the unit, with programs in the place of those that may not be installed

mkdir "$tmp/bin" "$tmp/root" "$tmp/root/etc"
printf '#!/bin/sh\n' >"$tmp/bin/banksmand"
chmod 755 "$tmp/bin/banksmand"
unit=$tmp/banksmand.service
sed "s|@BINDIR@|$tmp/bin|g" systemd/banksmand.service.in >"$unit"
! grep -n '^[^#]*@[A-Z]' "$unit" || complain "banksmand.service.in: a name was not replaced"

# What it says of other units of this machine is not ours.
systemd-analyze verify --man=no --recursive-errors=no "$unit" >"$tmp/said" 2>&1 ||
	complain "systemd-analyze verify: exit status $?"
grep -F banksmand "$tmp/said" && complain "systemd-analyze verify: see above"

systemd-analyze security --offline=yes --no-pager --threshold=$most "$unit" >"$tmp/said" 2>&1 || {
	cat "$tmp/said"
	complain "systemd-analyze security: more than $most tenths, or it failed"
}
grep -q 'Overall exposure level' "$tmp/said" || complain "systemd-analyze security: no verdict"

# ---- the user, the folders

cp systemd/banksman.sysusers "$tmp/banksman.conf"
systemd-sysusers --root="$tmp/root" "$tmp/banksman.conf" >"$tmp/said" 2>&1 ||
	complain "banksman.sysusers: $(cat "$tmp/said")"
grep -q '^banksman:.*:/var/lib/banksman:.*nologin$' "$tmp/root/etc/passwd" ||
	complain "banksman.sysusers: does not make the user"

# Only root can give the folders to another user.
owners=
[ "$(id -u)" -eq 0 ] || owners='s/\(0[0-7]*\) [a-z]* [a-z]* -/\1 - - -/'
sed "$owners" systemd/banksman.tmpfiles >"$tmp/banksman.conf"
systemd-tmpfiles --root="$tmp/root" --create "$tmp/banksman.conf" >"$tmp/said" 2>&1 ||
	complain "banksman.tmpfiles: $(cat "$tmp/said")"
for folder in 755:etc/banksman 755:run/banksman 750:var/lib/banksman; do
	mode=$(stat -c %a "$tmp/root/${folder#*:}" 2>/dev/null)
	[ "$mode" = "${folder%%:*}" ] ||
		complain "banksman.tmpfiles: /${folder#*:} has mode ${mode:-none}, not ${folder%%:*}"
done

# ---- the Quadlet: keys of [Container] as podman-systemd.unit(5) of Podman 4.5 has them

quadlet=systemd/banksmand.container
known="ContainerName DropCapability Environment Group HealthCmd HealthInterval HealthRetries
	HealthStartPeriod HealthTimeout Image Network NoNewPrivileges Notify PodmanArgs ReadOnly Tmpfs
	User Volume"
keys=$(sed -n '/^\[Container\]/,/^\[Service\]/s/^\([A-Za-z]*\)=.*/\1/p' $quadlet | sort -u)
for key in $keys; do
	echo "$known" | grep -qw "$key" || complain "$quadlet: unknown key $key"
done
for line in ReadOnly=true DropCapability=all NoNewPrivileges=true User=65532 \
	'HealthCmd=["/usr/bin/banksman", "status"]' 'Volume=/etc/banksman:/etc/banksman:ro,z'; do
	grep -qxF "$line" $quadlet || complain "$quadlet: without $line"
done
exit $status
