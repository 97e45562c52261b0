# SPDX-License-Identifier: Apache-2.0
"""What the image is made of, as an SPDX 2.3 document in JSON."""

import hashlib
import json
import re
import urllib.parse


def spdx_id(name):
    return "SPDXRef-Package-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)


def debian(package, distribution):
    where = f"arch={package.architecture}&distro={distribution}"
    purl = f"pkg:deb/debian/{package.name}@{urllib.parse.quote(package.version, safe='')}?{where}"
    source = package.source.split(" ")[0]
    return {
        "SPDXID": spdx_id(package.name),
        "name": package.name,
        "versionInfo": package.version,
        "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "checksums": [{"algorithm": "SHA256", "checksumValue": package.sha256}],
        "sourceInfo": f"built from the Debian source package {source}",
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "comment": f"licences: /usr/share/doc/{package.name}/copyright in the image",
        "externalRefs": [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}
        ],
    }


def ours(version, revision):
    return {
        "SPDXID": spdx_id("banksman"),
        "name": "banksman",
        "versionInfo": version,
        "supplier": "NOASSERTION",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "sourceInfo": f"revision {revision}",
        "licenseConcluded": "Apache-2.0",
        "licenseDeclared": "Apache-2.0",
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "APPLICATION",
    }


def document(packages, version, revision, distribution, created):
    listed = [ours(version, revision)] + [debian(p, distribution) for p in packages]
    relations = [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": spdx_id("banksman")}]
    relations += [
        {"spdxElementId": spdx_id("banksman"), "relationshipType": "DEPENDS_ON", "relatedSpdxElement": spdx_id(p.name)}
        for p in packages
    ]
    # The same content has the same name.
    name = hashlib.sha256(json.dumps([listed, created], sort_keys=True).encode()).hexdigest()
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"banksman-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/banksman-{version}-{name}",
        "creationInfo": {"created": created, "creators": ["Tool: banksman-image"]},
        "packages": listed,
        "relationships": relations,
    }
