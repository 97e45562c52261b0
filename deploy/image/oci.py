# SPDX-License-Identifier: Apache-2.0
"""An image of one layer in the OCI image format, as an archive that podman, skopeo and buildah read."""

import gzip
import hashlib
import io
import json
import tarfile

ARCHITECTURES = {"amd64": "amd64", "arm64": "arm64", "ppc64el": "ppc64le", "s390x": "s390x"}


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def compact(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


class Archive:
    def __init__(self, epoch):
        self.epoch = epoch
        self.files = {"oci-layout": compact({"imageLayoutVersion": "1.0.0"})}

    def blob(self, media, data):
        self.files["blobs/" + digest(data).replace(":", "/")] = data
        return {"mediaType": f"application/vnd.oci.image.{media}", "digest": digest(data), "size": len(data)}

    def write(self, path):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
            for name in sorted(self.files):
                info = tarfile.TarInfo(name)
                info.size, info.mtime, info.mode = len(self.files[name]), self.epoch, 0o644
                tar.addfile(info, io.BytesIO(self.files[name]))
        path.write_bytes(out.getvalue())


def write(path, layer, config, architecture, labels, name, created, epoch):
    """Writes the archive; returns the digest of the image's manifest."""
    archive = Archive(epoch)
    blob = archive.blob("layer.v1.tar+gzip", gzip.compress(layer, 6, mtime=0))
    whole = {
        "architecture": ARCHITECTURES.get(architecture, architecture),
        "os": "linux",
        "created": created,
        "config": {**config, "Labels": labels},
        "rootfs": {"type": "layers", "diff_ids": [digest(layer)]},
        "history": [{"created": created, "created_by": "deploy/image/image.py", "comment": "from Debian packages"}],
    }
    manifest = compact(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": archive.blob("config.v1+json", compact(whole)),
            "layers": [blob],
            "annotations": labels,
        }
    )
    entry = archive.blob("manifest.v1+json", manifest)
    entry["annotations"] = {"org.opencontainers.image.ref.name": name}
    archive.files["index.json"] = compact({"schemaVersion": 2, "manifests": [entry]})
    archive.write(path)
    return entry["digest"]
