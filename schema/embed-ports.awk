# SPDX-License-Identifier: Apache-2.0
# embed-ports.awk: the port table as C initialisers, PORT_RULE(role, port, …).
BEGIN { FS = "\t" }
/^#/ || NF == 0 { next }
NF != 12 { printf "%s:%d: %d fields, 12 wanted\n", FILENAME, FNR, NF > "/dev/stderr"; exit 1 }
{
	role = toupper($1); gsub("-", "_", role)
	dialect = toupper($4); gsub("-", "_", dialect)
	for (i = 5; i <= 12; i++) {
		if ($i == "-") $i = ""
		gsub(/["\\]/, "\\\\&", $i)
	}
	printf "PORT_RULE(%s, %s, \"%s\", %s, \"%s\", \"%s\", \"%s\", \"%s\", \"%s\", \"%s\", \"%s\", \"%s\")\n",
		role, $2, $3, dialect, $5, $6, $7, $8, $9, $10, $11, $12
}
