# SPDX-License-Identifier: Apache-2.0
"""Zones signed by ldns-signzone and served by nsd: DNSSEC as it is on the Internet, but on this machine."""

import glob
import os
import re
import shutil
import subprocess
import tempfile
import time

from .daemon import Daemon
from .site import free_port

PROGRAMS = ("nsd", "ldns-keygen", "ldns-signzone")
SOA = "@ 60 IN SOA ns.{zone} admin.{zone} {serial} 3600 600 86400 5\n@ 60 IN NS ns.{zone}\n"
DAY_S = 86400


def programs_missing():
    """Those of the programs that this machine does not have."""
    return [p for p in PROGRAMS if not shutil.which(p, path=os.environ["PATH"] + ":/usr/sbin")]


class SignedZones:
    """A folder of zones and the nsd that serves them.

    zones = SignedZones()
    zones.put("signed.example", "mx 60 IN A 127.0.0.2\\n", sign=True)   # names are relative to the zone
    zones.serve()
    zones.forwarder, zones.anchor("signed.example"), zones.ds("signed.example")
    zones.put(...) again and zones.restart() change what is served.
    """

    def __init__(self, address="127.0.0.1", port=0, inside=()):
        self.directory = tempfile.mkdtemp(prefix="hikyaku-zones-")
        os.chmod(self.directory, 0o755)
        self.address, self.port = address, port or free_port(address)
        self._inside = list(inside)  # words that run a command in a namespace
        self._zones, self._serial, self._daemon = [], 1, None

    @property
    def forwarder(self):
        return f"{self.address}@{self.port}"

    def path(self, name):
        return os.path.join(self.directory, name)

    def put(self, zone, records, sign=True, days=30, tamper=None):
        """Writes a zone; signed with signatures that end in `days` from now, which may be negative.

        tamper: (pattern, replacement), laid over the zone after it was signed.
        """
        dotted = zone.rstrip(".") + "."
        self._serial += 1
        plain = self.path(f"{zone.rstrip('.') or 'root'}.zone")
        head = f"$ORIGIN {dotted}\n$TTL 60\n" + SOA.format(zone=dotted if zone != "." else "root-servers.example.",
                                                            serial=self._serial)
        write(plain, head + records)
        served = plain
        if sign:
            served = plain + ".signed"
            now = time.time()
            self._run("ldns-signzone", "-i", stamp(min(now, now + days * DAY_S) - 30 * DAY_S), "-e", stamp(now + days * DAY_S),
                      "-f", served, plain, self._key(dotted))
            if tamper:
                with open(served, encoding="ascii") as f:
                    text = f.read()
                changed = re.sub(tamper[0], tamper[1], text)
                if changed == text:
                    raise AssertionError(f"nothing of {zone} matches {tamper[0]}")
                write(served, changed)
        self._zones = [z for z in self._zones if z[0] != dotted] + [(dotted, served)]

    def anchor(self, zone):
        """The file with the zone's key, as a trust anchor."""
        return self._key(zone.rstrip(".") + ".") + ".key"

    def ds(self, zone):
        """The zone's DS record, for its parent."""
        with open(self._key(zone.rstrip(".") + ".") + ".ds", encoding="ascii") as f:
            return f.read()

    def serve(self):
        self._configure()
        nsd = shutil.which("nsd", path="/usr/sbin:/usr/local/sbin:" + os.environ["PATH"])
        self._daemon = Daemon([*self._inside, nsd, "-d", "-c", self.path("nsd.conf")], "nsd")
        self._daemon.wait_for(r"nsd started")
        return self

    def restart(self):
        """Serves what put() has changed."""
        self._daemon.kill()
        return self.serve()

    def close(self):
        if self._daemon:
            self._daemon.kill()
        if not os.environ.get("HK_KEEP"):
            shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _key(self, dotted):
        """The base name of the zone's key files, made at their first use."""
        pattern = self.path(f"K{dotted}+013+*.key")
        if not glob.glob(pattern):
            self._run("ldns-keygen", "-a", "ECDSAP256SHA256", "-k", dotted)
        return glob.glob(pattern)[0][:-len(".key")]

    def _run(self, *words):
        done = subprocess.run(words, cwd=self.directory, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(f"{' '.join(words)}: {done.stderr}")

    def _configure(self):
        write(self.path("nsd.conf"), f"""server:
  ip-address: {self.address}@{self.port}
  username: ""
  chroot: ""
  zonesdir: "{self.directory}"
  database: ""
  pidfile: "{self.path("nsd.pid")}"
  xfrdfile: "{self.path("xfrd.state")}"
  zonelistfile: "{self.path("zone.list")}"
  server-count: 1
  verbosity: 1
  hide-version: yes
remote-control:
  control-enable: no
""" + "".join(f'zone:\n  name: "{name}"\n  zonefile: "{file}"\n' for name, file in self._zones))


def stamp(seconds):
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(seconds))


def write(path, text):
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
