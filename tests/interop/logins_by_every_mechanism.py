# SPDX-License-Identifier: Apache-2.0
"""Goal: gsasl, swaks, msmtp, curl, mbsync and Python's own clients log in by every mechanism that they have, on SMTP, IMAP
and POP3, and by none with a wrong password, an unknown name, or without TLS; a new password is new for all of them."""

import base64
import hashlib
import hmac
import imaplib
import os
import ssl
import unittest

from harness.case import SiteCase
from harness.clients import imap, message, pop3, smtp, tls_context
from harness.programs import Home, text

MECHANISMS = ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "PLAIN", "LOGIN", "CRAM-MD5"]
PASSWORD = "pass wörd"  # what SASLprep has something to do with, but no client needs it for


class ScramClient:
    """SCRAM by hand, for what the clients of Debian 12 can not do: tls-server-end-point, and lies."""

    def __init__(self, user, password, hash_name="sha256", gs2="n,,", binding=b""):
        self.user, self.password, self.hash, self.gs2, self.binding = user, password, hash_name, gs2, binding
        self.nonce = base64.b64encode(os.urandom(18)).decode()
        self.bare = f"n={user.replace('=', '=3D').replace(',', '=2C')},r={self.nonce}"
        self.server_signature = None

    def first(self):
        return (self.gs2 + self.bare).encode()

    def last(self, server_first):
        fields = dict(field.split("=", 1) for field in server_first.decode().split(","))
        assert fields["r"].startswith(self.nonce)
        self.salt, self.iterations = fields["s"], int(fields["i"])
        salted = hashlib.pbkdf2_hmac(self.hash, self.password.encode(), base64.b64decode(self.salt), self.iterations)
        key = hmac.digest(salted, b"Client Key", self.hash)
        without_proof = f"c={base64.b64encode(self.gs2.encode() + self.binding).decode()},r={fields['r']}"
        signed = f"{self.bare},{server_first.decode()},{without_proof}".encode()
        signature = hmac.digest(hashlib.new(self.hash, key).digest(), signed, self.hash)
        proof = bytes(a ^ b for a, b in zip(key, signature))
        self.server_signature = hmac.digest(hmac.digest(salted, b"Server Key", self.hash), signed, self.hash)
        return f"{without_proof},p={base64.b64encode(proof).decode()}".encode()


class Logins(SiteCase):
    config = {"auth": {"channel_binding": True}}

    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.close)
        self.account = f"{self.id().rsplit('.', 1)[1].replace('_', '.')}@hikyaku.example", PASSWORD
        self.site.run("account", "add", self.account[0], "--password-stdin", stdin=PASSWORD + "\n")

    def test_what_is_kept_is_for_the_server_only(self):
        self.assertEqual(os.stat(os.path.join(self.site.data, "store")).st_mode & 0o777, 0o700)

    # What is offered

    def test_offered_over_tls_only(self):
        with smtp(self.site, "submission") as client:
            client.ehlo()
            self.assertNotIn("auth", client.esmtp_features)
            client.starttls(context=tls_context(self.site))
            client.ehlo()
            self.assertEqual(client.esmtp_features["auth"].split(), MECHANISMS)
        client = imaplib.IMAP4(self.site.host, self.site.port("imap"), timeout=30)
        self.assertFalse([c for c in client.capabilities if c.startswith("AUTH=")])
        for mechanism in MECHANISMS:
            with self.assertRaisesRegex(imaplib.IMAP4.error, "PRIVACYREQUIRED"):
                client.authenticate(mechanism, lambda _: b"x")
        client.starttls(tls_context(self.site))
        self.assertEqual([c[5:] for c in client.capabilities if c.startswith("AUTH=")], MECHANISMS)
        client.logout()
        self.assertEqual(pop3(self.site).capa()["SASL"], MECHANISMS)

    # gsasl: every mechanism by SMTP and IMAP

    def gsasl(self, protocol, mechanism, password=PASSWORD, user=None, code=0):
        return text(self.home.run(
            ["gsasl", f"--{'imap' if protocol == 'imap' else 'smtp'}", "--connect",
             f"{self.site.host}:{self.site.port(protocol)}", "--x509-ca-file=" + self.site.certificate, "--mechanism",
             mechanism, "--authentication-id", user or self.account[0], "--password", password, "--verbose",
             "--hostname=mail.hikyaku.example", *([] if mechanism.endswith("-PLUS") else ["--no-cb"])], code=code).stderr)

    def test_gsasl(self):
        for protocol in ("submission", "imap"):
            for mechanism in MECHANISMS:
                with self.subTest(f"{protocol} {mechanism}"):
                    self.gsasl(protocol, mechanism)
                    self.gsasl(protocol, mechanism, password="not-the-password", code=1)
                    self.gsasl(protocol, mechanism, user="nobody@hikyaku.example", code=1)

    # swaks (Authen::SASL), msmtp and mbsync, each as people set them up

    def test_swaks_cram_md5(self):
        login = ["swaks", "--server", self.site.host, "--port", self.site.port("submissions"), "--tls-on-connect",
                 "--auth", "CRAM-MD5", "--auth-user", self.account[0], "--quit-after", "AUTH", "--auth-password"]
        self.assertIn("235 2.7.0", text(self.home.run([*login, PASSWORD]).stdout))
        self.assertIn("535 5.7.8", text(self.home.run([*login, "not-the-password"], code=28).stdout))

    def test_msmtp(self):
        for mechanism in ["on", *(m.lower() for m in MECHANISMS if not m.endswith("-PLUS"))]:
            with self.subTest(mechanism):
                subject = f"msmtp {mechanism}"
                rc = self.home.write(".msmtprc", f"""
account default
host {self.site.host}
port {self.site.port('submissions')}
domain client.example
tls on
tls_starttls off
tls_trust_file {self.site.certificate}
auth {mechanism}
user {self.account[0]}
password "{PASSWORD}"
from {self.account[0]}
timeout 20
""")
                self.home.run(["msmtp", "-C", rc, "--read-recipients"],
                              stdin=message(self.account[0], self.site.bob[0], subject).replace(b"\r\n", b"\n"))
                self.wait_for_message(self.site.bob, rb"(?m)^Subject: " + subject.encode() + rb"\r$")

    def test_curl_cram_md5(self):
        for protocol, end in (("imaps", "INBOX?ALL"), ("pop3s", "")):
            for password, code in ((PASSWORD, 0), ("not-the-password", 67)):
                self.home.run(["curl", "--silent", "--cacert", self.site.certificate, "--user",
                               f"{self.account[0]}:{password}", "--login-options", "AUTH=CRAM-MD5",
                               f"{protocol}://{self.site.host}:{self.site.port(protocol)}/{end}"], code=code)

    def test_mbsync(self):
        for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "*"):
            with self.subTest(mechanism):
                os.makedirs(self.home.path("mail"), exist_ok=True)
                rc = self.home.write(".mbsyncrc", f"""
IMAPStore far
Host {self.site.host}
Port {self.site.port('imaps')}
SSLType IMAPS
CertificateFile {self.site.certificate}
User {self.account[0]}
Pass "{PASSWORD}"
AuthMechs {mechanism}

MaildirStore near
Path {self.home.path('mail')}/
Inbox {self.home.path('mail')}/INBOX

Channel all
Far :far:
Near :near:
Create Near
""")
                self.home.run(["mbsync", "-c", rc, "all"])

    # Python

    def test_python_cram_md5(self):
        with imap(self.site) as client:
            self.assertEqual(client.login_cram_md5(*self.account)[0], "OK")
        with smtp(self.site, "submission") as client:
            client.starttls(context=tls_context(self.site))
            client.ehlo()
            client.user, client.password = self.site.alice  # smtplib wants ASCII
            self.assertEqual(client.auth("CRAM-MD5", client.auth_cram_md5, initial_response_ok=False)[0], 235)

    def scram_imap(self, mechanism, scram):
        with imap(self.site) as client:
            said = []

            def answer(challenge):
                said.append(challenge)
                if len(said) == 1:
                    return scram.first()
                return scram.last(challenge) if len(said) == 2 else b""
            client.authenticate(mechanism, answer)
            self.assertEqual(said[2], b"v=" + base64.b64encode(scram.server_signature))

    def end_point(self):
        with open(self.site.certificate, encoding="ascii") as file:
            return hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read())).digest()

    def test_channel_binding_to_the_certificate(self):
        plus = {"gs2": "p=tls-server-end-point,,", "binding": self.end_point()}
        for mechanism, hash_name in (("SCRAM-SHA-256-PLUS", "sha256"), ("SCRAM-SHA-1-PLUS", "sha1")):
            self.scram_imap(mechanism, ScramClient(*self.account, hash_name, **plus))
        plus["binding"] = bytes(32)  # as with another certificate in between
        with self.assertRaisesRegex(imaplib.IMAP4.error, "AUTHENTICATIONFAILED.*channel-bindings-dont-match"):
            self.scram_imap("SCRAM-SHA-256-PLUS", ScramClient(*self.account, **plus))
        with self.assertRaisesRegex(imaplib.IMAP4.error, "AUTHENTICATIONFAILED.*server-does-support-channel-binding"):
            self.scram_imap("SCRAM-SHA-256", ScramClient(*self.account, gs2="y,,"))
        self.site.daemon.wait_for(r"imap\.login_failed .*channel-bindings-dont-match", 10)

    def test_unknown_names_look_like_others(self):
        seen = []
        for name in (self.account[0], "nobody@hikyaku.example", "NOBODY@hikyaku.example", "x@far.example"):
            scram = ScramClient(name, "not-the-password")
            with self.assertRaisesRegex(imaplib.IMAP4.error, "AUTHENTICATIONFAILED") as failed:
                self.scram_imap("SCRAM-SHA-256", scram)
            seen.append((str(failed.exception), scram.iterations, len(scram.salt)))
            if name == "nobody@hikyaku.example":
                salt = scram.salt
            if name == "NOBODY@hikyaku.example":
                self.assertEqual(scram.salt, salt)
        self.assertEqual(len(set(seen)), 1, seen)

    def test_pop3_with_and_without_initial_response(self):
        for initial in (True, False):
            client = pop3(self.site)
            scram = ScramClient(*self.account)

            def line(octets):
                client._putline(base64.b64encode(octets))
                return base64.b64decode(client._getline()[0][2:])
            if initial:
                client._putline(b"AUTH SCRAM-SHA-256 " + base64.b64encode(scram.first()))
                server_first = base64.b64decode(client._getline()[0][2:])
            else:
                client._putline(b"AUTH SCRAM-SHA-256")
                self.assertEqual(client._getline()[0], b"+ ")
                server_first = line(scram.first())
            self.assertEqual(line(scram.last(server_first)), b"v=" + base64.b64encode(scram.server_signature))
            client._putline(b"")
            self.assertRegex(client._getline()[0], rb"^\+OK logged in")
            client.quit()

    def test_smtp_success_data_and_cancel(self):
        with smtp(self.site, "submission") as client:
            client.starttls(context=tls_context(self.site))
            client.ehlo()
            self.assertEqual(client.docmd("AUTH", "SCRAM-SHA-256 =")[0], 501)
            self.assertEqual(client.docmd("AUTH", "CRAM-MD5")[0], 334)
            self.assertEqual(client.docmd("*")[0], 501)
            scram = ScramClient(*self.account)
            code, server_first = client.docmd("AUTH", "SCRAM-SHA-256 " + base64.b64encode(scram.first()).decode())
            self.assertEqual(code, 334)
            code, server_last = client.docmd(base64.b64encode(scram.last(base64.b64decode(server_first))).decode())
            self.assertEqual((code, base64.b64decode(server_last)),
                             (334, b"v=" + base64.b64encode(scram.server_signature)))
            self.assertEqual(client.docmd("")[0], 235)

    def test_a_new_password_is_new_for_all(self):
        self.site.run("account", "password", self.account[0], "--password-stdin", stdin="another one\n")
        for mechanism in MECHANISMS:
            with self.subTest(mechanism):
                self.gsasl("imap", mechanism, code=1)
                self.gsasl("imap", mechanism, password="another one")

    def test_guesses_are_counted_by_every_mechanism(self):
        client = imap(self.site)
        self.addCleanup(client.shutdown)
        for _ in range(5):
            with self.assertRaisesRegex(imaplib.IMAP4.error, "AUTHENTICATIONFAILED"):
                client.authenticate("CRAM-MD5", lambda _: self.account[0].encode() + b" " + b"0" * 32)
        with self.assertRaises(imaplib.IMAP4.abort):
            client.noop()
        self.site.daemon.wait_for(rf"imap\.login_failed .*account={self.account[0]} mechanism=CRAM-MD5", 30, count=5)


if __name__ == "__main__":
    unittest.main()
