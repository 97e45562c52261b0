-- SPDX-License-Identifier: Apache-2.0
-- What Forklift's controller finds wrong with a plan, as far as exports tell.

-- RULE plan.NamespaceNotValid
-- severity: blocker
-- category: Critical
-- title: The target namespace is missing or no namespace's name
-- why: Forklift does not start a plan that does not say where its machines go.
-- remedy: Set spec.targetNamespace of the plan to a name of small letters, digits and hyphens:
--   oc patch plan NAME -n NAMESPACE --type merge -p '{"spec":{"targetNamespace":"vm-prod"}}'
-- source: Forklift, pkg/controller/plan/validation.go
-- note: Forklift lets dots pass and up to 253 characters; the namespace can then not be made.
SELECT iif(judged_namespace IS NULL, 'unknown', 'fail'), 'plan', ref, name, ref,
	CASE WHEN judged_namespace IS NULL
		THEN 'no export tells the target namespace; oc get plan -o yaml or '
			|| '--target-namespace would'
	WHEN judged_namespace = '' THEN 'the plan has no target namespace'
	ELSE format('the target namespace ''%s'' is no valid name', judged_namespace) END
FROM judged_plan
WHERE coalesce(judged_namespace GLOB '*[^a-z0-9-]*' OR judged_namespace NOT GLOB '[a-z0-9]*'
	OR judged_namespace NOT GLOB '*[a-z0-9]' OR length(judged_namespace) > 63, 1);

-- RULE plan.NetworkMapRefNotValid
-- severity: blocker
-- category: Critical
-- title: The plan names no network map, or one that is not there
-- why: Without a network map Forklift does not know where a NIC is to be connected.
-- remedy: Create the map and name it in spec.map.network of the plan; oc get networkmap -A lists
--   them.
-- source: Forklift, pkg/controller/plan/validation.go
-- note: A map that no export holds may still be there.
SELECT iif(m.name = '', 'fail', 'unknown'), 'plan', p.ref, p.name, p.ref,
	CASE WHEN m.name = '' THEN 'the plan names no network map'
	ELSE format('no export holds the network map %s/%s of the plan; oc get networkmap -A -o '
		|| 'yaml would tell',
		coalesce(m.namespace, '?'), coalesce(m.name, '?')) END
FROM judged_plan AS p JOIN plan_map AS m ON m.plan_id = p.id
WHERE m.kind = 'network' AND m.map IS NULL;

-- RULE plan.StorageRefNotValid
-- severity: blocker
-- category: Critical
-- title: The plan names no storage map, or one that is not there
-- why: Without a storage map Forklift does not know the storage class of a disk.
-- remedy: Create the map and name it in spec.map.storage of the plan; oc get storagemap -A lists
--   them.
-- source: Forklift, pkg/controller/plan/validation.go
-- note: A map that no export holds may still be there.  A plan of type conversion needs none.
SELECT iif(m.name = '', 'fail', 'unknown'), 'plan', p.ref, p.name, p.ref,
	CASE WHEN m.name = '' THEN 'the plan names no storage map'
	ELSE format('no export holds the storage map %s/%s of the plan; oc get storagemap -A -o '
		|| 'yaml would tell',
		coalesce(m.namespace, '?'), coalesce(m.name, '?')) END
FROM judged_plan AS p JOIN plan_map AS m ON m.plan_id = p.id
WHERE m.kind = 'storage' AND m.map IS NULL;

-- RULE plan.NetworkMapNotReady
-- severity: blocker
-- category: Critical
-- title: The plan's network map is not ready
-- why: Forklift does not start a plan while it finds fault with its network map.
-- remedy: oc describe networkmap NAME -n NAMESPACE shows the conditions; correct what they name.
-- source: Forklift, pkg/controller/plan/validation.go
SELECT iif(map.ready = 0, 'fail', 'unknown'), 'plan', p.ref, p.name, p.ref,
	iif(map.ready = 0, format('network map %s/%s is not ready', map.namespace, map.name),
	format('no export tells whether network map %s/%s is ready; oc get networkmap -o yaml '
		|| 'would',
		map.namespace, map.name))
FROM judged_plan AS p JOIN plan_map AS m ON m.plan_id = p.id JOIN map ON map.id = m.map
WHERE m.kind = 'network' AND coalesce(map.ready, 0) = 0;

-- RULE plan.StorageMapNotReady
-- severity: blocker
-- category: Critical
-- title: The plan's storage map is not ready
-- why: Forklift does not start a plan while it finds fault with its storage map.
-- remedy: oc describe storagemap NAME -n NAMESPACE shows the conditions; correct what they name.
-- source: Forklift, pkg/controller/plan/validation.go
SELECT iif(map.ready = 0, 'fail', 'unknown'), 'plan', p.ref, p.name, p.ref,
	iif(map.ready = 0, format('storage map %s/%s is not ready', map.namespace, map.name),
	format('no export tells whether storage map %s/%s is ready; oc get storagemap -o yaml '
		|| 'would',
		map.namespace, map.name))
FROM judged_plan AS p JOIN plan_map AS m ON m.plan_id = p.id JOIN map ON map.id = m.map
WHERE m.kind = 'storage' AND coalesce(map.ready, 0) = 0;

-- RULE plan.NetMapPreservingIPsOnPodNetwork
-- severity: warning
-- category: Warn
-- title: Static addresses are to be kept on the pod network
-- why: The pod network has addresses of its own, so a machine that keeps its address is not
--   reached.
-- remedy: Map the network to a network attachment definition of the same subnet, or set
--   spec.preserveStaticIPs of the plan to false.
-- source: Forklift, pkg/controller/plan/validation.go
-- note: Forklift keeps addresses of vSphere machines alone.
SELECT CASE WHEN EXISTS (SELECT 1 FROM namespace WHERE user_network IS NOT NULL
			AND name = p.judged_namespace) THEN 'fail'
		ELSE 'unknown' END,
	'plan', p.ref, p.name, p.ref,
	CASE WHEN EXISTS (SELECT 1 FROM namespace WHERE user_network IS NOT NULL
			AND name = p.judged_namespace)
	THEN format('the plan keeps static addresses and network map %s maps to the pod network',
		map.full_name)
	ELSE format('static addresses are kept on the pod network: no export tells whether '
		|| 'namespace %s has a user-defined network, which would do; oc get namespace -o '
		|| 'yaml would',
		coalesce(p.judged_namespace, '?')) END
FROM judged_plan AS p JOIN plan_source AS s ON s.plan_id = p.id
JOIN plan_map AS m ON m.plan_id = p.id AND m.kind = 'network'
JOIN judged_map AS map ON map.id = m.map
WHERE p.preserve_ips = 1 AND s.type = 'vsphere'
	AND EXISTS (SELECT 1 FROM map_entry AS e WHERE e.map = m.map AND e.destination_type = 'pod')
	AND NOT EXISTS (SELECT 1 FROM namespace WHERE name = p.judged_namespace
		AND user_network <> '');

-- RULE plan.NetMapDestinationNADNotValid
-- severity: blocker
-- category: Critical
-- title: A machine is to be connected to a network of another namespace
-- why: A pod may use the network attachment definitions of its own namespace and of default alone.
-- remedy: Create the network attachment definition in the target namespace or in default, and let
--   the network map name that one.
-- source: Forklift, pkg/controller/plan/validation.go
-- page: S-NET
SELECT iif(p.judged_namespace IS NULL, 'unknown', 'fail'), 'plan', p.ref, p.name, p.ref,
	iif(p.judged_namespace IS NULL,
	format('network %s/%s may not be used from every namespace, and no export tells the target '
		|| 'namespace; oc get plan -o yaml or --target-namespace would',
		e.destination_namespace, e.destination_name),
	format('network %s/%s of network map %s is neither in the target namespace %s nor in '
		|| 'default',
		e.destination_namespace, e.destination_name, m.name, p.judged_namespace))
FROM judged_plan AS p JOIN plan_map AS m ON m.plan_id = p.id AND m.kind = 'network'
JOIN map_entry AS e ON e.map = m.map AND e.destination_type = 'multus'
WHERE e.destination_namespace NOT IN ('', 'default') AND p.judged_namespace IS NOT ''
	AND e.destination_namespace IS NOT p.judged_namespace
GROUP BY p.id, e.destination_namespace, e.destination_name;

-- RULE plan.WarmMigrationNotReady
-- severity: blocker
-- category: Critical
-- title: The source cannot be migrated warm
-- why: Only vSphere and oVirt keep track of the blocks that changed since a disk was copied.
-- remedy: Migrate cold: set spec.type of the plan to cold, and spec.warm to false.
-- source: Forklift, pkg/controller/plan/validation.go
-- note: Warm migration from oVirt can be switched off in the controller
--   (feature_ovirt_warm_migration), which exports do not show; it is taken to be on.
SELECT iif(s.type IS NULL, 'unknown', 'fail'), 'plan', p.ref, p.name, p.ref,
	iif(s.type IS NULL, 'no export tells what kind of source the plan migrates warm from; oc '
		|| 'get provider -A -o yaml would',
	format('the plan migrates warm from a source of type %s', s.type))
FROM judged_plan AS p JOIN plan_source AS s ON s.plan_id = p.id
WHERE p.judged_warm = 1 AND coalesce(s.type NOT IN ('vsphere', 'ovirt'), 1);

-- RULE plan.MigrationTypeNotValid
-- severity: blocker
-- category: Critical
-- title: The type of migration is not one that the source can do
-- why: Forklift knows cold and warm, and for some sources live or conversion; it refuses any other.
-- remedy: Set spec.type of the plan to cold or warm.
-- source: Forklift, pkg/controller/plan/validation.go and adapter/*/validator.go
SELECT iif(wrong, 'fail', 'unknown'), 'plan', ref, name, ref,
	iif(wrong, format('a source of type %s cannot be migrated by type ''%s''',
		coalesce(source, '?'), migration_type),
	format('no export tells whether the source can be migrated by type %s; oc get provider -A '
		|| '-o yaml would', migration_type))
FROM (SELECT p.*, s.type AS source,
		CASE WHEN p.migration_type NOT IN ('warm', 'live', 'conversion') THEN 1
		WHEN s.type = 'vsphere' THEN p.migration_type = 'live'
		WHEN s.type = 'ovirt' THEN p.migration_type <> 'warm'
		WHEN s.type = 'openshift' THEN p.migration_type <> 'live'
		WHEN s.type IN ('openstack', 'ova') THEN 1
		WHEN s.type IS NOT NULL THEN 0 END AS wrong
	FROM judged_plan AS p JOIN plan_source AS s ON s.plan_id = p.id
	WHERE p.migration_type NOT IN ('', 'cold'))
WHERE wrong IS NOT 0;

-- RULE plan.UnsupportedUserDefinedNetwork
-- severity: blocker
-- category: Critical
-- title: The target namespace has a user-defined network of layer 3
-- why: KubeVirt connects machines to user-defined networks of layer 2 alone.
-- remedy: Use another namespace, or a UserDefinedNetwork with topology Layer2.
-- source: Forklift, pkg/controller/plan/validation.go
-- note: Forklift goes by the label of the definition; here its role tells that a UserDefinedNetwork
--   made it.
SELECT iif(n.name IS NULL, 'unknown', 'fail'), 'plan', p.ref, p.name, p.ref,
	iif(n.name IS NULL,
	format('no export tells the networks of the target namespace %s; oc get '
		|| 'network-attachment-definitions -A -o yaml would',
		coalesce(p.judged_namespace, '?')),
	format('network %s/%s in the target namespace is a user-defined network of layer 3',
		n.namespace, n.name))
FROM judged_plan AS p
LEFT JOIN nad AS n ON n.namespace = p.judged_namespace AND json_valid(n.config)
	AND CASE WHEN json_valid(n.config) THEN n.config ->> '$.type' = 'ovn-k8s-cni-overlay'
		AND n.config ->> '$.topology' = 'layer3' AND n.config ->> '$.role' IS NOT NULL END
WHERE n.name IS NOT NULL OR (p.judged_namespace <> '' AND NOT EXISTS (SELECT 1 FROM nad));

-- RULE plan.TransferNetworkNotValid
-- severity: blocker
-- category: Critical
-- title: The transfer network is not there, or its route is no address
-- why: The pods that copy the disks are connected to the transfer network, and do not start
--   without.
-- remedy: Create the network attachment definition, or correct its annotation
--   forklift.konveyor.io/route: the address of a gateway, or none.
-- source: Forklift, pkg/controller/plan/validation.go
SELECT iif(n.route IS NOT NULL OR (n.name IS NULL AND EXISTS (SELECT 1 FROM nad_namespace
		WHERE namespace = p.transfer_network_namespace)), 'fail', 'unknown'),
	'plan', p.ref, p.name, p.ref,
	CASE WHEN n.route IS NOT NULL
		THEN format('the route ''%s'' of transfer network %s/%s is no address', n.route,
			p.transfer_network_namespace, p.transfer_network)
	WHEN n.name IS NULL AND EXISTS (SELECT 1 FROM nad_namespace
		WHERE namespace = p.transfer_network_namespace)
		THEN format('transfer network %s/%s is not among the network attachment '
			|| 'definitions of the exports', p.transfer_network_namespace,
			p.transfer_network)
	ELSE format('no export tells of transfer network %s/%s; oc get '
		|| 'network-attachment-definitions -A -o yaml would',
		coalesce(p.transfer_network_namespace, '?'), p.transfer_network) END
FROM judged_plan AS p LEFT JOIN nad AS n ON n.namespace = p.transfer_network_namespace
	AND n.name = p.transfer_network
WHERE p.transfer_network <> '' AND (n.name IS NULL OR n.route IS NULL
	OR (n.route NOT IN ('', 'none') AND address(n.route) IS NULL));

-- RULE plan.TransferNetworkMissingDefaultRoute
-- severity: warning
-- category: Warn
-- title: The transfer network has no default route
-- why: Without a gateway the pods that copy the disks reach the source over this network only where
--   it is on the same subnet.
-- remedy: oc annotate network-attachment-definition NAME -n NAMESPACE
--   forklift.konveyor.io/route=GATEWAY (or none, where no route is wanted)
-- source: Forklift, pkg/controller/plan/validation.go
-- note: What cannot be told is told by plan.TransferNetworkNotValid.
SELECT 'fail', 'plan', p.ref, p.name, p.ref,
	format('transfer network %s/%s has no annotation forklift.konveyor.io/route',
		n.namespace, n.name)
FROM judged_plan AS p JOIN nad AS n ON n.namespace = p.transfer_network_namespace
	AND n.name = p.transfer_network
WHERE n.route = '';

-- RULE plan.RestrictedPodSecurity
-- severity: warning
-- category: Warn
-- title: The target namespace enforces restricted pod security
-- why: The pods that convert the guests may be refused there.
-- remedy: oc label --overwrite namespace NAMESPACE pod-security.kubernetes.io/enforce=privileged,
--   or migrate into another namespace.
-- source: Forklift, pkg/controller/plan/validation.go
-- note: A namespace that is not there is made by Forklift.  What the cluster enforces without a
--   label is not in any export.
SELECT iif(n.pod_security = 'restricted', 'fail', 'unknown'), 'plan', p.ref, p.name, p.ref,
	iif(n.pod_security = 'restricted',
	format('namespace %s enforces the restricted pod security level', n.name),
	format('no export tells the pod security level of namespace %s; oc get namespace -o yaml '
		|| 'would',
		coalesce(p.judged_namespace, '?')))
FROM judged_plan AS p LEFT JOIN namespace AS n ON n.name = p.judged_namespace
WHERE n.pod_security = 'restricted' OR (n.name IS NOT NULL AND n.pod_security IS NULL)
	OR (p.judged_namespace <> '' AND NOT EXISTS (SELECT 1 FROM namespace));
