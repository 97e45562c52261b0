# SPDX-License-Identifier: Apache-2.0
"""The image's files, and the one layer that they become: the same bytes each time."""

import io
import tarfile

# /bin, /lib and their like are links into /usr, as Debian has them.
MERGED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")


class Tree:
    def __init__(self, epoch):
        self.epoch = epoch
        self.entries = {}

    def _add(self, path, kind, mode, content=b"", link="", uid=0, gid=0):
        first, _, rest = path.partition("/")
        if first in MERGED and rest:
            path = f"usr/{path}"
        entry = (kind, mode, content, link, uid, gid)
        if self.entries.setdefault(path, entry) != entry:
            raise ValueError(f"{path} is there twice, and not the same")

    def file(self, path, content, mode=0o644):
        self._add(path, tarfile.REGTYPE, mode, content.encode() if isinstance(content, str) else content)

    def link(self, path, target):
        self._add(path, tarfile.SYMTYPE, 0o777, link=target)

    def folder(self, path, mode=0o755, uid=0, gid=0):
        self._add(path, tarfile.DIRTYPE, mode, uid=uid, gid=gid)

    def member(self, path, member, content):
        """A file or link of a package; hard links are of no package that we use."""
        if member.isreg():
            self.file(path, content, member.mode & 0o755)
        elif member.issym():
            self.link(path, member.linkname)
        else:
            raise ValueError(f"{path}: neither a file nor a symbolic link")

    def _parents(self):
        for path in list(self.entries):
            while "/" in path:
                path = path.rpartition("/")[0]
                self.entries.setdefault(path, (tarfile.DIRTYPE, 0o755, b"", "", 0, 0))
        for name in MERGED:
            if f"usr/{name}" in self.entries:
                self.link(name, f"usr/{name}")

    def layer(self):
        """A tar archive: sorted, all of one time, with owners by number."""
        self._parents()
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
            for path in sorted(self.entries):
                kind, mode, content, link, uid, gid = self.entries[path]
                info = tarfile.TarInfo(path)
                info.type, info.mode, info.linkname, info.uid, info.gid = kind, mode, link, uid, gid
                info.mtime, info.size = self.epoch, len(content)
                tar.addfile(info, io.BytesIO(content))
        return out.getvalue()
