# SPDX-License-Identifier: Apache-2.0
"""An oVirt engine on a real nginx."""

from __future__ import annotations

import shutil
from pathlib import Path

from lab.pki import Pki
from lab.program import Program, bracketed

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")

CONFIG = """\
daemon off;
master_process off;
pid {directory}/nginx.pid;
error_log stderr;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    map "$arg_resource:$arg_format" $pki_file {{
        default "";
        "ca-certificate:" engine-ca.crt;
        "ca-certificate:X509-PEM-CA" engine-ca.crt;
        "engine-certificate:" engine.pem;
        "engine-certificate:X509-PEM" engine.pem;
    }}
    server {{
        listen {listen} ssl;
        ssl_certificate {chain};
        ssl_certificate_key {key};
        ssl_protocols TLSv1.2 TLSv1.3;
        root {pki};
        location / {{ return 404; }}
        location = /ovirt-engine/services/health {{
            default_type text/html;
            return 200 "DB Up!Welcome to Health Status!";
        }}
        location = /ovirt-engine/services/pki-resource {{
            if ($pki_file = "") {{ return 400; }}
            types {{ application/x-x509-ca-cert crt; application/x-x509-cert pem; }}
            rewrite ^ /$pki_file break;
        }}
        location /ovirt-engine/api {{
            add_header WWW-Authenticate 'Basic realm="RESTAPI"' always;
            return 401;
        }}
    }}
}}
"""


def available() -> bool:
    """Whether this machine has nginx."""
    return NGINX is not None


def start_engine(pki: Pki, directory: Path, address: str, port: int) -> Program:
    """Starts the engine; its files go to directory."""
    config = directory / "nginx.conf"
    config.write_text(CONFIG.format(
        directory=directory, listen=bracketed(address, port), pki=pki.directory,
        chain=pki.chain("nginx-engine"), key=pki.key("nginx-engine")))
    argv = [NGINX, "-e", "stderr", "-p", directory, "-c", config]
    return Program(argv, address, port, directory / "nginx.log")
