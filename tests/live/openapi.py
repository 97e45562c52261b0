# SPDX-License-Identifier: Apache-2.0
"""docs/openapi.yaml, and replies checked against it."""

import json

import jsonschema
import yaml

from conftest import ROOT


def _plain(node):
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(node, list):
        return [_plain(n) for n in node]
    if not isinstance(node, dict):
        return node
    node = {k: _plain(v) for k, v in node.items()}
    if node.pop("nullable", False):
        node["type"] = [node["type"], "null"]
    return node


class Document:
    def __init__(self):
        self.whole = _plain(yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text()))
        self.paths = self.whole["paths"]

    def deref(self, node):
        while "$ref" in node:
            parts = node["$ref"].removeprefix("#/").split("/")
            node = self.whole
            for part in parts:
                node = node[part]
        return node

    def operations(self):
        """(path, method) of everything that is described."""
        return {(path, method.upper()) for path, item in self.paths.items() for method in item}

    def parameters(self, path, method="get"):
        """The names of an operation's query parameters."""
        found = [self.deref(p) for p in self.paths[path][method].get("parameters", [])]
        return {p["name"] for p in found if p["in"] == "query"}

    def check_value(self, value, schema):
        validator = jsonschema.Draft4Validator(
            {"allOf": [schema], "components": self.whole["components"]},
            format_checker=jsonschema.FormatChecker(),
        )
        errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in validator.iter_errors(value)]
        assert not errors, errors

    def check(self, path, method, reply):
        """A reply is as the document says; path as it is written there.  Returns its JSON, or its text."""
        responses = self.paths[path][method.lower()]["responses"]
        response = self.deref(responses.get(str(reply.status), responses["default"]))
        kind = reply.headers["content-type"].split(";")[0]
        assert kind in response["content"], f"{path}: {kind} {reply!r}"
        if kind == "application/json":
            value = reply.json()
            self.check_value(value, response["content"][kind]["schema"])
            return value
        return reply.body.decode()
