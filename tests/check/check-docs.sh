#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The man page names the options that the program prints, and no other; it is clean mdoc; the
# README names the two commands that do everything; docs/rules.md has the rules as they are.

cd "$(dirname "$0")/../.." || exit 1
banksman=${BANKSMAN:-build/banksman}
page=docs/man/banksman.1
verbs="probe fingerprint ca trace ports check rules endpoints matrix status explain history events certs alerts findings silence reload"
status=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

complain() {
	echo "$*"
	status=1
}

# Both spellings of an option: mdoc writes --role as "Fl -role", man as "\-\-role".
long() {
	grep -oE '(^|[^A-Za-z0-9-])--[a-z0-9][a-z0-9-]*' | grep -oE -e '--[a-z0-9-]+' | sort -u
}
short() {
	grep -oE '(^|[^A-Za-z0-9-])-[A-Za-z0-9]($|[^A-Za-z0-9-])' | grep -oE -e '-[A-Za-z0-9]' | sort -u
}

for verb in '' $verbs; do
	# shellcheck disable=SC2086 # no verb is no argument
	"$banksman" $verb --help >"$tmp/one" 2>&1 || complain "banksman $verb --help: exit status $?"
	cat "$tmp/one" >>"$tmp/help"
	grep -qw -- "${verb:-banksman}" "$page" || complain "$page: does not name $verb"
done
sed -e 's/\\-/-/g' -e 's/\<Fl \(Fl \)*\(-*[A-Za-z0-9]\)/-\2/g' "$page" >"$tmp/page"

long <"$tmp/help" >"$tmp/help.long"
long <"$tmp/page" >"$tmp/page.long"
short <"$tmp/help" >"$tmp/help.short"
short <"$tmp/page" >"$tmp/page.short"
[ -s "$tmp/help.long" ] || complain "banksman --help: no options found"
for option in $(comm -23 "$tmp/help.long" "$tmp/page.long") \
	$(comm -23 "$tmp/help.short" "$tmp/page.short"); do
	complain "$page: does not name $option"
done
for option in $(comm -13 "$tmp/help.long" "$tmp/page.long"); do
	complain "$page: names $option, which no --help prints"
done

if command -v mandoc >/dev/null; then
	mandoc -T lint -W warning docs/man/*.[18] || complain "mandoc: see above"
fi
"$banksman" rules -o markdown >"$tmp/rules" || complain "banksman rules: exit status $?"
sed '1,/^<!-- rules:/d; /^<!-- end /,$d' docs/rules.md >"$tmp/documented"
cmp -s "$tmp/rules" "$tmp/documented" || complain "docs/rules.md: is not what the rules are; make rules-doc"
"$banksman" rules -o json | grep -oE '"id": *"[^"]+"' | cut -d '"' -f 4 >"$tmp/ids"
for id in $(sed '/^## Rules of your own/,$d' docs/rules.md |
	grep -oE '`(page|plan|vm|map|host|provider|drift|reported|vmware|ovirt)\.[A-Za-z0-9_.]+`' | tr -d '`' | sort -u); do
	case $id in
	*.) ;; # a family
	*) grep -qxF "$id" "$tmp/ids" || complain "docs/rules.md: there is no rule $id" ;;
	esac
done
for id in $(grep '^page\.' "$tmp/ids"); do
	sed '1,/^<!-- end /d' docs/rules.md | grep -qF "\`$id\`" || complain "docs/rules.md: no sentence has led to $id"
done
for command in 'make demo' 'make test'; do
	grep -qF "$command" README.md || complain "README.md: does not name $command"
done
exit $status
