# SPDX-License-Identifier: Apache-2.0
"""A child process whose log is read line by line, so that tests wait for what it says."""

import contextlib
import os
import re
import signal
import subprocess
import threading
import time

from . import sanitizers


class Deadline(AssertionError):
    """What was waited for did not come in time."""


class Daemon:
    """Runs a program in a process group of its own and keeps its standard error.

    Threads: one reader; wait_for() from any.
    """

    def __init__(self, arguments, name="daemon", cwd=None, env=None, log_file=None):
        self.name = name
        self.lines = []
        self._changed = threading.Condition()
        self._ended = False
        self._log_file = open(log_file, "a", encoding="utf-8") if log_file else None
        self.process = subprocess.Popen(
            [str(a) for a in arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, cwd=cwd, env=env, start_new_session=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        with self.process.stderr as stream:
            for raw in stream:
                line = raw.decode("utf-8", "replace").rstrip("\n")
                with self._changed:
                    self.lines.append(line)
                    if self._log_file:
                        self._keep(line)
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            if self._log_file:
                with contextlib.suppress(OSError):  # what did not fit is written again
                    self._log_file.close()
            self._changed.notify_all()

    def _keep(self, line):
        """The file may lie on a disk that a test has filled; who reads no more would stop the program."""
        try:
            print(line, file=self._log_file, flush=True)
        except OSError:
            pass

    @property
    def pid(self):
        return self.process.pid

    def log(self):
        with self._changed:
            return "\n".join(self.lines)

    def mark(self):
        """The place in the log from which wait_for(since=...) looks on."""
        with self._changed:
            return len(self.lines)

    def wait_for(self, pattern, seconds=30, since=0, count=1):
        """The match of the log line that is the `count`th to match; Deadline if none comes."""
        wanted = re.compile(pattern)
        until = time.monotonic() + seconds
        with self._changed:
            at = since
            while True:
                while at < len(self.lines):
                    found = wanted.search(self.lines[at])
                    at += 1
                    if found:
                        count -= 1
                        if count == 0:
                            return found
                left = until - time.monotonic()
                if self._ended or left <= 0:
                    why = "ended" if self._ended else f"said nothing like it in {seconds} s"
                    tail = "\n".join(self.lines[-25:])
                    raise Deadline(f"{self.name} {why}; waited for /{pattern}/; its log:\n{tail}")
                self._changed.wait(left)

    def signal(self, number):
        os.kill(self.pid, number)

    def stop(self, seconds=30):
        """Asks it to end, waits, and gives its exit code; kills it if it does not end. Raises
        SanitizerReport, as wait() and kill() do, if its log holds one."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def wait(self, seconds=30):
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Deadline(f"{self.name} did not end in {seconds} s; its log:\n{self.log()[-3000:]}") from None
        self._reader.join(seconds)
        self.check()
        return code

    def kill(self):
        """kill -9 for the whole group, and waits until it is gone."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self._reader.join(10)
        self.check()

    def check(self):
        """Raises SanitizerReport if its log holds one."""
        sanitizers.check(self.name, self.log())

    @property
    def running(self):
        return self.process.poll() is None
