# SPDX-License-Identifier: Apache-2.0
"""How the tests name the hosts of the simulated site to banksman, and read what it found."""

import hashlib
import pathlib
import ssl

END = "-----END CERTIFICATE-----\n"


def whole(endpoint):
    """ROLE=HOST:DOCUMENTED=PORT: one port of one host, whatever --port says."""
    return f"{endpoint.role}={endpoint.host}:{endpoint.documented}={endpoint.port}"


def there(endpoint):
    """HOST:PORT, as fingerprint and ca take it."""
    return f"{endpoint.host}:{endpoint.port}"


def numeric(endpoint):
    """ADDRESS:PORT."""
    address = endpoint.address
    return f"[{address}]:{endpoint.port}" if ":" in address else f"{address}:{endpoint.port}"


def by_port(results):
    """The results by host and port; no two may be the same."""
    found = {(r["host"], r["port"]): r for r in results}
    assert len(found) == len(results), "a port was told twice"
    return found


def service(result):
    """The service's reason, or "serving"; None when it was not asked."""
    if "service" not in result:
        return None
    return result["service"].get("reason", result["service"]["state"])


def trust(result):
    """The word of trust; None when no certificate was seen."""
    return result["trust"]["state"] if "trust" in result else None


def pem_digest(path, algorithm="sha256"):
    """The fingerprint of the first certificate in a PEM file, as banksman writes it."""
    der = ssl.PEM_cert_to_DER_cert(pathlib.Path(path).read_text().partition(END)[0] + END)
    digest = hashlib.new(algorithm, der).hexdigest().upper()
    return ":".join(digest[i : i + 2] for i in range(0, len(digest), 2))
