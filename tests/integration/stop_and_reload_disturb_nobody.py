# SPDX-License-Identifier: Apache-2.0
"""Goal: a stop finishes the message that is coming in and says good-bye to the others; a reload takes a new certificate
and keeps connections."""

import os
import re
import signal
import socket
import ssl
import subprocess
import unittest

from harness.clients import imap, message, smtp
from harness.site import Site


class StopAndReload(unittest.TestCase):
    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.close)
        self.site.start()

    def test_a_message_that_is_coming_in_is_finished(self):
        s = socket.create_connection((self.site.host, self.site.port("smtp")), 30)
        f = s.makefile("rwb")
        f.readline()
        for line in (b"HELO client.example", b"MAIL FROM:<a@b.example>", b"RCPT TO:<%s>" % self.site.bob[0].encode(), b"DATA"):
            f.write(line + b"\r\n")
            f.flush()
            f.readline()
        f.write(b"Subject: in the middle\r\n\r\n")
        f.flush()
        idle = imap(self.site, self.site.alice)
        os.kill(self.site.daemon.pid, signal.SIGTERM)
        self.assertIn(b"BYE", idle.readline())
        with self.assertRaises(OSError):
            for _ in range(1000):  # until the listener is closed
                socket.create_connection((self.site.host, self.site.port("smtp")), 5).close()
        f.write(b"text\r\n.\r\n")
        f.flush()
        self.assertTrue(f.readline().startswith(b"250 "))
        self.assertTrue(f.readline().startswith(b"421 "))
        s.close()
        self.assertEqual(self.site.daemon.wait(), 0)
        self.site.start()
        with imap(self.site, self.site.bob) as client:
            self.assertEqual(client.select()[1], [b"1"])

    def renew_certificate(self):
        key = self.site.certificate.replace(".pem", ".key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                        "/CN=new.example", "-keyout", key, "-out", self.site.certificate], check=True, capture_output=True)

    def test_a_new_certificate_is_taken_by_itself(self):
        kept = smtp(self.site)
        kept.ehlo()
        before = ssl.get_server_certificate((self.site.host, self.site.port("imaps")))
        self.renew_certificate()
        self.site.daemon.wait_for(r"app\.certificates_renewed")
        self.assertNotEqual(ssl.get_server_certificate((self.site.host, self.site.port("imaps"))), before)
        self.assertEqual(kept.noop()[0], 250)
        kept.quit()

    def test_a_new_certificate_is_taken_by_a_reload(self):
        kept = smtp(self.site)
        kept.ehlo()
        before = ssl.get_server_certificate((self.site.host, self.site.port("imaps")))
        self.renew_certificate()
        os.kill(self.site.daemon.pid, signal.SIGHUP)
        self.site.daemon.wait_for(r"app\.reloaded")
        self.assertNotEqual(ssl.get_server_certificate((self.site.host, self.site.port("imaps"))), before)
        self.assertEqual(kept.noop()[0], 250)
        kept.quit()

    def test_commands_work_beside_the_server_and_need_no_restart(self):
        run = self.site.run
        run("domain", "add", "new.example")
        password = self.site.json("account", "add", "dora@new.example", "--name", "Dora")["password"]
        run("alias", "add", "info@new.example", "dora@new.example")
        with smtp(self.site) as client:
            client.sendmail("a@b.example", ["info@new.example", "dora+tag@new.example"], message("a@b.example", "info@new.example"))
            tracking = re.search(rb"[0-9A-Z]{13}", client.accepted)[0].decode()
        with imap(self.site, ("dora@new.example", password)) as client:
            self.assertEqual(client.select()[1], [b"1"])
        self.assertIn("stored", run("track", tracking).stdout)
        other = run("account", "password", "dora@new.example", "--password-stdin", stdin="another one\n").stdout
        self.assertNotIn("another one", other)
        with imap(self.site, ("dora@new.example", "another one")) as client:
            client.select()
        run("alias", "remove", "info@new.example")
        run("account", "remove", "dora@new.example")
        with smtp(self.site) as client:
            client.ehlo()
            client.mail("a@b.example")
            self.assertEqual(client.rcpt("dora@new.example")[0], 550)
        self.assertEqual(self.site.json("store", "check")["findings"], [])


if __name__ == "__main__":
    unittest.main()
