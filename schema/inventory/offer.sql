-- SPDX-License-Identifier: Apache-2.0
-- What the daemon may watch: vCenters, engines and hosts, as far as exports name them.

-- A Provider; or a vCenter that its hosts name, where no export tells more of it.
CREATE VIEW offer_site AS
WITH part AS (
	SELECT *, substr(url, instr(url, '://') + 3) AS rest FROM provider
	WHERE type IN ('vsphere', 'ovirt')
)
SELECT id, type, namespace, name AS resource, uid, instance_uuid,
	-- Names are unique within a namespace alone.
	CASE WHEN name IS NULL THEN coalesce(address, type)
		WHEN EXISTS (SELECT 1 FROM part AS other
			WHERE other.name = part.name AND other.id <> part.id)
		THEN coalesce(namespace || '/', '') || name
		ELSE name END AS name,
	CASE WHEN type = 'ovirt' THEN 'ovirt-engine'
		WHEN sdk_endpoint = 'esxi' OR api_type = 'HostAgent' THEN 'esxi'
		ELSE 'vcenter' END AS role,
	CASE WHEN instr(url, '://') > 0 THEN substr(rest,
			1 + instr(substr(rest, 1, instr(rest || '/', '/') - 1), '@'),
			instr(rest || '/', '/') - 1
				- instr(substr(rest, 1, instr(rest || '/', '/') - 1), '@'))
		ELSE address END AS place,
	coalesce(nullif(fingerprint, ''), seen_sha1, seen_sha256) AS fingerprint
FROM part;

-- The site of each host: that it names, else the only one of its type.
CREATE VIEW offer_host AS
SELECT host.*, coalesce(
	(SELECT min(s.id) FROM offer_site AS s
	WHERE s.type = host.type AND host.site IN (s.uid, s.instance_uuid)),
	(SELECT min(s.id) FROM offer_site AS s WHERE s.type = host.type HAVING count(*) = 1)
	) AS offer_site
FROM host WHERE host.type IN ('vsphere', 'ovirt');

-- Columns as in struct offer (inventory/offer.h).
CREATE VIEW endpoint_offer AS
WITH moved AS (
	-- Forklift's Host gives the address of an ESXi host for the transfer.
	SELECT t.*, s.id AS offer_site,
		(SELECT min(h.id) FROM offer_host AS h
		WHERE h.type = 'vsphere' AND (s.id IS NULL OR h.offer_site = s.id)
			AND CASE WHEN t.host_ref <> '' THEN h.ref = t.host_ref
				ELSE h.name = t.host_name END) AS host
	FROM transfer_host AS t LEFT JOIN offer_site AS s
		ON s.resource = t.provider_name AND s.namespace = t.provider_namespace
), offer AS (
	SELECT name AS provider, type, role, place AS address, NULL AS name, fingerprint,
		NULL AS site, NULL AS manager, role = 'esxi' AS rank
	FROM offer_site
	UNION
	SELECT managed_by, type, 'vcenter', managed_by, NULL, NULL, NULL, NULL, 0
	FROM offer_host WHERE offer_site IS NULL AND type = 'vsphere' AND managed_by <> ''
	UNION ALL
	SELECT coalesce(s.name, nullif(h.managed_by, ''), h.type), h.type,
		CASE h.type WHEN 'ovirt' THEN 'ovirt-host' ELSE 'esxi' END,
		coalesce((SELECT min(nullif(m.address, '')) FROM moved AS m WHERE m.host = h.id), h.address,
			CASE h.type WHEN 'vsphere' THEN h.name END),
		coalesce(h.name, h.ref), nullif(h.thumbprint, ''),
		coalesce(s.uid, h.site), coalesce(s.place, nullif(h.managed_by, '')), 1
	FROM offer_host AS h LEFT JOIN offer_site AS s ON s.id = h.offer_site
	UNION ALL
	SELECT coalesce(s.name, m.provider_name, 'vsphere'), 'vsphere', 'esxi', m.address,
		coalesce(nullif(m.host_name, ''), m.host_ref, m.name), NULL, s.uid, s.place, 1
	FROM moved AS m LEFT JOIN offer_site AS s ON s.id = m.offer_site
	WHERE m.host IS NULL
)
SELECT provider, type, role, address, name, fingerprint, site, manager FROM offer
ORDER BY type DESC, provider, rank, name, address;
