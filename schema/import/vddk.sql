-- SPDX-License-Identifier: Apache-2.0
-- FORMAT vddk
-- title: VMware's Virtual Disk Development Kit, its archive
-- KIND archive
-- match: list = 'archive' AND json_type(body, '$.entries') = 'array'
--   AND json_type(body, '$.file') = 'text'
INSERT INTO vddk (id, file, version, has_library, truncated)
WITH entry (id, name) AS MATERIALIZED (
	SELECT input.id, replace('/' || e.value, '/./', '/')
	FROM input JOIN json_each(input.body, '$.entries') AS e
	WHERE e.type = 'text'
), library (id, plain, version) AS (
	SELECT id, max(name GLOB '*/lib64/libvixDiskLib.so'),
		-- libvixDiskLib.so.8 is there beside libvixDiskLib.so.8.0.1.
		max(CASE WHEN name GLOB '*/lib64/libvixDiskLib.so.[0-9]*.[0-9]*'
			THEN substr(name, instr(name, '/libvixDiskLib.so.') + 18) END)
	FROM entry GROUP BY id
), named (id, file) AS ( -- without its folder
	SELECT id, substr(body->>'$.file',
		length(rtrim(body->>'$.file', replace(body->>'$.file', '/', ''))) + 1)
	FROM input
), released (id, file, rest) AS (
	-- VMware-vix-disklib-8.0.1-21562716.x86_64.tar.gz
	SELECT id, file, substr(file, nullif(instr(lower(file), 'disklib-'), 0) + 8) FROM named
)
SELECT id, file,
	coalesce(version, CASE WHEN rest GLOB '[0-9]*.[0-9]*-*'
		THEN substr(rest, 1, instr(rest, '-') - 1) END),
	coalesce(plain, 0), coalesce(truth(body->>'$.truncated'), 0)
FROM input JOIN released USING (id) LEFT JOIN library USING (id);
