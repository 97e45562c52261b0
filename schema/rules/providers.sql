-- SPDX-License-Identifier: Apache-2.0
-- Forklift's providers: those that plans migrate from; where there is no plan, all.  Where machines
-- of a kind are exported and no provider of that kind, one finding says so.

-- RULE provider.ProviderTypeNotSupported
-- severity: blocker
-- category: Critical
-- title: The provider is of a type that Forklift does not know
-- why: Forklift does nothing with such a provider.
-- remedy: Set spec.type to vsphere, ovirt, openshift, openstack or ova.
-- source: Forklift, pkg/controller/provider/validation.go
SELECT 'fail', 'provider', full_name, name, NULL,
	format('type ''%s'' is not known', type)
FROM judged_provider
WHERE type NOT IN ('vsphere', 'ovirt', 'openshift', 'openstack', 'ova', 'hyperv', 'nutanix', 'ec2');

-- RULE provider.UrlNotValid
-- severity: blocker
-- category: Critical
-- title: The provider has no URL, or one that is none
-- why: Forklift cannot reach a source without its URL.
-- remedy: Set spec.url: https://VCENTER/sdk for vSphere, https://ENGINE/ovirt-engine/api for oVirt.
-- source: Forklift, pkg/controller/provider/validation.go
SELECT iif(url IS NULL, 'unknown', 'fail'), 'provider', full_name, name, NULL,
	CASE WHEN url IS NULL
		THEN 'no export tells the URL of the provider; oc get provider -A -o yaml would'
	WHEN url = '' THEN 'the provider has no URL' ELSE format('''%s'' is not a URL', url) END
FROM judged_provider
WHERE type IN ('vsphere', 'ovirt', 'openstack') AND coalesce(url_host(url), '') = '';

-- RULE provider.url.path
-- severity: warning
-- title: The provider's URL does not end as the source's interface does
-- why: A URL without /sdk or /ovirt-engine/api leads to the web pages, and the connection test
--   fails.
-- remedy: Set spec.url: https://VCENTER/sdk for vSphere, https://ENGINE/ovirt-engine/api for oVirt.
-- source: Forklift's documentation, adding source providers
SELECT 'fail', 'provider', full_name, name, NULL,
	format('URL %s does not end in %s', url, iif(type = 'vsphere', '/sdk', '/ovirt-engine/api'))
FROM judged_provider
WHERE url_host(url) <> '' AND ((type = 'vsphere' AND rtrim(url, '/') NOT LIKE '%/sdk')
	OR (type = 'ovirt' AND rtrim(url, '/') NOT LIKE '%/ovirt-engine/api'));

-- RULE provider.ConnectionInsecure
-- severity: warning
-- category: Warn
-- title: The provider's certificate is not verified
-- why: Who answers in the source's name gets its password and may hand over any disk.
-- remedy: Put the CA certificate into ca.crt of the provider's secret (cacert in older releases)
--   and set insecureSkipVerify to false.
-- source: Forklift, pkg/controller/provider/validation.go
SELECT iif(insecure = 1, 'fail', 'unknown'), 'provider', full_name, name, NULL,
	iif(insecure = 1, 'the secret of the provider has insecureSkipVerify: true',
	'no export tells whether the certificate is verified; oc get secret -o yaml of the '
		|| 'provider''s secret would')
FROM judged_provider WHERE type IN ('vsphere', 'ovirt', 'openstack') AND insecure IS NOT 0;

-- RULE provider.sdk_endpoint
-- severity: blocker
-- title: The provider is said to be a vCenter and is an ESXi host, or the reverse
-- why: Forklift compares sdkEndpoint with what the server calls itself, and takes the provider for
--   faulty when they differ.
-- remedy: Set spec.settings.sdkEndpoint to esxi for an ESXi host, to vcenter or not at all for a
--   vCenter.
-- source: Forklift, pkg/controller/provider/container/vsphere
-- note: Forklift has no condition of a name of its own for it.
SELECT iif(api_type IS NULL OR sdk_endpoint IS NULL, 'unknown', 'fail'),
	'provider', full_name, name, NULL,
	CASE WHEN sdk_endpoint IS NULL
		THEN 'no export tells the sdkEndpoint of the provider; oc get provider -A -o yaml '
			|| 'would'
	WHEN api_type IS NULL
		THEN 'no export tells whether the provider is a vCenter; govc about -json would'
	ELSE format('sdkEndpoint is %s, and the server is %s',
		iif(sdk_endpoint = '', 'not set (vcenter)', sdk_endpoint), api_type) END
FROM judged_provider
WHERE type = 'vsphere' AND coalesce((api_type = 'HostAgent') <> (sdk_endpoint = 'esxi'), 1);

-- RULE page.fingerprint
-- severity: warning
-- title: The SHA-1 fingerprint of vCenter is not recorded
-- why: VDDK opens a disk only of a server whose fingerprint it was told.
-- remedy: openssl s_client -connect VCENTER:443 </dev/null 2>/dev/null | openssl x509 -noout
--   -fingerprint -sha1 shows it; it goes into thumbprint of the provider's secret up to Forklift
--   2.5. From 2.6 on the controller fetches it when the connection test succeeds.
-- source: Forklift 2.3 documentation, VMware prerequisites
-- page: S-FP
SELECT iif(recorded IS NULL, 'unknown', 'fail'), 'provider', full_name, name, NULL,
	CASE WHEN recorded IS NULL THEN 'no export tells the recorded fingerprint; oc get '
		|| 'provider,secret -A -o yaml would'
	WHEN recorded = '' THEN 'no fingerprint is recorded'
	ELSE format('the recorded fingerprint is no SHA-1 fingerprint: %s', recorded) END
FROM (SELECT p.*, coalesce(p.fingerprint, CASE WHEN p.conditions IS NOT NULL
		AND version_at_least(r.release, '2.6') THEN '' END) AS recorded
	FROM judged_provider AS p CROSS JOIN judged_release AS r WHERE p.type = 'vsphere')
WHERE coalesce(length(recorded), 0) <> 59
UNION ALL
SELECT 'unknown', 'provider', 'vsphere', 'vsphere', NULL,
	'no export holds a provider of type vsphere; oc get provider -A -o yaml would tell the '
		|| 'recorded fingerprint'
WHERE EXISTS (SELECT 1 FROM subject WHERE type = 'vsphere')
	AND NOT EXISTS (SELECT 1 FROM judged_provider WHERE type = 'vsphere');

-- RULE page.fingerprint.differs
-- severity: blocker
-- title: The recorded fingerprint is not that of the certificate
-- why: The certificate was replaced after the fingerprint was recorded; VDDK then refuses the
--   server.
-- remedy: Make sure that the certificate was renewed and nobody stands between (banksman
--   fingerprint from a node and from vCenter's own network).  Then record the new fingerprint, or
--   from Forklift 2.6 on let the provider be tested again: oc annotate provider NAME -n NAMESPACE
--   --overwrite tested="$(date)"
-- source: Forklift 2.3 documentation, VMware prerequisites
-- page: S-FP
-- note: A certificate is in what govc about.cert prints; what cannot be told is not reported.
SELECT 'fail', 'provider', full_name, name, NULL,
	format('%s is recorded, the certificate has %s', fingerprint, seen_sha1)
FROM judged_provider
WHERE type = 'vsphere' AND length(fingerprint) = 59 AND length(seen_sha1) = 59
	AND fingerprint <> seen_sha1;

-- RULE page.ca
-- severity: blocker
-- title: The CA certificate of the oVirt engine is not at hand
-- why: Forklift verifies the engine and each host that hands out a disk with the engine's CA.
-- remedy: curl -k -o ca.pem
--   'https://ENGINE/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA'
--   compare it with /etc/pki/ovirt-engine/ca.pem on the engine (openssl x509 -noout -fingerprint),
--   for nothing vouches for the answer; and put it into ca.crt of the provider's secret (cacert in
--   older releases).  banksman ca ENGINE > ca.pem fetches it too.
-- source: Forklift 2.3 documentation, oVirt prerequisites
-- page: S-CA
-- note: A provider that asks for no verification needs none; provider.ConnectionInsecure reports
--   it.
SELECT iif(has_ca = 0, 'fail', 'unknown'), 'provider', full_name, name, NULL,
	iif(has_ca = 0, 'the secret of the provider holds no CA certificate',
	'no export tells whether the CA certificate is at hand; oc get secret -o yaml of the '
		|| 'provider''s secret would')
FROM judged_provider WHERE type = 'ovirt' AND has_ca IS NOT 1 AND insecure IS NOT 1
UNION ALL
SELECT 'unknown', 'provider', 'ovirt', 'ovirt', NULL, 'no export holds a provider of type ovirt; '
	|| 'oc get provider,secret -A -o yaml would tell whether the CA certificate is at hand'
WHERE EXISTS (SELECT 1 FROM subject WHERE type = 'ovirt')
	AND NOT EXISTS (SELECT 1 FROM judged_provider WHERE type = 'ovirt');
