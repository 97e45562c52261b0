# SPDX-License-Identifier: Apache-2.0
"""Exports and scripts that were made to do harm: an error that says what and where, within bounds, and nothing left."""

import concurrent.futures
import gzip
import io
import json
import os
import signal
import subprocess
import tarfile
import zipfile

import pytest

MIB = 1 << 20
MEMORY_KIB = 1_500_000  # a record of 16 MiB takes most of it


def workbook(sheet):
    """An xlsx of one sheet."""
    names = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "_rels/.rels": f'<Relationships><Relationship Id="a" Type="{names}/officeDocument" Target="w.xml"/></Relationships>',
        "_rels/w.xml.rels": f'<Relationships><Relationship Id="a" Type="{names}/worksheet" Target="s.xml"/></Relationships>',
        "w.xml": '<workbook><sheets><sheet name="vInfo" id="a"/></sheets></workbook>',
        "s.xml": sheet,
    }
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return to.getvalue()


def declared(size):
    """A tar whose only file claims to be that large."""
    entry = tarfile.TarInfo("vmware-vix-disklib-distrib/lib64/libvixDiskLib.so")
    entry.size = size
    return entry.tobuf()


ALIASES = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)
)  # fmt: skip

REFUSED = {
    "deep.json": (b"[" * 200, "line 1, byte 101, in $[0]: nested more than 100 deep"),
    "deep.yaml": (b"a: " + b"[" * 200, "nested deeper than 100"),
    "deep.xml": (b"<a>" * 200, "line 1: nested deeper than 100"),
    "cut.json": (b'[{"id": "vm-1"}, {"id": "v', "in $[1]: the file ends within a value"),
    "cut.xml": (b"<vms><vm id='1'>", "line 1: "),
    "cut.csv": (b'VM,Powerstate\n"web-01,poweredOn\n', "row 2: a quote is never closed"),
    "cut.json.gz": (gzip.compress(b"[]" * 9999)[:-12], "gzip: the file ends within its data"),
    "cut.xlsx": (workbook("<worksheet/>")[:-30], "cut.xlsx: "),
    "nul.json": (b'[{"id": "a\0"}]', "neither JSON, YAML, XML"),
    "late-nul.json": (b'[{"id": "' + b"a" * 5000 + b'\0"}]', "a control character in a string"),
    "large.json": (b'["' + b"a" * (17 * MIB) + b'"]', "in $[0]: a record of more than 16 MiB"),
    "aliases.yaml": (ALIASES.encode(), "a record of more than 16 MiB"),
    "entity.xml": (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "line 1: a document type"),
    "laughs.xml": (b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>', "line 1: a document type"),
    "bomb.json.gz": (gzip.compress(b"[" + b" " * (100 * MIB) + b"]"), "which is refused"),
    "nested.xml.gz": (gzip.compress(b"<a>" * 99 + b"x" * (20 * MIB) + b"</a>" * 99), "more than 16 MiB"),
    "bomb.xlsx": (workbook("<worksheet>" + " " * (70 * MIB) + "</worksheet>"), "unpacks to more than 64 MiB"),
    "gzip-in-gzip.gz": (gzip.compress(gzip.compress(b"[]")), "gzip within gzip is refused"),
}


def bounded(banksman, *args):
    """Runs it; what it said, and no more memory than it may take."""
    done = subprocess.Popen([banksman.binary, *map(str, args)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = done.stderr.read().decode()
    done.stderr.close()
    _, status, used = os.wait4(done.pid, 0)
    done.returncode = os.waitstatus_to_exitcode(status)
    assert used.ru_maxrss < MEMORY_KIB * banksman.slow, f"{used.ru_maxrss} KiB: {said}"
    return done.returncode, said


@pytest.mark.parametrize("name", REFUSED)
def test_file_is_refused_with_its_name_and_place(name, banksman, tmp_path):
    content, why = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(content)
    code, said = bounded(banksman, "check", path)
    assert code == 3 and said.startswith(f"banksman: {path}: ") and why in said and said.count("\n") == 1, said


def test_archive_that_claims_to_be_large_is_read_for_what_it_has(banksman, tmp_path):
    path = tmp_path / "vddk.tar.gz"
    path.write_bytes(gzip.compress(declared(8 << 30) + b"x" * 1024))
    code, said = bounded(banksman, "check", path)
    assert code == 1 and said == "", said  # it is cut off, which is a finding


def test_wrong_types_everywhere_are_findings_or_nothing(banksman, tmp_path):
    odd = [None, True, -1, 1e300, "", "\0", [], {}, [[]], {"a": {}}, "9" * 400, "\ud800"]
    path = tmp_path / "odd.json"
    keys = ("id", "name", "disks", "networks", "host", "uuid", "devices", "nics", "snapshot", "powerState", "guestNetworks", "concerns")
    link = {"selfLink": "providers/vsphere/1/vms/1"}
    path.write_text(json.dumps([{**link, **dict.fromkeys(keys, value)} for value in odd] + odd))
    done = banksman("check", "-o", "json", path)
    assert done.code in (0, 1), done
    assert done.json()["summary"]["machines"]["judged"] > 0


def test_what_a_folder_has_besides_files_is_passed_over(banksman, tmp_path):
    (tmp_path / "vm.json").write_text('[{"id": "vm-1", "selfLink": "providers/vsphere/1/vms/1"}]')
    (tmp_path / "sub").mkdir()
    (tmp_path / "zero").symlink_to("/dev/zero")
    (tmp_path / "self").symlink_to(".")
    os.mkfifo(tmp_path / "fifo")
    assert banksman("check", "-o", "json", tmp_path).json()["summary"]["machines"]["judged"] == 1
    (tmp_path / "loop").symlink_to("loop")
    done = banksman("check", tmp_path)
    assert done.code == 3 and f"{tmp_path}/loop: Too many levels of symbolic links" in done.stderr, done


def test_interrupted_it_leaves_no_file(banksman, tmp_path):
    path = tmp_path / "vm.json"
    path.write_text("[]")
    room = tmp_path / "room"
    room.mkdir()
    for n in range(12):
        done = subprocess.Popen(
            [banksman.binary, "check", path], env={**os.environ, "TMPDIR": room}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            done.wait(0.02 + 0.01 * n)
        except subprocess.TimeoutExpired:
            done.send_signal(signal.SIGINT)
        done.wait(20 * banksman.slow)
        assert list(room.iterdir()) == []


# ---- scripts

RULE = """-- SPDX-License-Identifier: Apache-2.0
-- RULE evil.rule
-- severity: info
-- title: T
-- why: W
-- remedy: R
-- source: the tests
SELECT 'fail', 'vm', NULL, NULL, NULL, 'm' || ({});
"""
IMPORT = """-- SPDX-License-Identifier: Apache-2.0
-- FORMAT evil
-- title: T
-- KIND vm
-- match: {}
{}
"""
A_LOT = "printf('%.*c', {}, 'a')"
SLOW = f"instr({A_LOT.format(30_000_000)}, {A_LOT.format(15_000_000)} || 'b')"
LAUGHS = "WITH a0 (x) AS (SELECT 1)" + "".join(
    f", a{n} (x) AS (SELECT (SELECT x FROM a{n - 1}) + (SELECT x FROM a{n - 1}))" for n in range(1, 40)
)  # fmt: skip

SCRIPTS = {
    "attach": (IMPORT.format("1", "ATTACH '/tmp/x' AS x;"), "evil.sql:6: not authorized"),
    "vacuum": (IMPORT.format("1", "VACUUM INTO '/tmp/x';"), "evil.sql:6: "),
    "pragma": (IMPORT.format("1", "PRAGMA writable_schema = 1;"), "evil.sql:6: not authorized"),
    "finding": (IMPORT.format("1", "DELETE FROM finding;"), "evil.sql:6: not authorized"),
    "breaks out": (
        IMPORT.format("1) /*", "SELECT 1;") + "-- KIND b\n-- match: '*/ THEN 999999 END FROM the_record --'\nSELECT 1;\n",
        "a match in a script is more than an expression",
    ),
    "no format": ("-- KIND a\n-- match: 1\nSELECT 1;\n", "evil.sql:1: a KIND before any FORMAT"),
    "write": (RULE.format("1); DELETE FROM vm WHERE (1"), "evil.sql:8: more than one SELECT"),
    "extension": (RULE.format("load_extension('/tmp/x.so')"), "evil.sql:8: not authorized"),
    "file": (RULE.format("readfile('/etc/passwd')"), "evil.sql:8: "),
    "schema": (RULE.format("SELECT sql FROM sqlite_schema"), "evil.sql:8: "),
    "laughs": (RULE.format(f"{LAUGHS} SELECT x FROM a39"), "rule evil.rule: "),
    "for ever": (
        RULE.format("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n"),
        "evil.sql:8: ran longer than 10 s",
    ),
    "one function": (RULE.format(SLOW), "rule evil.rule: {}/evil.sql:8: runs too long, and cannot be interrupted"),
    "match for ever": (
        IMPORT.format("(SELECT count(*) FROM json_each(body) a, json_each(body) b, json_each(body) c, json_each(body) d)", "SELECT 1;"),
        "in $[0]: ran longer than 10 s",
    ),
    "one match": (IMPORT.format(SLOW, "SELECT 1;"), "the match of a script: runs too long, and cannot be interrupted"),
}


@pytest.fixture(scope="module")
def ends(banksman, tmp_path_factory):
    """How each script ends; at once, as some take all the time there is for them."""
    export = tmp_path_factory.mktemp("export") / "vm.json"
    export.write_text(json.dumps([list(range(2000))]))

    def run(name):
        folder = tmp_path_factory.mktemp("evil")
        (folder / "evil.sql").write_text(SCRIPTS[name][0])
        return folder, *bounded(banksman, "check", "--rules", folder, export)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return dict(zip(SCRIPTS, pool.map(run, SCRIPTS), strict=True))


@pytest.mark.parametrize("name", SCRIPTS)
def test_script_reaches_nothing_and_ends(name, ends):
    folder, code, said = ends[name]
    assert code == 3 and SCRIPTS[name][1].format(folder) in said, said
