# SPDX-License-Identifier: Apache-2.0
"""1,600 real messages, ham and spam, beside the repository (shared/data/spam): old mail from the net, with all that is
broken in it."""

import os
import re
import subprocess
import tarfile
import tempfile

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
DATA = os.environ.get("HK_SHARED_DATA") or os.path.join(os.path.dirname(ROOT), "shared", "data")


def corpus():
    for name in ("ham", "spam"):
        packed = os.path.join(DATA, "spam", f"{name}.tar.zst")
        with tempfile.NamedTemporaryFile(suffix=".tar") as plain:
            subprocess.run(["zstd", "-dcq", packed], stdout=plain, check=True)
            with tarfile.open(plain.name) as archive:
                for member in archive:
                    if member.isfile():
                        yield member.name, archive.extractfile(member).read()


def canonical(octets):
    """Lines as SMTP carries them: every CR, LF or CRLF becomes CRLF, and NUL, which no message may hold, goes."""
    octets = re.sub(rb"\r\n|\r|\n", b"\r\n", octets.replace(b"\0", b""))
    return octets if octets.endswith(b"\r\n") else octets + b"\r\n"

MISSING = None if os.path.isdir(os.path.join(DATA, "spam")) else f"no corpus in {DATA}; name its folder in HK_SHARED_DATA"
