# SPDX-License-Identifier: Apache-2.0
"""Network namespaces for peers that want port 25 for themselves."""

import os
import subprocess

_counter = 0


def namespaces_work():
    """Whether this machine lets us make network namespaces."""
    if os.geteuid() != 0:
        return False
    done = subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False)
    return done.returncode == 0


def ip(*words):
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(f"ip {' '.join(words)}: {done.stderr.strip()}")


class Namespace:
    """A namespace with loopback up and a cable to this one: `host` is our end, `address` its own.

    The addresses are from 198.18.0.0/15 (RFC 2544: for tests between devices), never routed.
    """

    def __init__(self):
        global _counter
        _counter += 1
        number = (os.getpid() * 4 + _counter) % 16000
        self.name = f"hk{number}"
        self.host = f"198.18.{number // 64}.{number % 64 * 4 + 1}"
        self.address = f"198.18.{number // 64}.{number % 64 * 4 + 2}"
        ip("netns", "add", self.name)
        ip("link", "add", f"{self.name}h", "type", "veth", "peer", "name", "eth0", "netns", self.name)
        ip("addr", "add", f"{self.host}/30", "dev", f"{self.name}h")
        ip("link", "set", f"{self.name}h", "up")
        ip("-n", self.name, "addr", "add", f"{self.address}/30", "dev", "eth0")
        ip("-n", self.name, "link", "set", "eth0", "up")
        ip("-n", self.name, "link", "set", "lo", "up")
        ip("-n", self.name, "route", "add", "default", "via", self.host)

    def command(self, *words):
        """The words that run a command inside."""
        return ["ip", "netns", "exec", self.name, *map(str, words)]

    def cut(self):
        """The cable is as good as pulled: packets are lost, nothing is refused and nothing reported.

        The link stays up: without it the kernel would take its route away, and our packets another one.
        """
        ip("-n", self.name, "route", "add", "blackhole", f"{self.host}/32")

    def mend(self):
        ip("-n", self.name, "route", "del", "blackhole", f"{self.host}/32")

    def close(self):
        subprocess.run(["ip", "netns", "del", self.name], capture_output=True, check=False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
