# SPDX-License-Identifier: Apache-2.0
"""Whether an object is what its kind says, without a cluster.

Kubernetes' own kinds are checked against the classes that Debian's python3-kubernetes has, made from the OpenAPI
document of Kubernetes 1.22: every key must be known, of its type, and there when it is required.  The other kinds have
a schema in schemas/, written after their published definitions (security.openshift.io/v1 of openshift/api,
monitoring.coreos.com/v1 of the Prometheus operator), which knows the keys that we use and refuses all others.
"""

import json
import pathlib
import re

import jsonschema

SCHEMAS = pathlib.Path(__file__).with_name("schemas")
SIMPLE = {"str": str, "int": int, "bool": bool, "float": (int, float), "object": object, "datetime": str}
CUSTOM = {
    ("monitoring.coreos.com/v1", "PodMonitor"),
    ("monitoring.coreos.com/v1", "PrometheusRule"),
    ("security.openshift.io/v1", "SecurityContextConstraints"),
}


class Wrong(Exception):
    pass


def model_name(api_version, kind):
    """V1DaemonSet of apps/v1, DaemonSet; RbacV1 and the like have no prefix in the classes that we need."""
    v = api_version.rpartition("/")[2]
    return v[0].upper() + v[1:] + kind


def check_type(models, wanted, value, path):
    """The value as the classes want it."""
    inner = re.fullmatch(r"list\[(.+)\]", wanted)
    if inner:
        if not isinstance(value, list):
            raise Wrong(f"{path}: not a list")
        return [check_type(models, inner[1], v, f"{path}[{i}]") for i, v in enumerate(value)]
    inner = re.fullmatch(r"dict\(str, (.+)\)", wanted)
    if inner:
        if not isinstance(value, dict):
            raise Wrong(f"{path}: not a dict")
        return {k: check_type(models, inner[1], v, f"{path}.{k}") for k, v in value.items()}
    if wanted not in SIMPLE:
        return check_model(models, wanted, value, path)
    if not isinstance(value, SIMPLE[wanted]) or (wanted == "int" and isinstance(value, bool)):
        raise Wrong(f"{path}: {value!r} is not {wanted}")
    return value


def check_model(models, name, value, path):
    cls = getattr(models, name, None)
    if cls is None:
        raise Wrong(f"{path}: no such kind {name}")
    if not isinstance(value, dict):
        raise Wrong(f"{path}: not an object")
    attributes = {key: attribute for attribute, key in cls.attribute_map.items()}
    given = {}
    for key, v in value.items():
        if key not in attributes:
            raise Wrong(f"{path}.{key}: no such key in {name}")
        given[attributes[key]] = check_type(models, cls.openapi_types[attributes[key]], v, f"{path}.{key}")
    try:
        return cls(**given)
    except ValueError as e:
        raise Wrong(f"{path}: {e}") from None


def check(models, obj):
    """Raises Wrong, or jsonschema's ValidationError."""
    kind = (obj["apiVersion"], obj["kind"])
    if kind in CUSTOM:
        schema = json.loads((SCHEMAS / f"{obj['kind']}.json").read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        jsonschema.validate(obj, schema, cls=jsonschema.Draft7Validator)
        check_model(models, "V1ObjectMeta", obj["metadata"], "metadata")
    else:
        check_model(models, model_name(*kind), obj, obj["kind"])
