# SPDX-License-Identifier: Apache-2.0
"""Runs other people's mail programs, each with a home folder of its own."""

import os
import pty
import select
import shutil
import subprocess
import tempfile
import time

from .daemon import Deadline


class Home:
    """A home folder for mail programs, where they find their configuration and nothing of the machine's.

    home.write("rc", text), home.path("Maildir"), home.run(["curl", ...]), home.run_on_terminal(["mutt", ...])
    """

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="hikyaku-home-")
        self.env = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": self.directory, "LC_ALL": "C.UTF-8",
                    "TERM": "xterm", "USER": "tester", "LOGNAME": "tester"}

    def close(self):
        if not os.environ.get("HK_KEEP"):
            shutil.rmtree(self.directory, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.directory, *names)

    def write(self, name, content, mode=0o600):
        """Writes a file; its path. Text or bytes; only the owner may read it, as fetchmail wants."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(content.encode() if isinstance(content, str) else content)
        os.chmod(path, mode)
        return path

    def files(self, *names):
        """The contents of the files of a folder, ordered by name; none if there is no such folder."""
        folder = self.path(*names)
        contents = []
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            with open(os.path.join(folder, name), "rb") as f:
                contents.append(f.read())
        return contents

    def run(self, command, stdin=b"", code=0, seconds=30):
        """Runs a program to its end; the completed process with bytes. `code` None takes any exit code."""
        command = [str(word) for word in command]
        try:
            done = subprocess.run(command, input=stdin, capture_output=True, env=self.env, cwd=self.directory,
                                  timeout=seconds, check=False)
        except subprocess.TimeoutExpired as late:
            raise Deadline(f"{command[0]} was not done in {seconds} s; it said:\n"
                           f"{text(late.stdout)}{text(late.stderr)}") from None
        if code is not None and done.returncode != code:
            raise AssertionError(f"{' '.join(command)}: exit code {done.returncode}, not {code}\n"
                                 f"{text(done.stdout)}{text(done.stderr)}")
        return done

    def run_on_terminal(self, command, seconds=30):
        """Runs a program that wants a terminal, and reads what it draws until it ends; what it drew."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen([str(word) for word in command], stdin=theirs, stdout=theirs, stderr=theirs,
                                   env=dict(self.env, COLUMNS="100", LINES="40"), cwd=self.directory,
                                   start_new_session=True)
        os.close(theirs)
        drawn, until = b"", time.monotonic() + seconds
        try:
            while True:
                ready, _, _ = select.select([ours], [], [], max(0, until - time.monotonic()))
                if not ready:
                    process.kill()
                    raise Deadline(f"{command[0]} was not done in {seconds} s; on its screen:\n{text(drawn[-3000:])}")
                try:
                    piece = os.read(ours, 65536)
                except OSError:  # EIO: the last process that had the terminal has ended
                    piece = b""
                if not piece:
                    break
                drawn += piece
        finally:
            os.close(ours)
            code = process.wait()
        if code != 0:
            raise AssertionError(f"{command[0]}: exit code {code}; on its screen:\n{text(drawn[-3000:])}")
        return drawn


def text(octets):
    return (octets or b"").decode("utf-8", "replace")
