/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_xml.c: XML, oVirt's answers. */
#include "tests/fuzz/reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	size_t piece = (size_t)input_byte(&in) % 64 + 1;

	reading_must_be_sound(xml_reader_new, in.data, in.len, piece);
	return 0;
}
