# SPDX-License-Identifier: Apache-2.0
"""Making the image as make image does."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BANKSMAN") or ROOT / "build" / "banksman").absolute().parent
OUT = ROOT / "build" / "image"


def make(out, programs=BUILD):
    return subprocess.run(
        [sys.executable, ROOT / "deploy" / "image" / "image.py", "--version=0.0.0", "--programs", programs, "--out", out],
        capture_output=True,
        text=True,
        timeout=300,
    )
