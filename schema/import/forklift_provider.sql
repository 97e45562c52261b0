-- SPDX-License-Identifier: Apache-2.0
-- FORMAT forklift-provider
-- title: Forklift inventory, providers
-- KIND provider
-- match: list = '' AND (body->>'$.selfLink' GLOB '*providers/*/*'
--   AND body->>'$.selfLink' NOT GLOB '*providers/*/*/*' AND json_type(body, '$.uid') = 'text'
--   OR json_type(body, '$.openshift') = 'array' AND json_type(body, '$.vsphere') = 'array')

INSERT INTO provider (
	id, type, namespace, name, uid, url, address, instance_uuid, product, api_version,
	sdk_endpoint, vddk_image, fingerprint, secret, machines, ready, conditions)
-- A record, or the answer to /providers: lists of them by type.  Those are numbered beyond all
-- records.  A Provider that has no fingerprint may have one in its Secret.
WITH answer (id, type, body) AS (
	SELECT id, body->>'$.type', body FROM input WHERE json_type(body, '$.uid') = 'text'
	UNION ALL
	SELECT (input.id << 32) + row_number() OVER (), list.key, item.value
	FROM input JOIN json_each(input.body) AS list
		JOIN json_each(CASE list.type WHEN 'array' THEN list.value END) AS item
	WHERE json_type(input.body, '$.uid') IS NULL AND item.type = 'object'
)
SELECT id, coalesce(type, substr(tail, 1, instr(tail, '/') - 1)),
	body->>'$.namespace', body->>'$.name', lower(body->>'$.uid'),
	CASE WHEN json_type(body, '$.object.spec') = 'object'
		THEN coalesce(body->>'$.object.spec.url', '') END,
	url_host(body->>'$.object.spec.url'), uuid(body->>'$.instanceUuid'), body->>'$.product',
	body->>'$.apiVersion',
	CASE WHEN json_type(body, '$.object.spec') = 'object'
		THEN coalesce(body->>'$.object.spec.settings.sdkEndpoint', '') END,
	CASE WHEN json_type(body, '$.object.spec') = 'object'
		THEN coalesce(body->>'$.object.spec.settings.vddkInitImage', '') END,
	nullif(fingerprint(body->>'$.object.status.fingerprint'), ''),
	coalesce(body->>'$.object.spec.secret.namespace', body->>'$.namespace')
		|| '/' || (body->>'$.object.spec.secret.name'),
	whole(body->>'$.vmCount'),
	CASE json_type(body, '$.object.status.conditions') WHEN 'array' THEN EXISTS (
		SELECT 1 FROM json_each(body, '$.object.status.conditions') AS c
		WHERE CASE c.type WHEN 'object' THEN c.value->>'$.type' END = 'Ready'
			AND truth(c.value->>'$.status') = 1) END,
	CASE json_type(body, '$.object.status.conditions')
		WHEN 'array' THEN body->'$.object.status.conditions' END
FROM (SELECT *, substr(body->>'$.selfLink', instr(body->>'$.selfLink', 'providers/') + 10) AS tail
	FROM answer)
WHERE coalesce(type, tail) IS NOT NULL;
