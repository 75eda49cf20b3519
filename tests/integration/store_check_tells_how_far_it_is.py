# SPDX-License-Identifier: Apache-2.0
"""Goal: `store check` of a large store says at once that it works and then how far it is, while it works: with the
server and without."""

import fcntl
import glob
import os
import re
import select
import socket
import subprocess
import time
import unittest

from harness import sanitizers
from harness.site import Site

MESSAGES = 2500  # the check speaks after each 1,024 bodies
FIRST = b"bodies: reading every one, and comparing with its checksum\n"


def deliver(site, count):
    """Different messages, in one connection, without waiting for each reply."""
    with socket.create_connection((site.host, site.port("lmtp")), 60) as s:
        f = s.makefile("rb")
        to = site.bob[0].encode()
        f.readline()
        s.sendall(b"LHLO client.example\r\n")
        while f.readline()[3:4] == b"-":
            pass
        for n in range(count):
            s.sendall(b"MAIL FROM:<a@b.example>\r\nRCPT TO:<%s>\r\nDATA\r\n" % to)
            replies = [f.readline()[:3] for _ in range(3)]
            s.sendall(b"Subject: number %d\r\n\r\ntext\r\n.\r\n" % n)
            if replies + [f.readline()[:3]] != [b"250", b"250", b"354", b"250"]:
                raise AssertionError(f"message {n} was refused: {replies}")


def almost_full_pipe():
    """A pipe with room for the first line: who writes more must wait for its reader."""
    read, write = os.pipe()
    size = fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
    os.write(write, b"\0" * (size - len(FIRST)))
    return read, write, size


class Progress(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site({"smtp": {"messages_max": MESSAGES}})
        cls.addClassCleanup(cls.site.close)
        cls.site.start()
        deliver(cls.site, MESSAGES)

    def told(self, meanwhile=lambda: None, code=0):
        """What was told in all; the first line must have come while the command could not end yet, and was held there
        until `meanwhile` was done."""
        read, write, size = almost_full_pipe()
        process = subprocess.Popen([self.site.binary, "store", "check", "--config", self.site.config], stdout=subprocess.PIPE,
                                   stderr=write, stdin=subprocess.DEVNULL, env={**sanitizers.environment(), "HIKYAKU_LANG": "en"})
        os.close(write)
        with os.fdopen(read, "rb", buffering=0) as told:
            until = time.monotonic() + 120
            # Nothing is taken out until the line is there: its writer stays where it is.
            while self.waiting(told) < size:
                self.assertLess(time.monotonic(), until, "nothing was told")
                select.select([], [], [], 0.01)
            self.assertIsNone(process.poll(), "it ended before it was heard")
            meanwhile()
            whole = b""
            while piece := told.read(65536):
                whole += piece
        answer = process.stdout.read().decode()
        process.stdout.close()
        self.assertEqual(process.wait(120), code, answer)
        return whole.lstrip(b"\0").decode()

    @staticmethod
    def waiting(pipe):
        octets = bytearray(4)
        fcntl.ioctl(pipe, 0x541B, octets)  # FIONREAD
        return int.from_bytes(octets, "little")

    def damage_the_last(self):
        wanted = b"Subject: number %d\r\n" % (MESSAGES - 1)
        for path in glob.glob(os.path.join(self.site.data, "store", "log", "*.log")):
            with open(path, "r+b") as f:
                at = f.read().find(wanted)
                if at >= 0:
                    f.seek(at)
                    f.write(b"T")
                    return
        self.fail("the message was not found in the log")

    def check(self):
        whole = self.told()
        self.assertTrue(whole.startswith(FIRST.decode()), whole)
        steps = [(int(a), int(b)) for a, b in re.findall(r"(?m)^(\d+) of (\d+) bodies read$", whole)]
        self.assertGreaterEqual(len(steps), 2, whole)
        self.assertEqual([done for done, _ in steps], sorted({done for done, _ in steps}), "it goes on")
        self.assertTrue(all(total >= MESSAGES > done for done, total in steps), steps)
        self.assertRegex(whole, rf"(?m)^\d+ bodies read, \d+ octets\nmailboxes: 1 of 3 accounts checked, {MESSAGES} messages\nmailboxes checked\n")

    def test_while_the_server_runs_and_without_it(self):
        self.check()
        self.site.stop()
        self.check()
        # Told while it works, and not in one go afterwards: what is damaged after its first line, it still finds.
        self.told(self.damage_the_last, code=5)


if __name__ == "__main__":
    unittest.main()
