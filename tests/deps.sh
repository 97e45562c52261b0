#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Installs what building or testing needs and is missing, through apt or dnf, as root or with
# sudo; says what it installs, and does nothing when all is there.
#
# usage: deps.sh build|test
#
# What the package managers print is read here: in English.
export LC_ALL=C
unset LANGUAGE

# One package a word.  "a|b": the first that exists.  "?a": welcome, not needed.

apt_build="gcc make pkg-config|pkgconf libc6-dev libevent-dev libc-ares-dev libssl-dev libexpat1-dev
	libjansson-dev libllhttp-dev|libhttp-parser-dev libsqlite3-dev libcyaml-dev libyaml-dev
	libcurl4-openssl-dev libzip-dev libarchive-dev libcsv-dev zlib1g-dev python3 openssl"
apt_test="clang clang-format clang-tidy libclang-rt-14-dev|libclang-rt-dev libcmocka-dev valgrind
	python3-pytest python3-pytest-xdist iproute2 nftables nginx-light|nginx golang-go
	golang-github-vmware-govmomi-dev docker-registry mandoc util-linux libcap2-bin
	prometheus prometheus-alertmanager sqlite3 python3-yaml python3-jsonschema curl systemd procps
	?prometheus-blackbox-exporter ?nmap ?kubectl|kubernetes-client ?python3-kubernetes ?podman ?crun"
dnf_build="gcc make pkgconf-pkg-config glibc-devel libevent-devel c-ares-devel openssl-devel
	expat-devel jansson-devel llhttp-devel|http-parser-devel sqlite-devel libcyaml-devel libyaml-devel
	libcurl-devel libzip-devel libarchive-devel libcsv-devel zlib-devel python3 openssl"
dnf_test="clang clang-tools-extra compiler-rt libcmocka-devel valgrind python3-pytest python3-pytest-xdist iproute
	nftables nginx golang mandoc util-linux libcap libasan libubsan libtsan sqlite
	python3-pyyaml python3-jsonschema curl systemd procps-ng
	?golang-github-vmware-govmomi-devel ?golang-github-prometheus ?golang-github-prometheus-alertmanager ?docker-distribution ?nmap
	?kubernetes-client ?python3-kubernetes ?podman ?crun"
services="nginx docker-registry prometheus prometheus-alertmanager prometheus-blackbox-exporter"

die() {
	echo "deps: $*" >&2
	exit 1
}

has() {
	command -v "$1" >/dev/null 2>&1
}

# Prints those of the packages that are installed, one a line.
installed() {
	case $manager in
	apt) dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
		sed -n 's/^installed //p' ;;
	dnf) rpm -q --qf '%{NAME}\n' "$@" 2>/dev/null | grep -v 'is not installed' ;;
	esac
}

available() {
	case $manager in
	apt) apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [0-9]' ;;
	dnf) dnf -q list --available "$1" >/dev/null 2>&1 ;;
	esac
}

refresh() {
	[ "$manager" = apt ] || return 0
	echo "deps: reading the package lists"
	$sudo apt-get -qq update || die "apt-get update failed"
}

# Prints the first of the alternatives "a|b" that the package lists offer.
first_available() {
	for package in $(echo "$1" | tr '|' ' '); do
		if available "$package"; then
			echo "$package"
			return
		fi
	done
	return 1
}

# Debian starts a service as it is installed; the tests start their own.  A policy that is there
# already stays as it is.
forbid_services() {
	policy=/usr/sbin/policy-rc.d
	[ ! -e $policy ] || return 0
	trap '$sudo rm -f $policy' EXIT
	trap 'exit 1' HUP INT TERM
	printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null && $sudo chmod 755 $policy
}

# The services that these packages bring shall not start at the next boot either.
disable_services() {
	has systemctl || return 0
	for service in $services; do
		case " $* " in
		*" $service"*) $sudo systemctl -q disable "$service" 2>/dev/null ;;
		esac
	done
}

install() {
	case $manager in
	apt)
		forbid_services
		$sudo env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
			-o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
		;;
	dnf) $sudo dnf -q -y --setopt=install_weak_deps=False install "$@" ;;
	esac
}

case $1 in
build | test) ;;
*) die "usage: deps.sh build|test" ;;
esac
if has apt-get; then
	manager=apt wanted=$apt_build
	[ "$1" = build ] || wanted="$wanted $apt_test"
elif has dnf; then
	manager=dnf wanted=$dnf_build
	[ "$1" = build ] || wanted="$wanted $dnf_test"
else
	die "neither apt nor dnf here; install these by hand or their like: $apt_build"
fi

# shellcheck disable=SC2046,SC2086 # words on purpose, here and below
have=" $(installed $(echo $wanted | tr -d '?' | tr '|' ' ') | tr '\n' ' ') "
missing=
for word in $wanted; do
	found=
	for package in $(echo "${word#\?}" | tr '|' ' '); do
		case $have in
		*" $package "*) found=yes ;;
		esac
	done
	[ -n "$found" ] || missing="$missing $word"
done
[ -n "$missing" ] || exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
	sudo=sudo
fi
required=
for word in $missing; do
	case $word in
	\?*) ;;
	*) required="$required $word" ;;
	esac
done
if [ -n "$required" ]; then
	[ -z "$sudo" ] || has sudo ||
		die "missing:$required. Become root, or install sudo, and run this again"
	# A name without a candidate: the lists are empty or old.
	for word in $required; do
		first_available "$word" >/dev/null || { refresh; break; }
	done
fi
resolved=
for word in $required; do
	package=$(first_available "$word") || die "no package $word in the package lists"
	resolved="$resolved $package"
done
optional=
for word in $missing; do
	case $word in
	\?*) [ -n "$sudo" ] && ! has sudo ||
		optional="$optional $(first_available "${word#\?}")" ;;
	esac
done
if [ -n "$resolved" ]; then
	echo "deps: installing$resolved"
	install $resolved || die "the installation failed"
fi
for package in $optional; do
	echo "deps: installing $package (optional)"
	install "$package" || echo "deps: going on without $package"
done
disable_services $resolved $optional
exit 0
