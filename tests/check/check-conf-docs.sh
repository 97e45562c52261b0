#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Every key that `PROGRAM --help-config` prints stands in the man page, in the reference (with its
# type and default) and in the example (with its default), and none that it does not print.
#
# usage: check-conf-docs.sh [PROGRAM]

cd "$(dirname "$0")/../.." || exit 1
program=${1:-build/banksmand}
page=docs/man/banksman.yaml.5
reference=docs/configuration.md
example=docs/banksman.yaml
status=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

complain() {
	echo "$*"
	status=1
}

# differ FILE WHAT: help's list against FILE's, both sorted in $tmp.
differ() {
	comm -23 "$tmp/help.$2" "$tmp/found" >"$tmp/missing"
	comm -13 "$tmp/help.$2" "$tmp/found" >"$tmp/extra"
	while read -r line; do
		complain "$1: does not say: $line"
	done <"$tmp/missing"
	while read -r line; do
		complain "$1: says what --help-config does not: $line"
	done <"$tmp/extra"
}

"$program" --help-config >"$tmp/help" || complain "$program --help-config: exit status $?"
grep -E '^[a-z]' "$tmp/help" >"$tmp/lines"
[ -s "$tmp/lines" ] || complain "$program --help-config: no keys found"
sed 's/:.*//' "$tmp/lines" | sort >"$tmp/help.keys"

# "KEY: TYPE, default VALUE" as "KEY | TYPE | VALUE".
sed -E 's/, required$/ | required/; t done; s/, default (.*)$/ | \1/; t done; s/$/ | /
	:done
	s/: / | /' "$tmp/lines" | sort >"$tmp/help.rows"

# "KEY: VALUE" of those with a default.
sed -nE 's/^([^:]*): .*, default (.*)$/\1: \2/p' "$tmp/lines" | sort >"$tmp/help.defaults"

sed -nE 's/^\.It Ic ([a-z_.]+(\[\])?[a-z_.]*)$/\1/p' "$page" | sort >"$tmp/found"
differ "$page" keys

# | `KEY` | TYPE | `VALUE` | MEANING |
# shellcheck disable=SC2016 # back quotes, not commands
sed -nE 's/^\| `([a-z_.]+(\[\])?[a-z_.]*)` \| ([^|]*) \| `?([^|`]*)`? \| .*$/\1 | \3 | \4/p' "$reference" |
	sort >"$tmp/found"
differ "$reference" rows

# A key is commented out as "#key: value"; "# text" is prose.  A section is a line "name:" at the
# left, and a list's entries begin with "- " or "#- ".
awk '
	/^ *# / || /^ *#?$/ { next }
	/^[a-z_]+:/ { section = ""; list = "" }
	/^[a-z_]+: *$/ { section = $1; sub(":", "", section); next }
	/^#?- / { list = "[]" }
	{
		line = $0
		sub(/^(#?- | *)#?/, "", line)
		key = line
		sub(/:.*/, "", key)
		sub(/^[^:]*: */, "", line)
		gsub(/^"|"$/, "", line)
		if (line == "")
			line = "\"\""
		print (section != "" ? section list "." : "") key ": " line
	}' "$example" | sort -u >"$tmp/shown"
sed 's/:.*//' "$tmp/shown" | sort -u >"$tmp/found"
differ "$example" keys
comm -13 "$tmp/shown" "$tmp/help.defaults" >"$tmp/missing"
while read -r line; do
	complain "$example: does not show the default: $line"
done <"$tmp/missing"

if command -v mandoc >/dev/null; then
	mandoc -T lint -W warning "$page" || complain "mandoc: see above"
fi
exit $status
