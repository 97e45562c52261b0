# SPDX-License-Identifier: Apache-2.0
# embed.awk: the parts of the HTML page as lists of C strings, one for each file: page_style, page_script.
function close_list() { if (list) print "\tNULL\n};" }
FNR == 1 {
	close_list()
	list = FILENAME
	sub(/.*\//, "", list)
	sub(/\..*/, "", list)
	print "static const char *const page_" list "[] = {"
}
/SPDX-License-Identifier/ || /^$/ { next }
{
	gsub(/["\\]/, "\\\\&")
	print "\t\"" $0 "\\n\","
}
END { close_list() }
