# SPDX-License-Identifier: Apache-2.0
"""The well-behaved servers: vCenter, ESXi, oVirt engine, oVirt host."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from lab.peers import Application, Behaviour, Request, Response, banner, hold, http, tls

AUTHD_BANNER = (b"220 VMware Authentication Daemon Version 1.10: SSL Required, "
                b"ServerDaemonProtocol:SOAP, MKSDisplayProtocol:VNC , VMXARGS supported, "
                b"NFCSSL supported/t\r\n")
AUTHD_BANNER_SHA256 = AUTHD_BANNER.replace(b"/t\r\n", b"/t, SHA256 supported\r\n")

XML = "text/xml; charset=utf-8"


@dataclass(frozen=True)
class About:
    """What a vCenter or an ESXi host says about itself."""

    name: str
    api_type: str
    product_line: str
    os_type: str
    instance_uuid: str = ""
    version: str = "8.0.2"
    build: str = "22385739"


VCENTER = About("VMware vCenter Server", "VirtualCenter", "vpx", "linux-x64",
                instance_uuid="5f7e4d2c-6b1a-4c3d-9e8f-0a1b2c3d4e5f")
ESXI = About("VMware ESXi", "HostAgent", "embeddedEsx", "vmnix-x86", build="22380479")
OLD_VCENTER = replace(VCENTER, version="6.0.0", build="2656757")

ENVELOPE = ('<?xml version="1.0" encoding="UTF-8"?>\n'
            '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
            ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
            "<soapenv:Body>\n{body}\n</soapenv:Body>\n</soapenv:Envelope>")

LARGE_COMMENT = b"<!--" + b"." * 13 * 1024 + b"-->"

SERVICE_CONTENT = (
    '<RetrieveServiceContentResponse xmlns="urn:vim25"><returnval>'
    '<rootFolder type="Folder">group-d1</rootFolder>'
    '<propertyCollector type="PropertyCollector">propertyCollector</propertyCollector>'
    '<about><name>{about.name}</name>'
    "<fullName>{about.name} {about.version} build-{about.build}</fullName>"
    "<vendor>VMware, Inc.</vendor><version>{about.version}</version>"
    "<build>{about.build}</build><localeVersion>INTL</localeVersion>"
    "<localeBuild>000</localeBuild><osType>{about.os_type}</osType>"
    "<productLineId>{about.product_line}</productLineId><apiType>{about.api_type}</apiType>"
    "<apiVersion>{about.version}.0</apiVersion>{instance}"
    "<licenseProductName>{about.name}</licenseProductName>"
    "<licenseProductVersion>8.0</licenseProductVersion></about>"
    '<sessionManager type="SessionManager">SessionManager</sessionManager>'
    "</returnval></RetrieveServiceContentResponse>")

SOAP_FAULT = ("<soapenv:Fault><faultcode>ServerFaultCode</faultcode>"
              "<faultstring>{text}</faultstring></soapenv:Fault>")

SERVICE_VERSIONS = ('<?xml version="1.0" encoding="UTF-8" ?>\n<namespaces version="1.0">'
                    "<namespace><name>urn:vim25</name><version>{about.version}.0</version>"
                    "<priorVersions><version>6.5</version></priorVersions>"
                    "</namespace></namespaces>")


def service_content(about: About) -> bytes:
    """The answer to RetrieveServiceContent."""
    instance = ""
    if about.instance_uuid:
        instance = f"<instanceUuid>{about.instance_uuid}</instanceUuid>"
    body = SERVICE_CONTENT.format(about=about, instance=instance)
    return ENVELOPE.format(body=body).encode()


def large_service_content(about: About) -> bytes:
    """The same with so much more in it that it fills most of a TLS record."""
    return service_content(about).replace(b"<about>", LARGE_COMMENT + b"<about>")


def soap_fault(text: str) -> bytes:
    """A SOAP fault."""
    return ENVELOPE.format(body=SOAP_FAULT.format(text=text)).encode()


def vim(about: About) -> Application:
    """The vSphere API as far as it answers without a login."""
    content = Response(200, service_content(about), {"Content-Type": XML})
    fault = Response(500, soap_fault("The session is not authenticated."), {"Content-Type": XML})
    versions = Response(200, SERVICE_VERSIONS.format(about=about).encode(),
                        {"Content-Type": "text/xml"})

    def answer(request: Request) -> Response:
        path = urlsplit(request.path).path.rstrip("/")
        if request.method == "GET" and path == "/sdk/vimServiceVersions.xml":
            return versions
        if request.method != "POST" or path != "/sdk":
            return Response(404)
        return content if b"RetrieveServiceContent" in request.body else fault
    return answer


def authd(context: ssl.SSLContext, line: bytes = AUTHD_BANNER) -> Behaviour:
    """ESXi's port 902: the banner, then TLS on the same socket."""
    return banner(line, tls(context, hold))


HEALTHY = Response(200, b"DB Up!Welcome to Health Status!", {"Content-Type": "text/html"})
DB_DOWN = Response(500, b"DB Down!", {"Content-Type": "text/html"})
STARTING = Response(503, b"<html><body>Service Unavailable</body></html>",
                    {"Content-Type": "text/html"})

PKI_TYPES = {"X509-PEM-CA": "application/x-x509-ca-cert", "X509-PEM": "application/x-x509-cert"}


def _pki_resource(certificates: Mapping[str, bytes], query: str) -> Response:
    parameters = parse_qs(query)
    resource = parameters.get("resource", [""])[0]
    kind = parameters.get("format", ["X509-PEM"])[0]
    if resource not in certificates or kind not in PKI_TYPES:
        return Response(400)
    return Response(200, certificates[resource], {"Content-Type": PKI_TYPES[kind]})


def engine(ca: Path, certificate: Path, health: Response = HEALTHY) -> Application:
    """The oVirt engine's paths that need no login."""
    certificates = {"ca-certificate": ca.read_bytes(),
                    "qemu-ca-certificate": ca.read_bytes(),
                    "engine-certificate": certificate.read_bytes()}

    def answer(request: Request) -> Response:
        url = urlsplit(request.path)
        if health is STARTING:
            return STARTING
        if url.path == "/ovirt-engine/services/health":
            return health
        if url.path == "/ovirt-engine/services/pki-resource":
            return _pki_resource(certificates, url.query)
        if url.path.startswith("/ovirt-engine/api"):
            return Response(401, headers={"WWW-Authenticate": 'Basic realm="RESTAPI"'})
        return Response(404)
    return answer


def imageio(version: str = "2.5.0") -> Application:
    """The ovirt-imageio daemon of an oVirt host, without a ticket."""
    server = {"server": f"imageio/{version}"}
    json_type = {**server, "Content-Type": "application/json"}
    info = Response(200, b'{"version": "%s"}' % version.encode(), json_type)
    options = Response(200, b'{"features": ["checksum", "extents", "flush", "zero"], '
                            b'"unix_socket": "/run/ovirt-imageio/sock"}',
                       {**json_type, "Allow": "OPTIONS,GET,PUT,PATCH"})
    no_ticket = Response(403, b"No such ticket\n", {**server, "Content-Type": "text/plain"})
    no_path = Response(404, b"No handler for this path\n",
                       {**server, "Content-Type": "text/plain"})

    def answer(request: Request) -> Response:
        if request.path == "/info/" and request.method == "GET":
            return info
        if request.path == "/images/*" and request.method == "OPTIONS":
            return options
        return no_ticket if request.path.startswith("/images/") else no_path
    return answer


def serve(context: ssl.SSLContext, application: Application) -> Behaviour:
    """HTTP over TLS."""
    return tls(context, http(application))
