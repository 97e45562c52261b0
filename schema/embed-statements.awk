# SPDX-License-Identifier: Apache-2.0
# embed-statements.awk: "-- STMT name [(scan: reason)]" and the SQL behind it, as
# STMT(NAME, "name", may_scan, "text").  Other comment lines are left out.
function flush() { if (name != "") print ")" }
/^-- STMT / {
	flush()
	name = $3
	if (name !~ /^[a-z][a-z0-9_]*$/ || seen[name]++) {
		print FILENAME ":" FNR ": a new lower-case name is wanted" > "/dev/stderr"
		exit 1
	}
	printf "STMT(%s, \"%s\", %s,", toupper(name), name, /\(scan: [^)]+\)$/ ? "true" : "false"
	next
}
/^[ \t]*--/ || /^[ \t]*$/ { next }
name == "" { print FILENAME ":" FNR ": SQL without a name" > "/dev/stderr"; exit 1 }
{
	gsub(/["\\]/, "\\\\&")
	printf "\n\t\"%s\\n\"", $0
}
END { flush() }
