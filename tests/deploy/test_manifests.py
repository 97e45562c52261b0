# SPDX-License-Identifier: Apache-2.0
"""What kustomize renders: valid, consistent in itself, and with no more right than is said."""

import copy
import json
import subprocess

import pytest
import yaml

import kinds
from conftest import DEPLOY, OVERLAYS, ROOT

OPENSHIFT = [o for o in OVERLAYS if o != "kubernetes"]
GROUP = 65532


@pytest.fixture(scope="module")
def models():
    return pytest.importorskip("kubernetes.client", reason="python3-kubernetes is missing: no schemas of Kubernetes' kinds")


def pod(objects):
    return objects.named("DaemonSet")["spec"]["template"]["spec"]


def containers(spec):
    return spec.get("initContainers", []) + spec["containers"]


def daemon(spec):
    (found,) = [c for c in spec["containers"] if c["name"] == "banksmand"]
    return found


# ---- valid


@pytest.mark.parametrize("name", OVERLAYS)
def test_every_object_is_what_its_kind_says(overlay, models, name):
    for obj in overlay(name):
        kinds.check(models, obj)


@pytest.mark.parametrize(
    "path, value, complaint",
    [
        (("spec", "template", "spec", "tolerations", 0, "operater"), "Exists", "operater: no such key"),
        (("spec", "minReadySeconds"), "10", "is not int"),
        (("spec", "template", "spec", "containers"), None, "not a list"),
        (("spec", "template", "spec", "containers", 0, "name"), ..., "must not be `None`"),
        (("spec", "selector"), ..., "must not be `None`"),
    ],
)
def test_the_check_finds_what_is_wrong(overlay, models, path, value, complaint):
    obj = copy.deepcopy(overlay("openshift").named("DaemonSet"))
    *way, last = path
    at = obj
    for step in way:
        at = at[step]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    with pytest.raises(kinds.Wrong, match=complaint):
        kinds.check(models, obj)


def test_the_check_of_custom_kinds_finds_what_is_wrong(overlay, models):
    scc = copy.deepcopy(overlay("openshift").named("SecurityContextConstraints"))
    scc["allowHostNetworks"] = True
    with pytest.raises(kinds.jsonschema.ValidationError, match="allowHostNetworks"):
        kinds.check(models, scc)


@pytest.mark.parametrize("name", OVERLAYS)
def test_names_are_unique_and_namespaces_written(overlay, name):
    objects = list(overlay(name))
    ids = [(o["kind"], o["metadata"].get("namespace"), o["metadata"]["name"]) for o in objects]
    assert len(set(ids)) == len(ids)
    cluster = {"Namespace", "ClusterRole", "ClusterRoleBinding", "PriorityClass", "SecurityContextConstraints"}
    for kind, namespace, _ in ids:
        assert (namespace is None) == (kind in cluster), (kind, namespace)
        assert namespace in (None, "banksman", "openshift-config-managed")


# ---- consistent


@pytest.mark.parametrize("name", OVERLAYS)
def test_what_is_referred_to_is_there(overlay, name):
    objects = overlay(name)
    spec = pod(objects)
    objects.named("ServiceAccount", spec["serviceAccountName"])
    objects.named("PriorityClass", spec["priorityClassName"])
    labels = objects.named("DaemonSet")["spec"]["template"]["metadata"]["labels"]
    selectors = [objects.named("DaemonSet")["spec"]["selector"], objects.named("PodMonitor")["spec"]["selector"]]
    if "NetworkPolicy" in objects.kinds():
        selectors.append(objects.named("NetworkPolicy")["spec"]["podSelector"])
    for selector in selectors:
        assert selector["matchLabels"].items() <= labels.items()
    volumes = {v["name"]: v for v in spec["volumes"]}
    for container in containers(spec):
        assert {m["name"] for m in container["volumeMounts"]} <= set(volumes)
    assert "banksman.yaml" in objects.named("ConfigMap", volumes["configuration"]["configMap"]["name"])["data"]
    ports = {p["name"] for p in daemon(spec)["ports"]}
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        assert daemon(spec)[probe]["httpGet"]["port"] in ports
    for endpoint in objects.named("PodMonitor")["spec"]["podMetricsEndpoints"]:
        assert endpoint["port"] in ports
    for obj in objects:
        if obj["kind"].endswith("RoleBinding"):
            objects.named(obj["roleRef"]["kind"], obj["roleRef"]["name"])
            for subject in obj["subjects"]:
                objects.named(subject["kind"], subject["name"])


def test_the_port_is_the_one_that_the_daemon_listens_on(overlay):
    objects = overlay("openshift")
    conf = yaml.safe_load(objects.named("ConfigMap")["data"]["banksman.yaml"])
    (port,) = daemon(pod(objects))["ports"]
    assert conf["metrics"]["listen"] == f"[::]:{port['containerPort']}"


def test_the_daemons_know_each_other_by_their_label(overlay):
    for name in OVERLAYS:
        objects = overlay(name)
        conf = yaml.safe_load(objects.named("ConfigMap")["data"]["banksman.yaml"])
        key, value = conf["discovery"]["pods"].split("=")
        assert objects.named("DaemonSet")["spec"]["selector"]["matchLabels"] == {key: value}
        # The name that a pod's spec.nodeName is compared with.
        assert conf["node"] == "${NODE_NAME}"
        (node,) = [e for e in daemon(pod(objects))["env"] if e["name"] == "NODE_NAME"]
        assert node["valueFrom"] == {"fieldRef": {"fieldPath": "spec.nodeName"}}


def test_the_daemon_takes_the_configuration(overlay, tmp_path):
    banksmand = ROOT / "build" / "banksmand"
    if not banksmand.exists():
        pytest.skip("build/banksmand is not built")
    text = overlay("openshift").named("ConfigMap")["data"]["banksman.yaml"]
    known = subprocess.run([banksmand, "--help-config"], capture_output=True, text=True).stdout
    if "discovery.pods" not in known:
        pytest.skip("this banksmand knows no discovery")
    (tmp_path / "banksman.yaml").write_text(text)
    done = subprocess.run(
        [banksmand, "-t", tmp_path / "banksman.yaml"], capture_output=True, text=True, env={"NODE_NAME": "n1"}
    )
    assert done.returncode == 0, done.stderr


# ---- no more right than is said


def rules(objects, *skip):
    for obj in objects:
        if obj["kind"] in ("Role", "ClusterRole") and obj["metadata"]["name"] not in skip:
            for rule in obj["rules"]:
                for group in rule["apiGroups"]:
                    for resource in rule["resources"]:
                        names = rule.get("resourceNames", [None])
                        yield obj["kind"], obj["metadata"].get("namespace"), group, resource, *names, tuple(rule["verbs"])


READ = ("get", "list", "watch")
GRANTED = {
    ("ClusterRole", None, "forklift.konveyor.io", "providers", None, READ),
    ("ClusterRole", None, "forklift.konveyor.io", "hosts", None, READ),
    ("ClusterRole", None, "forklift.konveyor.io", "plans", None, READ),
    ("Role", "banksman", "", "pods", None, READ),
}
USE_SCC = ("Role", "banksman", "security.openshift.io", "securitycontextconstraints", "banksman", ("use",))


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_account_may_read_and_nothing_else(overlay, name):
    assert set(rules(overlay(name))) == (GRANTED if name == "kubernetes" else GRANTED | {USE_SCC})


def test_secrets_are_named_one_by_one(composed):
    objects = composed("openshift", "provider-ca")
    added = set(rules(objects)) - GRANTED - {USE_SCC}
    assert added == {("Role", "openshift-mtv", "", "secrets", "vcenter-secret", ("get",))}


def test_events_are_written_and_nothing_else(composed):
    objects = composed("openshift", "events")
    added = set(rules(objects)) - GRANTED - {USE_SCC}
    assert added == {("ClusterRole", None, "events.k8s.io", "events", None, ("create",))}


@pytest.mark.parametrize("name", OVERLAYS)
def test_no_container_has_a_privilege(overlay, name):
    spec = pod(overlay(name))
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not spec.get("hostPID") and not spec.get("hostIPC")
    assert bool(spec.get("hostNetwork")) == (name == "host-network")
    for container in containers(spec):
        context = container["securityContext"]
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert context["readOnlyRootFilesystem"] is True
        assert context["allowPrivilegeEscalation"] is False and context["privileged"] is False
        assert "memory" in container["resources"]["limits"]
    assert daemon(spec)["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] == GROUP
    # Root for the folder's sake; the group is what it gives it to.
    (history,) = spec["initContainers"]
    assert history["securityContext"]["runAsUser"] == 0
    assert history["command"][2] == str(spec["securityContext"]["fsGroup"]) == str(GROUP)
    assert [v for v in spec["volumes"] if "hostPath" in v] == [
        {"name": "history", "hostPath": {"path": "/var/lib/banksman", "type": "DirectoryOrCreate"}}
    ]


@pytest.mark.parametrize("name", OPENSHIFT)
def test_the_constraints_fit_the_pod_and_no_more(overlay, name):
    objects = overlay(name)
    scc = objects.named("SecurityContextConstraints")
    spec = pod(objects)
    template = objects.named("DaemonSet")["spec"]["template"]
    assert template["metadata"]["annotations"]["openshift.io/required-scc"] == scc["metadata"]["name"]
    on = {k for k, v in scc.items() if k.startswith("allow") and v is True}
    host = {"allowHostNetwork", "allowHostPorts"} if name == "host-network" else set()
    assert on == {"allowHostDirVolumePlugin"} | host
    assert scc["requiredDropCapabilities"] == ["ALL"]
    assert not scc["allowedCapabilities"] and not scc["defaultAddCapabilities"]
    assert not scc["users"] and not scc["groups"], "who may use it is said by the role"
    used = {next(k for k in v if k != "name") for v in spec["volumes"]} | {"projected"}
    assert used <= set(scc["volumes"]) and set(scc["volumes"]) <= used | {"secret"}
    for which in ("fsGroup", "supplementalGroups"):
        assert scc[which]["ranges"] == [{"min": GROUP, "max": GROUP}]
    # With RunAsAny each start would get categories of its own, and not read what the one before wrote.
    assert spec["securityContext"]["seLinuxOptions"] == {"level": "s0"}


@pytest.mark.parametrize("name", ["kubernetes", "openshift", "transfer-network"])
def test_an_ephemeral_history_wants_no_constraints_of_its_own(composed, models, name):
    objects = composed(name, "ephemeral-history")
    spec = pod(objects)
    assert "initContainers" not in spec and not [v for v in spec["volumes"] if "hostPath" in v]
    assert spec["securityContext"] == {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}
    annotations = objects.named("DaemonSet")["spec"]["template"]["metadata"]["annotations"]
    assert annotations["openshift.io/required-scc"] == "restricted-v2"
    assert "SecurityContextConstraints" not in objects.kinds() and set(rules(objects)) == GRANTED
    assert objects.named("Namespace")["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    for obj in objects:
        kinds.check(models, obj)


# ---- what each overlay is for


def test_every_node_that_runs_transfers_is_covered(overlay):
    for name in OVERLAYS:
        assert pod(overlay(name))["tolerations"] == [{"operator": "Exists"}]
    strategy = overlay("openshift").named("DaemonSet")["spec"]["updateStrategy"]
    assert strategy == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%"}}


def test_prometheus_alone_may_ask(overlay):
    for name in ("openshift", "okd", "kubernetes", "transfer-network"):
        (rule,) = overlay(name).named("NetworkPolicy")["spec"]["ingress"]
        (peer,) = rule["from"]
        (who,) = peer["namespaceSelector"]["matchExpressions"]
        assert set(who["values"]) == (
            {"monitoring"} if name == "kubernetes" else {"openshift-monitoring", "openshift-user-workload-monitoring"}
        )
        assert "Egress" not in overlay(name).named("NetworkPolicy")["spec"]["policyTypes"]


def test_host_network(overlay):
    objects = overlay("host-network")
    assert pod(objects)["dnsPolicy"] == "ClusterFirstWithHostNet"
    assert "NetworkPolicy" not in objects.kinds(), "none would be heeded"


def test_transfer_network_is_asked_for_as_forklift_does(overlay):
    annotations = overlay("transfer-network").named("DaemonSet")["spec"]["template"]["metadata"]["annotations"]
    (network,) = json.loads(annotations["k8s.v1.cni.cncf.io/networks"])
    assert set(network) == {"name", "namespace", "default-route"}


def test_okd_is_as_openshift(overlay):
    assert overlay("okd").all == overlay("openshift").all


def test_dashboards_are_where_they_are_looked_for(overlay):
    console = overlay("openshift").named("ConfigMap", "banksman-dashboard")["metadata"]
    assert console["namespace"] == "openshift-config-managed"
    assert console["labels"]["console.openshift.io/dashboard"] == "true"
    grafana = overlay("kubernetes").named("ConfigMap", "banksman-dashboard")["metadata"]
    assert grafana["namespace"] == "banksman" and grafana["labels"]["grafana_dashboard"] == "1"


def test_every_file_says_its_licence():
    for path in [*DEPLOY.rglob("*.yaml"), *DEPLOY.rglob("*.sh"), *DEPLOY.rglob("*.py"), DEPLOY / "Containerfile"]:
        if path.exists():
            assert path.read_text().startswith(("# SPDX-License-Identifier: Apache-2.0", "#!")), path
