# SPDX-License-Identifier: Apache-2.0
"""Goal: on a full disk mail is deferred (4xx), nothing that was answered is lost, and the server goes on by itself
when there is room."""

import os
import shutil
import subprocess
import tempfile
import time
import unittest

from harness.clients import imap, message, smtp
from harness.site import Site


def mount(options, folder):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False)


class FullDisk(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="hikyaku-full-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        if os.geteuid() != 0 or mount("size=96m", self.folder).returncode != 0:
            self.skipTest("only root may mount a small disk")
        self.addCleanup(subprocess.run, ["umount", "-l", self.folder], check=False)

    def fill(self, site):
        """Sends until the server defers; how many were accepted."""
        accepted = 0
        text = message("a@b.example", site.bob[0], body=("x" * 76 + "\r\n") * 12000)
        with smtp(site) as client:
            client.ehlo()
            for _ in range(300):
                client.mail("a@b.example")
                code, answer = client.rcpt(site.bob[0])
                if code == 250:
                    code, answer = client.data(text)
                if code != 250:
                    self.assertEqual(code // 100, 4, answer)
                    return accepted
                accepted += 1
        self.fail("300 MB on a disk of 96 MB")

    def send_until_taken(self, site):
        """As a client does: a message that is deferred is sent again."""
        until = time.monotonic() + 30
        with smtp(site) as client:
            client.ehlo()
            while True:
                client.mail("a@b.example")
                code, answer = client.rcpt(site.bob[0])
                if code == 250:
                    code, answer = client.data(message("a@b.example", site.bob[0]))
                if code == 250:
                    return
                self.assertEqual(code // 100, 4, answer)
                self.assertLess(time.monotonic(), until, "no mail is taken though there is room")
                client.rset()

    def count(self, site):
        with imap(site, site.bob) as client:
            return int(client.select(readonly=True)[1][0])

    def test_deferred_then_taken(self):
        with Site(directory=self.folder) as site:
            accepted = self.fill(site)
            self.assertGreater(accepted, 0)
            self.assertEqual(self.count(site), accepted)
            subprocess.run(["mount", "-o", "remount,size=400m", self.folder], check=True)
            self.send_until_taken(site)
            self.assertEqual(self.count(site), accepted + 1)
            site.kill()
            site.start()
            self.assertEqual(self.count(site), accepted + 1)
            self.assertEqual(site.json("store", "check")["findings"], [])


if __name__ == "__main__":
    unittest.main()
