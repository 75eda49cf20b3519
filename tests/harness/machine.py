# SPDX-License-Identifier: Apache-2.0
"""A machine as it comes from its provider, without any network: own /etc, /var/lib, /tmp, /srv, /usr/local/bin and
loopback, in namespaces of its own; the rest is this machine's and stays as it is."""

import os
import shutil
import subprocess

from . import sanitizers
from .site import binary

# Every mount is inside the namespace: nothing that runs there reaches the folders of this machine.
BOOT = r"""
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
cp -a /etc /mnt/etc
cp "$1" /mnt/hikyaku
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /var/tmp
mount -t tmpfs tmpfs /var/lib
mount -t tmpfs tmpfs /srv
mount -t tmpfs -o mode=700 tmpfs /root
mount -t tmpfs -o mode=755 tmpfs /usr/local/bin
mount --bind /mnt/etc /etc
rm -rf /etc/hikyaku /etc/systemd/system/hikyaku.service
sed -i '/^hikyaku:/d' /etc/passwd /etc/group /etc/shadow /etc/gshadow
install -m 755 /mnt/hikyaku /usr/local/bin/hikyaku
ip link set lo up
echo ready
exec cat
"""


class Machine:
    """machine.run("hikyaku", ...), machine.command(...) for a Daemon; only root can make one."""

    def __init__(self):
        self.process = subprocess.Popen(
            ["unshare", "--mount", "--net", "--propagation", "private", "sh", "-c", BOOT, "sh", binary()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            self.process.kill()
            raise OSError(f"no machine: {self.process.communicate()[1]}")

    def command(self, *words, **environment):
        """The words that run a command there, with an environment of its own."""
        pid = str(self.process.pid)
        settings = {"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8",
                    **sanitizers.options(), **environment}
        return [shutil.which("nsenter"), "--target", pid, "--mount", "--net", "--wd=/", "env", "-i",
                *[f"{k}={v}" for k, v in settings.items()], *map(str, words)]

    def run(self, *words, code=0, stdin="", seconds=120, **environment):
        done = subprocess.run(self.command(*words, **environment), input=stdin, capture_output=True, text=True,
                              timeout=seconds, check=False)
        sanitizers.check(" ".join(map(str, words)), done.stderr)
        if code is not None and done.returncode != code:
            raise AssertionError(f"{words}: exit code {done.returncode}, not {code}\n{done.stdout}{done.stderr}")
        return done

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()
        self.process.stderr.close()


def machines_work():
    """Whether this machine lets us make namespaces."""
    if os.geteuid() != 0:
        return False
    return subprocess.run(["unshare", "--mount", "--net", "true"], capture_output=True, check=False).returncode == 0
