# SPDX-License-Identifier: Apache-2.0
"""What the image holds, without running it."""

import hashlib
import json
import os
import shutil
import tarfile

import jsonschema
import pytest

from conftest import ROOT
from making import make

SCHEMA = ROOT / "tests" / "deploy" / "schemas" / "spdx-2.3.json"


def text(made, path):
    with tarfile.open(made / "root.tar") as tar:
        return tar.extractfile(path).read().decode()


class Image:
    def __init__(self, path):
        with tarfile.open(path) as tar:
            self.files = {m.name: tar.extractfile(m).read() for m in tar}
        (self.entry,) = json.loads(self.files["index.json"])["manifests"]
        self.manifest = json.loads(self.blob(self.entry))
        self.config = json.loads(self.blob(self.manifest["config"]))

    def blob(self, descriptor):
        algorithm, value = descriptor["digest"].split(":")
        data = self.files[f"blobs/{algorithm}/{value}"]
        assert hashlib.sha256(data).hexdigest() == value and len(data) == descriptor["size"]
        return data


@pytest.fixture(scope="module")
def image(made):
    return Image(made / "banksman.tar")


def test_the_archive_is_whole(image, made):
    assert json.loads(image.files["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
    assert image.entry["digest"] == (made / "digest").read_text().strip()
    (layer,) = image.manifest["layers"]
    image.blob(layer)
    (diff,) = image.config["rootfs"]["diff_ids"]
    assert diff == "sha256:" + hashlib.sha256((made / "root.tar").read_bytes()).hexdigest()


def test_it_is_made_the_same_twice(made, tmp_path):
    """Also from programs elsewhere, with other times."""
    for name in ("banksman", "banksmand", "history-folder"):
        shutil.copy(made.parent / name, tmp_path / name)
        os.utime(tmp_path / name, (1, 1))
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "debs").symlink_to(made / "debs")
    done = make(tmp_path / "out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "digest").read_text() == (made / "digest").read_text()
    assert (tmp_path / "out" / "banksman.tar").read_bytes() == (made / "banksman.tar").read_bytes()


def test_it_begins_as_nobody_in_particular(image):
    config = image.config["config"]
    assert config["User"] == "65532"
    assert config["Entrypoint"] == ["/usr/bin/banksmand"] and "Cmd" not in config
    labels = config["Labels"]
    for key in ("title", "description", "version", "revision", "created", "licenses"):
        assert labels[f"org.opencontainers.image.{key}"]
    assert {"name", "version", "summary", "io.k8s.display-name", "io.k8s.description"} <= set(labels)


def test_there_is_no_shell_and_no_other_program(root):
    programs = {p for p, m in root.items() if m.isreg() and m.mode & 0o111 and not p.startswith("usr/lib/")}
    assert programs == {"usr/bin/banksman", "usr/bin/banksmand", "usr/libexec/banksman/history-folder"}


def test_nothing_gives_rights_away(root):
    for path, m in root.items():
        assert not m.mode & 0o6000, f"{path} is set-id"
        assert path == "tmp" or m.issym() or not m.mode & 0o002, f"{path}: anybody may write"
        assert m.mode & 0o020 == 0 or m.issym() or path in ("tmp", "run/banksman", "var/lib/banksman"), path
    for folder in ("run/banksman", "var/lib/banksman"):
        # Ours, and of the group that a user has whom OpenShift assigns.
        assert (root[folder].uid, root[folder].gid, root[folder].mode) == (65532, 0, 0o775)


def test_all_is_of_one_time_and_in_order(root):
    assert len({m.mtime for m in root.values()}) == 1
    assert list(root) == sorted(root)


def test_links_lead_somewhere(root):
    def real(path):
        """The path with the links of its first folder resolved, as /lib is one to usr/lib."""
        first, _, rest = path.partition("/")
        return os.path.normpath(f"{root[first].linkname}/{rest}") if first in root and root[first].issym() and rest else path

    for path, m in root.items():
        if m.issym():
            # An absolute link is one from the root of the image.
            target = os.path.normpath(os.path.join("/", os.path.dirname(path), m.linkname)).lstrip("/")
            assert real(target) in root, f"{path} -> {m.linkname}"


def test_whom_to_believe_is_there(made, root):
    assert text(made, "etc/ssl/certs/ca-certificates.crt").count("BEGIN CERTIFICATE") > 50
    assert root["usr/lib/ssl/cert.pem"].linkname == "/etc/ssl/certs/ca-certificates.crt"


def test_every_package_shows_its_licence_and_its_version(made, root):
    names = [p.rpartition("/")[2] for p in root if p.startswith("var/lib/dpkg/status.d/")]
    assert {"libc6", "libssl3", "libsqlite3-0", "base-files", "ca-certificates"} <= set(names)
    for name in names:
        doc = f"usr/share/doc/{name}"
        at = f"usr/share/doc/{root[doc].linkname}" if root[doc].issym() else doc
        assert f"{at}/copyright" in root, name
        assert text(made, f"var/lib/dpkg/status.d/{name}").startswith(f"Package: {name}\n")


def test_the_bill_of_materials_is_spdx_and_complete(made, root):
    bill = json.loads((made / "banksman.spdx.json").read_text())
    schema = json.loads(SCHEMA.read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.validate(bill, schema, cls=jsonschema.Draft7Validator)
    assert bill == json.loads(text(made, "usr/share/sbom/banksman.spdx.json"))
    ids = [p["SPDXID"] for p in bill["packages"]]
    assert len(set(ids)) == len(ids)
    listed = {p["name"] for p in bill["packages"]}
    assert listed == {"banksman"} | {p.rpartition("/")[2] for p in root if p.startswith("var/lib/dpkg/status.d/")}
    for r in bill["relationships"]:
        assert {r["spdxElementId"], r["relatedSpdxElement"]} <= {*ids, "SPDXRef-DOCUMENT"}


def test_every_deb_is_the_one_that_is_listed(made):
    bill = json.loads((made / "banksman.spdx.json").read_text())
    there = {hashlib.sha256(p.read_bytes()).hexdigest() for p in (made / "debs").resolve().glob("*.deb")}
    assert {c["checksumValue"] for p in bill["packages"] for c in p.get("checksums", [])} <= there
