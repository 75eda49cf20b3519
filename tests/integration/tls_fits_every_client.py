# SPDX-License-Identifier: Apache-2.0
"""Goal: each client gets a certificate of the name that it asks for and of a kind that it can verify, sessions are resumed
also after a reload, and what is not safe is refused with a line in the log that says why."""

import os
import re
import signal
import socket
import ssl
import subprocess
import unittest

from harness.site import Site

NAMES = ("mail.one.example", "mail.two.example")
RSA_ONLY_12 = ("-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256", "-sigalgs", "RSA-PSS+SHA256:RSA+SHA256")
RSA_ONLY_13 = ("-tls1_3", "-sigalgs", "RSA-PSS+SHA256:RSA+SHA256")
OLD = ("-cipher", "ALL:@SECLEVEL=0")


def make_certificate(folder, name, kind):
    base = os.path.join(folder, f"{name}-{kind}")
    key = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if kind == "ec" else ["rsa:2048"]
    subprocess.run(["openssl", "req", "-x509", "-newkey", *key, "-nodes", "-days", "30", "-subj", f"/CN={name}",
                    "-addext", f"subjectAltName=DNS:{name}", "-keyout", base + ".key", "-out", base + ".pem"],
                   check=True, capture_output=True)
    return {"file": base + ".pem", "key": base + ".key"}


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.site = Site()
        cls.addClassCleanup(cls.site.close)
        cls.certificates = [make_certificate(cls.site.directory, name, kind) for name in NAMES for kind in ("ec", "rsa")]
        with open(cls.site.config, "a", encoding="utf-8") as f:
            for pair in cls.certificates:
                f.write(f"\n[[certificate]]\nfile = \"{pair['file']}\"\nkey = \"{pair['key']}\"\n")
        cls.site.start()

    def client(self, *options, protocol="imaps", name=NAMES[0]):
        """What openssl s_client says of a connection that it ends at once."""
        done = subprocess.run(["openssl", "s_client", "-connect", f"{self.site.host}:{self.site.port(protocol)}", "-servername", name,
                               *options], input="", capture_output=True, text=True, timeout=30, check=False)
        return done.stdout + done.stderr

    def shown(self, *options, **more):
        """Name and kind of key of the certificate that a client gets."""
        said = self.client(*options, **more)
        kinds = {"ECDSA": "ec", "RSA": "rsa", "RSA-PSS": "rsa"}
        return re.search(r"subject=CN = (\S+)", said)[1], kinds[re.search(r"Peer signature type: (\S+)", said)[1]]

    def refused(self, why, *options, **more):
        since = self.site.daemon.mark()
        said = self.client(*options, **more)
        self.assertIn("no peer certificate available", said)
        self.site.daemon.wait_for(rf"event=\w+\.tls_failed .*{why}", since=since)

    def test_name_and_kind_of_key_are_the_clients_choice(self):
        for name in NAMES:
            for protocol in ("imaps", "pop3s", "submissions"):
                self.assertEqual(self.shown(name=name, protocol=protocol), (name, "ec"))
                self.assertEqual(self.shown("-tls1_2", name=name, protocol=protocol), (name, "ec"))
                self.assertEqual(self.shown(*RSA_ONLY_12, name=name, protocol=protocol), (name, "rsa"))
                self.assertEqual(self.shown(*RSA_ONLY_13, name=name, protocol=protocol), (name, "rsa"))
        self.assertEqual(self.shown(name="nobody.example"), (NAMES[0], "ec"))
        self.assertEqual(self.shown(*RSA_ONLY_12, name="nobody.example"), (NAMES[0], "rsa"))
        for protocol, word in (("imap", "imap"), ("pop3", "pop3"), ("smtp", "smtp"), ("submission", "smtp")):
            said = self.client("-starttls", word, *RSA_ONLY_13, protocol=protocol, name=NAMES[1])
            self.assertIn(f"subject=CN = {NAMES[1]}", said)

    def test_sessions_are_resumed_also_after_a_reload(self):
        kept = os.path.join(self.site.directory, "session")
        for version in ("-tls1_2", "-tls1_3"):
            # The server's greeting comes after its tickets, so one line is read before the end.
            with self.talk(version, "-sess_out", kept) as client:
                self.assertIn("New, ", self.until_greeting(client))
            for step in ("again", "after a reload"):
                if step == "after a reload":
                    since = self.site.daemon.mark()
                    os.kill(self.site.daemon.pid, signal.SIGHUP)
                    self.site.daemon.wait_for(r"app\.reloaded", since=since)
                with self.talk(version, "-sess_in", kept, "-sess_out", kept) as client:
                    self.assertIn("Reused, ", self.until_greeting(client), f"{version} {step}")

    def talk(self, *options):
        client = subprocess.Popen(["openssl", "s_client", "-connect", f"{self.site.host}:{self.site.port('imaps')}", "-servername",
                                   NAMES[0], *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True)
        self.addCleanup(client.kill)
        return client

    @staticmethod
    def until_greeting(client):
        said = []
        for line in client.stdout:
            said.append(line)
            if line.startswith("* OK"):
                break
        client.stdin.write("a LOGOUT\n")
        client.stdin.close()
        said.append(client.stdout.read())
        return "".join(said)

    def test_what_is_not_safe_is_refused_and_told(self):
        for version in ("-tls1", "-tls1_1"):
            self.refused("TLS 1.1 or older", version, *OLD)
            self.refused("TLS 1.1 or older", version, *OLD, "-starttls", "smtp", protocol="submission")
        for cipher in ("AES128-SHA", "AES256-GCM-SHA384", "ECDHE-RSA-AES128-SHA256", "DHE-RSA-AES128-GCM-SHA256", "NULL-SHA256",
                       "AECDH-AES128-SHA"):
            self.refused("offers no cipher", "-tls1_2", "-cipher", cipher + ":@SECLEVEL=0")
        said = self.client("-tls1_2")
        self.assertIn("Secure Renegotiation IS supported", said)
        self.assertIn("Compression: NONE", said)
        self.assertIn("Extended master secret: yes", said)
        self.assertRegex(said, r"Server Temp Key: X25519")

    def test_a_client_that_does_not_begin_with_tls(self):
        since = self.site.daemon.mark()
        with socket.create_connection((self.site.host, self.site.port("imaps")), 30) as s:
            s.sendall(b"a CAPABILITY\r\n")
            self.site.daemon.wait_for(r"event=imap\.tls_failed .*did not begin with TLS", since=since)

    def test_what_was_sent_before_tls_does_not_count_after_it(self):
        """A command behind STARTTLS in the clear may be from somebody in between (CVE-2011-0411)."""
        context = ssl.create_default_context(cafile=self.certificates[0]["file"])
        for protocol, sent, go_ahead, answer in (("imap", b"a STARTTLS\r\nb NOOP\r\n", b"a OK", b"b OK"),
                                                 ("pop3", b"STLS\r\nCAPA\r\n", b"+OK", b"UIDL"),
                                                 ("submission", b"EHLO x\r\nSTARTTLS\r\nNOOP\r\n", b"220 ", b"250 ")):
            with socket.create_connection((self.site.host, self.site.port(protocol)), 30) as s:
                line(s)
                s.sendall(sent)
                while not (said := line(s)).startswith(go_ahead):
                    self.assertTrue(said, protocol)
                try:
                    with context.wrap_socket(s, server_hostname=NAMES[0]) as tls:
                        tls.sendall(b"c LOGOUT\r\n" if protocol == "imap" else b"QUIT\r\n")
                        after = b"".join(iter(lambda tls=tls: tls.recv(1000), b""))
                        self.assertNotIn(answer, after, protocol)
                except OSError:
                    pass  # to end the connection is as good


def line(connection):
    """One line and no octet more: TLS may follow."""
    said = b""
    while not said.endswith(b"\n") and (octet := connection.recv(1)):
        said += octet
    return said


if __name__ == "__main__":
    unittest.main()
