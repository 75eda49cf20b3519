# SPDX-License-Identifier: Apache-2.0
"""A demo site in a temporary folder: made by `hikyaku demo`, served by `hikyaku serve`."""

import fcntl
import json
import os
import shutil
import socket
import subprocess
import tempfile
import tomllib

from . import sanitizers
from .daemon import Daemon, Deadline

# Tests read English texts, whatever the language of the one who runs them.
ENGLISH = {"HIKYAKU_LANG": "en"}

PORTS = {"smtp": 525, "lmtp": 424, "submission": 587, "submissions": 465, "imap": 143, "imaps": 993,
         "pop3": 110, "pop3s": 995}
# Below the kernel's range of ports for outgoing connections (32768 up).
PORT_BASES = range(10000, 31000, 1000)


def binary():
    """The program under test: $HK_BINARY, else the newest of the usual builds."""
    root = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
    chosen = os.environ.get("HK_BINARY")
    if chosen:
        return os.path.realpath(chosen)
    built = [os.path.join(root, "build", p, "hikyaku") for p in ("release", "dev", "asan")]
    built = [b for b in built if os.path.exists(b)]
    if not built:
        raise FileNotFoundError("no hikyaku is built; remedy: script/build release hikyaku")
    return max(built, key=os.path.getmtime)


def free_port(address="127.0.0.1"):
    """A port that nothing listens on now, from the kernel's own range."""
    with socket.socket() as s:
        s.bind((address, 0))
        return s.getsockname()[1]


class PortBase:
    """A port base that no other test on this machine holds; released by close()."""

    def __init__(self):
        folder = os.path.join(tempfile.gettempdir(), f"hikyaku-ports-{os.getuid()}")
        os.makedirs(folder, exist_ok=True)
        for base in PORT_BASES:
            lock = open(os.path.join(folder, str(base)), "w", encoding="utf-8")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if all(self._free(base + offset) for offset in PORTS.values()):
                    self.base, self._lock = base, lock
                    return
            except BlockingIOError:
                pass
            lock.close()
        raise Deadline("no free port base between 10000 and 31000; remedy: end other test runs")

    @staticmethod
    def _free(port):
        with socket.socket() as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                return False
            return True

    def close(self):
        self._lock.close()


class Site:
    """One demo site. Use as a context manager, or call start() and close().

    site = Site({"dns": {"forwarders": ["127.0.0.1@5300"]}})   # laid over the demo's configuration
    site.alice, site.bob, site.carol                           # (address, password)
    site.port("imaps"), site.host, site.certificate, site.data, site.daemon (its log)
    """

    def __init__(self, config=None, name="site", directory=None):
        self.binary = binary()
        self.name = name
        self._own = directory is None
        self.directory = directory or tempfile.mkdtemp(prefix="hikyaku-test-")
        self._ports = PortBase()
        self.port_base = self._ports.base
        self.daemon = None
        self.run("demo", "--dir", self.directory, "--port-base", self.port_base, config=False)
        self._read()
        threads = os.environ.get("HK_THREADS")
        if threads:  # more I/O threads than processors meet in more ways
            self.configure({"server": {"threads": int(threads)}})
        if config:
            self.configure(config)

    def _read(self):
        with open(os.path.join(self.directory, "demo.json"), encoding="utf-8") as f:
            self.facts = json.load(f)
        self.host = self.facts["host"]
        self.config, self.data = self.facts["config"], self.facts["data"]
        self.certificate = self.facts["certificate"]
        people = [(a["address"], a["password"]) for a in self.facts["accounts"]]
        self.alice, self.bob, self.carol = people[:3]

    def port(self, protocol):
        return self.facts["ports"][protocol]

    # Configuration

    def read_config(self):
        with open(self.config, "rb") as f:
            return tomllib.load(f)

    def configure(self, changes):
        """Lays `changes` over the configuration: tables are merged, other values replaced."""
        def merge(old, new):
            for key, value in new.items():
                if isinstance(value, dict) and isinstance(old.get(key), dict):
                    merge(old[key], value)
                else:
                    old[key] = value
            return old
        text = to_toml(merge(self.read_config(), changes))
        with open(self.config, "w", encoding="utf-8") as f:
            f.write(text)

    # Running

    def start(self, seconds=30):
        """Serves the site and comes back when it is ready."""
        self.daemon = Daemon([self.binary, "serve", "--config", self.config], self.name,
                             env=sanitizers.environment(), log_file=os.path.join(self.directory, "serve.log"))
        try:
            self.daemon.wait_for(r"\bapp\.ready\b", seconds)
        except Deadline:
            self.daemon.kill()
            raise
        self._read()
        return self

    def stop(self, seconds=30):
        """A graceful stop; the exit code."""
        return self.daemon.stop(seconds)

    def kill(self):
        """kill -9, as a crash."""
        self.daemon.kill()

    def restart(self):
        self.stop()
        return self.start()

    def run(self, *arguments, config=True, check=True, seconds=60, stdin=None):
        """Runs `hikyaku ARGUMENTS --config CONFIG`; the completed process, output as text."""
        command = [self.binary, *map(str, arguments)]
        if config:
            command += ["--config", self.config]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, input=stdin,
                              stdin=None if stdin is not None else subprocess.DEVNULL, check=False,
                              env={**sanitizers.environment(), **ENGLISH})
        sanitizers.check(" ".join(command), done.stderr)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def json(self, *arguments):
        """What `hikyaku ARGUMENTS --json` says."""
        return json.loads(self.run(*arguments, "--json").stdout)

    def close(self):
        """Ends the server and takes all away. SanitizerReport if a sanitizer spoke in the last server."""
        try:
            if self.daemon and self.daemon.running:
                self.daemon.kill()
            elif self.daemon:
                self.daemon.check()
        finally:
            self._ports.close()
            if self._own and not os.environ.get("HK_KEEP"):
                shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()


def to_toml(tree):
    """Enough TOML for configurations: tables, arrays of tables, strings, numbers, booleans, lists."""
    def value(v):
        if isinstance(v, bool):
            return "true" if v else "false"
        if isinstance(v, list):
            return "[" + ", ".join(value(x) for x in v) + "]"
        if isinstance(v, dict):
            return "{" + ", ".join(f"{json.dumps(k)} = {value(x)}" for k, x in v.items()) + "}"
        return json.dumps(v, ensure_ascii=False) if isinstance(v, str) else str(v)

    out = []
    nested = {k: v for k, v in tree.items() if isinstance(v, dict) or
              (isinstance(v, list) and v and all(isinstance(x, dict) for x in v))}
    for key, v in tree.items():
        if key not in nested:
            out.append(f"{json.dumps(key)} = {value(v)}")
    for key, v in nested.items():
        for table in v if isinstance(v, list) else [v]:
            bracket = "[[{}]]" if isinstance(v, list) else "[{}]"
            out.append("\n" + bracket.format(json.dumps(key)))
            out.extend(f"{json.dumps(k)} = {value(x)}" for k, x in table.items())
    return "\n".join(out) + "\n"
