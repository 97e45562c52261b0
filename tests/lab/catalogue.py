# SPDX-License-Identifier: Apache-2.0
"""Every simulated host: what it serves on which documented port, and what a prober should find.

The expectations use the words of banksman's own output: state and reason of the port, service
(the reason when it is not "serving") and trust, judged against the bundle of the lab.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace

from lab import dialects, faults
from lab.dialects import authd, engine, imageio, serve, vim
from lab.peers import (Application, Behaviour, Conn, Response, banner, fixed, hold,
                       server_context, tls)
from lab.pki import HOSTS, Pki

TLS10, TLS11 = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3

Maker = Callable[[Pki], Behaviour]
Expectation = dict[str, object]


@dataclass(frozen=True)
class Service:
    """One documented port of a host; without a maker it is closed."""

    documented: int
    make: Maker | None
    expect: Expectation


@dataclass(frozen=True)
class Host:
    """One simulated host."""

    name: str
    role: str
    services: tuple[Service, ...]


# Expectations


def serving(trust: str = "trusted", **more: object) -> Expectation:
    """The port is open and its service answers."""
    return {"state": "open", "reason": "ok", "service": "serving", "trust": trust, **more}


def failing(service: str, **more: object) -> Expectation:
    """The port is open but its service fails so."""
    return {"state": "open", "reason": "ok", "service": service, **more}


def closed(reason: str = "refused") -> Expectation:
    """The port is closed."""
    return {"state": "closed", "reason": reason}


# Makers: each waits for the certificates


def context(pki: Pki, name: str, minimum: ssl.TLSVersion = TLS10,
            maximum: ssl.TLSVersion = TLS13) -> ssl.SSLContext:
    """A TLS server with the certificate of that name."""
    return server_context(pki.chain(name), pki.key(name), minimum, maximum)


def always(behaviour: Behaviour) -> Maker:
    """A peer that needs no certificate."""
    return lambda pki: behaviour


def web(application: Application, certificate: str = "rsa",
        minimum: ssl.TLSVersion = TLS10, maximum: ssl.TLSVersion = TLS13) -> Maker:
    """HTTP over TLS."""
    return lambda pki: serve(context(pki, certificate, minimum, maximum), application)


def authd_of(certificate: str, line: bytes = dialects.AUTHD_BANNER) -> Maker:
    """ESXi's port 902."""
    return lambda pki: authd(context(pki, certificate), line)


def engine_of(certificate: str, health: Response = dialects.HEALTHY) -> Maker:
    """An oVirt engine that publishes the engine CA."""
    def make(pki: Pki) -> Behaviour:
        application = engine(pki.certificate("engine-ca"), pki.certificate(certificate), health)
        return serve(context(pki, certificate), application)
    return make


def engine_talking(talk: Callable[[Application], Behaviour]) -> Maker:
    """An oVirt engine that talks HTTP in its own way."""
    def make(pki: Pki) -> Behaviour:
        application = engine(pki.certificate("engine-ca"), pki.certificate("ovirt-host"))
        return tls(context(pki, "ovirt-host"), talk(application))
    return make


def engine_ending(end: Behaviour) -> Maker:
    """An oVirt engine that ends every connection so after one reply."""
    return engine_talking(lambda application: faults.one_request(application, end))


def after_request(inner: Behaviour) -> Maker:
    """TLS that serves well, and then this instead of an HTTP response."""
    return lambda pki: faults.after_request(context(pki, "rsa"), inner)


def client_certificate(version: ssl.TLSVersion) -> Maker:
    """A vCenter that wants to see a client certificate."""
    def make(pki: Pki) -> Behaviour:
        strict = faults.client_certificate_required(context(pki, "rsa", version, version),
                                                    pki.certificate("root"))
        return serve(strict, vim(dialects.VCENTER))
    return make


def by_name(pki: Pki) -> Behaviour:
    """A vCenter whose right certificate is shown only to who asks for its name."""
    names = ("sni.lab.test", "sni.v6.lab.test")
    default = faults.by_name(context(pki, "wrong-name"), names, context(pki, "sni"))
    return serve(default, vim(dialects.VCENTER))


# The demo


def esxi(name: str, authd_service: Service, trust: str = "trusted") -> Host:
    """An ESXi host with its own certificate on 443, and this on 902."""
    api = Service(443, web(vim(dialects.ESXI), name), serving(trust))
    return Host(name, "esxi", (api, authd_service))


def healthy_authd(name: str, line: bytes = dialects.AUTHD_BANNER,
                  trust: str = "trusted") -> Service:
    """Port 902 of a healthy ESXi host."""
    return Service(902, authd_of(name, line), serving(trust))


def kvm(name: str, trust: str) -> Host:
    """An oVirt host."""
    return Host(name, "ovirt-host", (
        Service(443, web(fixed(404), name), serving(trust)),
        Service(54322, web(imageio(), name), serving(trust))))


DEMO = (
    Host("vcenter", "vcenter",
         (Service(443, web(vim(dialects.VCENTER), "vcenter"), serving()),)),
    esxi("esx01", healthy_authd("esx01")),
    esxi("esx02", healthy_authd("esx02", dialects.AUTHD_BANNER_SHA256)),
    esxi("esx03", Service(902, None, closed())),
    esxi("esx04", Service(902, always(hold), failing("banner-timeout"))),
    esxi("esx05", healthy_authd("esx05", trust="expired"), trust="expired"),
    Host("engine", "ovirt-engine", (Service(443, engine_of("engine"), serving()),)),
    kvm("kvm01", "trusted"),
    kvm("kvm02", "untrusted"),
)


# The fault matrix


def https(name: str, make: Maker | None, expect: Expectation, role: str = "vcenter") -> Host:
    """A host with one fault on port 443."""
    return Host(name, role, (Service(443, make, expect),))


def vcenter(name: str, certificate: str, expect: Expectation, minimum: ssl.TLSVersion = TLS10,
            maximum: ssl.TLSVersion = TLS13) -> Host:
    """A vCenter that serves well with this certificate and these versions of TLS."""
    return https(name, web(vim(dialects.VCENTER), certificate, minimum, maximum), expect)


def soap(name: str, response: Response, expect: Expectation) -> Host:
    """A vCenter that answers every request so."""
    return https(name, web(lambda request: response), expect)


def port902(name: str, make: Maker | None, expect: Expectation) -> Host:
    """An ESXi host that is healthy on 443, and this on 902."""
    return Host(name, "esxi", (Service(443, web(vim(dialects.ESXI)), serving()),
                               Service(902, make, expect)))


def authd_says(name: str, data: bytes, end: Behaviour, service: str) -> Host:
    """An ESXi host whose 902 says this and ends so."""
    return port902(name, always(banner(data, end)), failing(service))


def port54322(name: str, make: Maker, expect: Expectation) -> Host:
    """An oVirt host with this on 54322."""
    return Host(name, "ovirt-host", (Service(54322, make, expect),))


def hello_answer(name: str, data: bytes, end: Behaviour, service: str) -> Host:
    """A server that answers the ClientHello with these bytes and ends so."""
    return https(name, always(faults.tls_answer(data, end)), failing(service))


# A client that has sent its ClientHello cannot tell the two resets apart.
TCP_FAULTS = (
    https("closed", None, closed()),
    https("silent", always(hold), failing("tls-timeout")),
    https("accept-reset", always(faults.reset), closed("reset")),
    https("accept-fin", always(faults.fin), failing("tls-closed")),
    https("half-close", always(faults.half_close), failing("tls-closed")),
    https("reset-after-hello", always(faults.reset_after_hello), closed("reset")),
)

AUTHD_DRIP = faults.single_bytes(dialects.AUTHD_BANNER)

BANNER_FAULTS = (
    port902("authd-closed", None, closed()),
    port902("authd-silent", always(hold), failing("banner-timeout")),
    port902("authd-reset", always(faults.reset), closed("reset")),
    port902("authd-fin", always(faults.fin), failing("banner-closed")),
    port902("authd-half-close", always(faults.half_close), failing("banner-closed")),
    port902("authd-drip", always(faults.drip(AUTHD_DRIP, hold)), failing("banner-timeout")),
    port902("authd-late", lambda pki: faults.late(30, authd(context(pki, "rsa"))),
            failing("banner-timeout")),
    port902("authd-endless", always(faults.endless(b"220")), failing("banner-mismatch")),
    authd_says("authd-ssh", faults.SSH_BANNER, hold, "banner-mismatch"),
    authd_says("authd-smtp", faults.SMTP_BANNER, hold, "banner-mismatch"),
    authd_says("authd-busy", faults.AUTHD_BUSY, Conn.close, "banner-mismatch"),
    authd_says("authd-binary", faults.NOISE, hold, "banner-mismatch"),
    authd_says("authd-cut", dialects.AUTHD_BANNER[:20], Conn.close, "banner-closed"),
    authd_says("authd-no-tls", dialects.AUTHD_BANNER, hold, "tls-timeout"),
    authd_says("authd-then-fin", dialects.AUTHD_BANNER, Conn.half_close, "tls-closed"),
    authd_says("authd-tls-alert", dialects.AUTHD_BANNER, faults.tls_alert(80), "tls-alert"),
    authd_says("authd-plain", dialects.AUTHD_BANNER,
               faults.tls_answer(b"500 Unknown command\r\n", hold), "not-tls"),
    port902("authd-byte-by-byte",
            lambda pki: faults.drip(AUTHD_DRIP, tls(context(pki, "rsa"), hold),
                                    faults.QUICK_SECONDS), serving()),
    port902("authd-sha256", authd_of("rsa", dialects.AUTHD_BANNER_SHA256), serving()),
    port902("authd-other-certificate", authd_of("other"),
            serving("fingerprint-mismatch", certificate="other")),
)

TLS_FAULTS = (
    https("plain-http", always(faults.plain_http(vim(dialects.VCENTER))), failing("not-tls")),
    *(https(f"tls-alert-{number}", always(faults.tls_alert(number)),
            failing("tls-alert", alert=number)) for number in (40, 70, 80, 112)),
    hello_answer("tls-noise", faults.NOISE, hold, "not-tls"),
    hello_answer("tls-garbage", faults.GARBAGE_RECORD, hold, "tls-error"),
    hello_answer("tls-truncated", faults.TRUNCATED_HELLO, Conn.close, "tls-closed"),
    hello_answer("tls-stalled", faults.TRUNCATED_HELLO, hold, "tls-timeout"),
    hello_answer("tls-silent", b"", hold, "tls-timeout"),
    https("tls-drip", lambda pki: faults.dripping_tls(context(pki, "rsa")),
          failing("tls-timeout")),
    https("tls-huge-certificate", lambda pki: faults.huge_certificate(pki.certificate("rsa")),
          failing("tls-error")),
    https("tls-hello-requests", always(faults.hello_requests), failing("tls-timeout")),
    https("client-certificate-tls12", client_certificate(TLS12),
          failing("tls-alert", alert=40, certificate="rsa")),
    https("client-certificate-tls13", client_certificate(TLS13),
          failing("tls-alert", alert=116, certificate="rsa")),
)

CERTIFICATES = (
    vcenter("tls10", "rsa", serving(tls="TLSv1"), maximum=TLS10),
    vcenter("tls11", "rsa", serving(tls="TLSv1.1"), TLS11, TLS11),
    vcenter("tls12", "rsa", serving(tls="TLSv1.2"), TLS12, TLS12),
    vcenter("tls13", "rsa", serving(tls="TLSv1.3"), TLS13, TLS13),
    vcenter("rsa", "rsa", serving()),
    vcenter("ecdsa", "ecdsa", serving()),
    vcenter("rsa1024-sha1", "rsa1024-sha1", serving()),
    vcenter("expired", "expired", serving("expired")),
    vcenter("not-yet-valid", "not-yet-valid", serving("not-yet-valid")),
    vcenter("self-signed", "self-signed", serving("untrusted")),
    vcenter("untrusted", "untrusted", serving("untrusted")),
    vcenter("wrong-name", "wrong-name", serving("name-mismatch")),
    vcenter("deep-chain", "deep-chain", serving()),
    vcenter("large-certificate", "large", serving()),
    https("sni", by_name, serving(certificate="sni")),
)

XML = {"Content-Type": dialects.XML}
HTML = {"Content-Type": "text/html"}

HTTP_FAULTS = (
    https("http-silent", after_request(hold), failing("http-timeout")),
    https("http-closed", after_request(Conn.close), failing("http-closed")),
    https("http-dropped", after_request(faults.half_close), failing("http-closed")),
    https("http-reset", after_request(faults.reset), failing("http-closed")),
    https("http-drip",
          after_request(faults.drip(faults.single_bytes(faults.HEAD * 2), hold)),
          failing("http-timeout")),
    https("http-endless-body", after_request(faults.ENDLESS_BODY), failing("http-too-large")),
    https("http-endless-chunks", after_request(faults.ENDLESS_CHUNKS),
          failing("http-too-large")),
    https("http-endless-headers", after_request(faults.ENDLESS_HEADERS),
          failing("http-too-large")),
    https("http-endless-continue", after_request(faults.ENDLESS_CONTINUE),
          failing("http-too-large")),
    https("http-not-http", after_request(faults.NOT_HTTP), failing("http-invalid")),
    soap("soap-fault", Response(500, dialects.soap_fault("Internal error"), XML),
         failing("http-status", status=500)),
    soap("http-503", Response(503, b"no healthy upstream"), failing("not-ready", status=503)),
    soap("http-404", Response(404), failing("wrong-product", status=404)),
    soap("http-redirect", Response(302, headers={"Location": "https://elsewhere.lab.test/"}),
         failing("http-status", status=302)),
    soap("http-html", Response(200, b"<html><body>It works!</body></html>", HTML),
         failing("wrong-product")),
    soap("http-empty", Response(200, b"", XML), failing("wrong-product")),
    soap("xml-laughs", Response(200, faults.LAUGHS, XML), failing("wrong-product")),
    soap("xml-cut", Response(200, dialects.service_content(dialects.VCENTER)[:400], XML),
         failing("wrong-product")),
    soap("esxi-for-vcenter", Response(200, dialects.service_content(dialects.ESXI), XML),
         failing("wrong-product")),
    https("vcenter-for-esxi", web(vim(dialects.VCENTER)), failing("wrong-product"), "esxi"),
    soap("vcenter-large-reply",
         Response(200, dialects.large_service_content(dialects.VCENTER), XML), serving()),
    https("old-vcenter", web(vim(dialects.OLD_VCENTER)), failing("wrong-version")),
)

LAST_HEALTHY = replace(dialects.HEALTHY, close=True)
CA_PATH = "/ovirt-engine/services/pki-resource"

OVIRT_FAULTS = (
    https("engine-connection-close", engine_of("ovirt-host", LAST_HEALTHY), serving(),
          "ovirt-engine"),
    https("engine-idle-close", engine_ending(Conn.close), serving(), "ovirt-engine"),
    https("engine-idle-fin", engine_ending(Conn.half_close), serving(), "ovirt-engine"),
    https("engine-idle-reset", engine_ending(faults.reset_at_request), serving(),
          "ovirt-engine"),
    https("engine-hangs-up",
          engine_talking(lambda application: faults.hangs_up_on(application, CA_PATH)),
          failing("http-closed"), "ovirt-engine"),
    https("engine-db-down", engine_of("ovirt-host", dialects.DB_DOWN),
          failing("not-ready", status=500), "ovirt-engine"),
    https("engine-starting", engine_of("ovirt-host", dialects.STARTING),
          failing("not-ready", status=503), "ovirt-engine"),
    https("engine-third-party", engine_of("untrusted"), serving("untrusted"), "ovirt-engine"),
    https("engine-absent", web(fixed(404)), failing("wrong-product", status=404), "ovirt-engine"),
    port54322("imageio", web(imageio(), "ovirt-host"), serving()),
    port54322("imageio-wrong-ca", web(imageio(), "untrusted"), serving("untrusted")),
    port54322("imageio-other", web(fixed(404, Server="nginx"), "ovirt-host"),
              failing("wrong-product")),
)

FAULTS = TCP_FAULTS + BANNER_FAULTS + TLS_FAULTS + CERTIFICATES + HTTP_FAULTS + OVIRT_FAULTS

SETS = {"demo": DEMO, "faults": FAULTS}


def addresses() -> dict[str, str]:
    """The IPv4 loopback address of every host."""
    numbered = {host.name: f"127.0.20.{i}" for i, host in enumerate(FAULTS, 1)}
    return {**numbered, **HOSTS}
