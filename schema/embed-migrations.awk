# SPDX-License-Identifier: Apache-2.0
# embed-migrations.awk: NNN_name.sql files, in order, as MIGRATION(number, "name", "text").
function flush() { if (number != "") print ")" }
FNR == 1 {
	flush()
	base = FILENAME
	sub(/.*\//, "", base)
	if (base !~ /^[0-9][0-9][0-9]_[a-z0-9_]+\.sql$/) {
		print FILENAME ": NNN_name.sql is wanted" > "/dev/stderr"
		bad = 1
		exit 1
	}
	number = substr(base, 1, 3) + 0
	if (number != ++count) {
		print FILENAME ": number " count " is wanted" > "/dev/stderr"
		bad = 1
		exit 1
	}
	name = substr(base, 5, length(base) - 8)
	printf "MIGRATION(%d, \"%s\",", number, name
}
{
	gsub(/["\\]/, "\\\\&")
	printf "\n\t\"%s\\n\"", $0
}
END { if (!bad) flush() }
