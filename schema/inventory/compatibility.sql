-- SPDX-License-Identifier: Apache-2.0
-- Which versions each release of Forklift is documented for.  The documentation of 2.6 was not
-- found; that of 2.3.3 says '4.10 or later', the page itself does not.

CREATE TABLE compatibility (
	release TEXT NOT NULL,        -- of Forklift, 'major.minor'
	product TEXT NOT NULL,        -- 'openshift', 'cnv', 'vsphere' or 'ovirt'
	least TEXT NOT NULL, most TEXT, -- NULL: 'or later'
	label TEXT NOT NULL           -- as it is printed
) STRICT;
INSERT INTO compatibility
SELECT column1, 'openshift', column2, column3, column4 FROM (VALUES
	('2.1', '4.8', '4.8', '4.8'),
	('2.2', '4.9', '4.9', '4.9'),
	('2.3', '4.10', '4.10', '4.10'),
	('2.4', '4.11', NULL, '4.11 or later'),
	('2.5', '4.12', NULL, '4.12 or later'),
	('2.7', '4.15', '4.17', '4.17, 4.16, 4.15'),
	('2.8', '4.16', '4.18', '4.18, 4.17, 4.16'),
	('2.9', '4.17', '4.19', '4.19, 4.18, 4.17'),
	('2.10', '4.18', '4.20', '4.20, 4.19, 4.18'),
	('2.11', '4.19', '4.21', '4.21, 4.20, 4.19'),
	('2.12', '4.20', '4.22', '4.22, 4.21, 4.20'));
INSERT INTO compatibility VALUES ('2.0', 'openshift', '4.7', '4.7', '4.7');
INSERT INTO compatibility
SELECT release, 'cnv', CASE release WHEN '2.1' THEN '4.8.1' WHEN '2.2' THEN '4.9.1' ELSE least END,
	most, CASE release WHEN '2.1' THEN '4.8.1' WHEN '2.2' THEN '4.9.1' ELSE label END
FROM compatibility WHERE release <> '2.0';
INSERT INTO compatibility
SELECT release, 'vsphere', '6.5', NULL, '6.5 or later' FROM compatibility
WHERE product = 'openshift' AND release <> '2.0';
INSERT INTO compatibility
SELECT release, 'ovirt', CASE WHEN release IN ('2.1', '2.2') THEN '4.3'
		WHEN release IN ('2.3', '2.4') THEN '4.4.9' ELSE '4.5' END, NULL,
	CASE WHEN release IN ('2.1', '2.2') THEN '4.3 or later'
		WHEN release IN ('2.3', '2.4') THEN '4.4.9 or later'
			ELSE '4.4 SP1 (engine 4.5) or later' END
FROM compatibility WHERE product = 'openshift' AND release <> '2.0';

-- The rows of the release that counts.
CREATE VIEW judged_compatibility AS
SELECT c.* FROM compatibility AS c JOIN judged_release AS r
	ON version_at_least(r.release, c.release) = 1
	AND version_at_least(c.release || '.999999', r.release) = 1;

-- What is compared with them: what is installed, the sources, and the hosts of the judged machines.
CREATE VIEW judged_version AS
SELECT name AS product, 'product' AS kind, name AS id, name, version
FROM product WHERE name IN ('openshift', 'cnv')
UNION ALL
SELECT type, 'provider', coalesce(namespace || '/' || name, address, uid, instance_uuid, type),
	coalesce(name, address, type), version
FROM provider WHERE type IN ('vsphere', 'ovirt')
	AND ((namespace IS NULL AND uid IS NULL) OR id IN (SELECT id FROM judged_provider))
UNION ALL
SELECT type, 'host', coalesce(ref, name), coalesce(name, ref), version FROM host
WHERE type = 'vsphere' AND version IS NOT NULL AND id IN (SELECT host_id FROM subject);
