# SPDX-License-Identifier: Apache-2.0
"""What `banksman probe -o json` may print, and nothing else: types of all keys, words, and what goes together."""

import re

STATES = {
    "open": {"ok"},
    "closed": {"refused", "reset"},
    "filtered": {
        "no-answer", "admin-prohibited", "host-prohibited", "net-prohibited", "port-unreachable",
        "protocol-unreachable", "failed-policy", "reject-route", "local-policy",
    },
    "unreachable": {"net-unreachable", "host-unreachable", "ttl-exceeded"},
    "unresolved": {
        "dns-nxdomain", "dns-nodata", "dns-servfail", "dns-refused", "dns-timeout", "dns-no-server", "dns-bad-reply",
    },
    "unknown": {"local"},
}  # fmt: skip
SERVICES = {
    "banner-timeout", "banner-closed", "banner-mismatch", "tls-timeout", "tls-closed", "tls-alert", "tls-error",
    "not-tls", "http-timeout", "http-closed", "http-invalid", "http-too-large", "http-status", "wrong-product",
    "wrong-version", "not-ready", "image-absent", "needs-login", "token-failed",
}  # fmt: skip
TRUSTS = (
    "trusted", "untrusted", "expired", "not-yet-valid", "expiring", "name-mismatch", "fingerprint-mismatch",
)  # fmt: skip
ROLES = (
    "vcenter", "esxi", "ovirt-engine", "ovirt-host", "registry", "openstack", "ova", "openshift", "hyperv",
)  # fmt: skip


def words(*choices):
    return lambda value: value in choices


def match(pattern):
    compiled = re.compile(pattern)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value)


def number(low, high=1 << 62):
    return lambda value: type(value) is int and low <= value <= high


def pairs(count):
    return match(f"(?:[0-9A-F]{{2}}:){{{count - 1}}}[0-9A-F]{{2}}")


TEXT = match("(?s).+")
BOOL = words(True, False)
TIME = match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ADDRESS = match(r"[0-9a-f:.]+")

CERTIFICATE = {
    "sha1": pairs(20), "sha256": pairs(32), "spki_sha256": pairs(32), "subject": TEXT, "issuer": TEXT,
    "san": lambda value: isinstance(value, list) and all(map(TEXT, value)),
    "not_before": TIME, "not_after": TIME, "self_signed": BOOL,
}  # fmt: skip

# Each object: the keys it always has, and those it may have.
OBJECTS = {
    "result": (
        {"host": TEXT, "port": number(1, 65535), "check": TEXT, "state": words(*STATES), "reason": TEXT,
         "duration_us": number(0)},
        {"role": words(*ROLES), "address": ADDRESS, "family": words(4, 6), "documented_port": number(1, 65535),
         "purpose": TEXT, "severity": words("blocker", "warning"), "rtt_us": number(1), "syn_retransmits": number(1),
         "icmp": "icmp", "service": "service", "tls": "tls", "certificate": "certificate", "trust": "trust",
         "ca": "ca"},
    ),
    "icmp": ({"type": number(0, 255), "code": number(0, 255), "from": ADDRESS}, {}),
    "service": (
        {"state": words("serving", "failing", "unknown")},
        {"reason": words(*SERVICES, "local"), "product": TEXT, "version": TEXT, "build": TEXT, "api_type": TEXT,
         "instance_uuid": TEXT, "features": TEXT, "image": words("present", "absent", "needs-login"),
         "digest": match("sha256:[0-9a-f]{64}"), "http_status": number(100, 599), "detail": TEXT},
    ),
    "tls": (
        {}, {"version": match(r"TLSv1(\.[123])?"), "cipher": TEXT, "alert": number(0, 255),
             "client_certificate_requested": words(True)},
    ),
    "certificate": (CERTIFICATE, {"key": TEXT, "signature": TEXT}),
    "trust": (
        {"state": words(*TRUSTS)},
        {"reason": TEXT, "chain": TEXT, "name": words("ok", "mismatch"),
         "validity": words("ok", "expired", "not-yet-valid", "expiring"), "pin": words("match", "mismatch")},
    ),
    "ca": ({"sha256": pairs(32), "subject": TEXT, "not_after": TIME, "verifies": BOOL}, {}),
}  # fmt: skip


def complaints(kind, value, where):
    """What is wrong with one object, a sentence each."""
    if not isinstance(value, dict):
        return [f"{where} is no object: {value!r}"]
    always, maybe = OBJECTS[kind]
    found = [f"{where} has no {key}" for key in always if key not in value]
    for key, part in value.items():
        rule = always.get(key) or maybe.get(key)
        if rule is None:
            found.append(f"{where} has the unknown key {key}")
        elif isinstance(rule, str):
            found += complaints(rule, part, f"{where}.{key}")
        elif not rule(part):
            found.append(f"{where}.{key} is {part!r}")
    return found


def contradictions(result, where):
    """Keys of one result that cannot stand together."""
    state, service, keys = result["state"], result.get("service", {}), result.keys()
    rules = {
        "reason is of another state": result["reason"] not in STATES.get(state, ()),
        "address and family come together": ("address" in keys) != ("family" in keys),
        "an unresolved name has no address": "address" in keys and state == "unresolved",
        "what was tried has an address": "address" not in keys and state not in ("unresolved", "unknown"),
        "family is that of the address": "family" in keys and (result["family"] == 6) != (":" in result["address"]),
        "only an open port has a service": state != "open" and bool({"service", "tls", "certificate"} & keys),
        "an open port has a round-trip time": state == "open" and "rtt_us" not in keys,
        "trust needs a certificate": ("trust" in keys) != ("certificate" in keys),
        "a failing service has a reason": (service.get("state") == "failing") != (service.get("reason") in SERVICES),
        "an alert is told with its number": service.get("reason") == "tls-alert" and "alert" not in result["tls"],
        "the documented port is another": result.get("documented_port") == result["port"],
    }
    return [f"{where}: {rule}" for rule, broken in rules.items() if broken]


def check(document):
    """Fails with everything that is wrong with the document; returns its results."""
    assert set(document) == {"results"}, f"keys {sorted(document)}"
    wrong = []
    for i, result in enumerate(document["results"]):
        where = f"results[{i}]"
        found = complaints("result", result, where)
        wrong += found or contradictions(result, where)
    assert not wrong, "\n".join(wrong)
    return document["results"]
