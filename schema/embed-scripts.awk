# SPDX-License-Identifier: Apache-2.0
# embed-scripts.awk: files as they are, as SCRIPT("folder/file.sql", "text").
function flush() { if (name != "") print ")" }
FNR == 1 {
	flush()
	name = FILENAME
	sub(/^schema\//, "", name)
	printf "SCRIPT(\"%s\",", name
}
{
	gsub(/["\\?]/, "\\\\&") # ? might begin a trigraph
	printf "\n\t\"%s\\n\"", $0
}
END { flush() }
