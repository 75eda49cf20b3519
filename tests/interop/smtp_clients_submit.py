# SPDX-License-Identifier: Apache-2.0
"""Goal: swaks, curl, msmtp and mutt hand in mail on every port as people set them up, and what they sent is read back
over IMAPS octet for octet; what must be refused is refused, with the reply that they understand."""

import socket
import unittest

from harness.case import SiteCase
from harness.clients import message
from harness.programs import Home, text

# Dots at line starts, octets above 127, empty lines at the end: what clients and servers like to damage.
BODY = "one\r\n.two\r\n..three\r\n.\r\nGrüße, 飛脚\r\n\r\n\r\n"

# Exit codes of swaks: https://jetmore.org/john/code/swaks/latest/doc/ref.txt, "EXIT CODES".
SWAKS_MAIL_REFUSED, SWAKS_RCPT_REFUSED, SWAKS_AUTH_FAILED = 23, 24, 28
CURL_LOGIN_DENIED = 67


class SmtpClients(SiteCase):
    def setUp(self):
        self.home = Home()
        self.addCleanup(self.home.close)

    def written(self, subject, to=None):
        """A message of alice's with all that BODY has in it."""
        return message(self.site.alice[0], to or self.site.bob[0], subject, BODY, MIME_Version="1.0")

    def assert_came_whole(self, sent, subject, account=None, protocol=b"ESMTPSA"):
        """The message is in the mailbox: our trace fields on top, then every octet that was sent."""
        got = self.wait_for_message(account or self.site.bob, rb"(?m)^Subject: " + subject.encode() + rb"\r$")
        self.assertTrue(got.endswith(sent), f"sent:\n{sent!r}\ngot:\n{got!r}")
        added = got[:-len(sent)]
        self.assertTrue(added.startswith(b"Return-Path: <"), added)
        self.assertIn(b"\tby mail.hikyaku.example", added.replace(b" by ", b"\tby "))
        self.assertRegex(added, rb"\bwith " + protocol + rb"\b")

    # swaks

    def swaks(self, protocol, *options, code=0, to=None, data=None):
        command = ["swaks", "--server", self.site.host, "--port", self.site.port(protocol), "--helo", "client.example",
                   "--from", self.site.alice[0], "--to", to or self.site.bob[0], "--timeout", "20", *options]
        if data:
            # swaks ends what it reads with one more line end.
            command += ["--data", "@" + self.home.write("message", data.removesuffix(b"\r\n"))]
        done = self.home.run(command, code=code)
        return text(done.stdout + done.stderr)

    def login(self, mechanism, password=None):
        return ["--auth", mechanism, "--auth-user", self.site.alice[0], "--auth-password",
                password or self.site.alice[1]]

    def trusted(self):
        return ["--tls-verify", "--tls-ca-path", self.site.certificate]

    def test_swaks_465_plain_and_login(self):
        for mechanism in ("PLAIN", "LOGIN"):
            with self.subTest(mechanism):
                sent = self.written(f"swaks 465 {mechanism}")
                said = self.swaks("submissions", "--tls-on-connect", *self.trusted(), *self.login(mechanism), data=sent)
                self.assertIn("235 2.7.0", said)
                self.assert_came_whole(sent, f"swaks 465 {mechanism}")

    def test_swaks_587_starttls(self):
        for mechanism in ("PLAIN", "LOGIN"):
            with self.subTest(mechanism):
                sent = self.written(f"swaks 587 {mechanism}")
                self.swaks("submission", "--tls", *self.trusted(), *self.login(mechanism), data=sent)
                self.assert_came_whole(sent, f"swaks 587 {mechanism}")

    def test_swaks_587_tls_versions(self):
        for version in ("tlsv1_2", "tlsv1_3"):
            with self.subTest(version):
                sent = self.written(f"swaks {version}")
                said = self.swaks("submission", "--tls", "--tls-protocol", version, *self.trusted(),
                                  *self.login("PLAIN"), data=sent)
                self.assertIn("TLSv1." + version[-1], said)
                self.assert_came_whole(sent, f"swaks {version}")

    def test_swaks_wrong_password(self):
        said = self.swaks("submissions", "--tls-on-connect", *self.login("PLAIN", "not-the-password"),
                          code=SWAKS_AUTH_FAILED)
        self.assertIn("<~* 535 5.7.8", said)
        said = self.swaks("submission", "--tls", *self.login("LOGIN", "not-the-password"), code=SWAKS_AUTH_FAILED)
        self.assertIn("<~* 535 5.7.8", said)

    def test_swaks_without_tls_nobody_logs_in(self):
        said = self.swaks("submission", *self.login("PLAIN"), code=SWAKS_AUTH_FAILED)
        self.assertNotRegex(said, r"(?m)^<-\s+250[- ]AUTH")
        self.assertRegex(said, r"(?m)^<-\s+250[- ]STARTTLS")
        self.assertNotIn(" -> AUTH", said)  # not offered, so not even tried

    def test_auth_forced_before_starttls_is_refused(self):
        # RFC 4954 §4: a client that does not care gets 5yz before a password is asked for.
        with socket.create_connection((self.site.host, self.site.port("submission")), 30) as connection, \
                connection.makefile("rwb") as stream:
            stream.readline()
            for command, wanted in ((b"EHLO client.example", b"250"),
                                    (b"AUTH PLAIN AGFsaWNlAHNlY3JldA==", b"5"), (b"AUTH LOGIN", b"5"),
                                    (b"MAIL FROM:<alice@hikyaku.example>", b"530"), (b"QUIT", b"221")):
                stream.write(command + b"\r\n")
                stream.flush()
                while (reply := stream.readline())[3:4] == b"-":
                    self.assertNotIn(b"AUTH", reply)
                self.assertTrue(reply.startswith(wanted), f"{command}: {reply}")

    def test_swaks_587_without_login(self):
        said = self.swaks("submission", "--tls", *self.trusted(), code=SWAKS_MAIL_REFUSED)
        self.assertIn("530 5.7.", said)

    def test_swaks_25_to_a_local_user(self):
        sent = self.written("swaks 25")
        said = self.swaks("smtp", "--from", "someone@elsewhere.example", data=sent)
        self.assertRegex(said, r"(?m)^<-  250 2\.0\.0 .*[0-9A-Z]{13}")
        self.assert_came_whole(sent, "swaks 25", protocol=b"ESMTP")

    def test_swaks_25_starttls_and_pipelining(self):
        sent = self.written("swaks 25 tls")
        self.swaks("smtp", "--tls", "--pipeline", "--from", "someone@elsewhere.example", data=sent)
        self.assert_came_whole(sent, "swaks 25 tls", protocol=b"ESMTPS")

    def test_swaks_25_is_no_relay(self):
        said = self.swaks("smtp", "--from", "someone@elsewhere.example", to="victim@far.example",
                          code=SWAKS_RCPT_REFUSED)
        self.assertIn("5.7.1", said)
        said = self.swaks("smtp", "--from", self.site.alice[0], to="victim%far.example@hikyaku.example",
                          code=SWAKS_RCPT_REFUSED)
        self.assertIn("550 5.1.1", said)

    def test_swaks_25_unknown_user(self):
        said = self.swaks("smtp", "--from", "someone@elsewhere.example", to="nobody@hikyaku.example",
                          code=SWAKS_RCPT_REFUSED)
        self.assertIn("550 5.1.1", said)

    def test_swaks_sender_of_another(self):
        said = self.swaks("submissions", "--tls-on-connect", *self.login("PLAIN"), "--from", self.site.bob[0],
                          code=SWAKS_MAIL_REFUSED)
        self.assertIn("5.7.1", said)

    def test_swaks_lmtp_one_reply_for_each(self):
        sent = self.written("swaks lmtp")
        said = self.swaks("lmtp", "--protocol", "LMTP", "--from", "someone@elsewhere.example",
                          to=f"{self.site.bob[0]},{self.site.carol[0]}", data=sent)
        self.assertIn("LHLO client.example", said)
        self.assert_came_whole(sent, "swaks lmtp", protocol=b"LMTP")
        self.assert_came_whole(sent, "swaks lmtp", self.site.carol, protocol=b"LMTP")

    # curl

    def curl(self, url, *options, sent=b"", code=0, password=None):
        done = self.home.run(["curl", "--silent", "--show-error", "--verbose", "--max-time", "20",
                              "--cacert", self.site.certificate, url, "--user",
                              f"{self.site.alice[0]}:{password or self.site.alice[1]}",
                              "--mail-from", self.site.alice[0], "--mail-rcpt", self.site.bob[0],
                              "--upload-file", self.home.write("message", sent), *options], code=code)
        return text(done.stderr)

    def test_curl_smtps_and_starttls(self):
        for url, options, subject in (
                (f"smtps://{self.site.host}:{self.site.port('submissions')}/client.example", [], "curl 465"),
                (f"smtp://{self.site.host}:{self.site.port('submission')}/client.example", ["--ssl-reqd"], "curl 587"),
                (f"smtps://{self.site.host}:{self.site.port('submissions')}/client.example",
                 ["--login-options", "AUTH=LOGIN"], "curl LOGIN"),
                (f"smtps://{self.site.host}:{self.site.port('submissions')}/client.example", ["--sasl-ir"],
                 "curl initial response")):
            with self.subTest(subject):
                sent = self.written(subject)
                self.curl(url, *options, sent=sent)
                self.assert_came_whole(sent, subject)

    def test_curl_two_recipients(self):
        sent = self.written("curl two")
        self.curl(f"smtps://{self.site.host}:{self.site.port('submissions')}/client.example",
                  "--mail-rcpt", self.site.carol[0], sent=sent)
        self.assert_came_whole(sent, "curl two")
        self.assert_came_whole(sent, "curl two", self.site.carol)

    def test_curl_wrong_password(self):
        said = self.curl(f"smtps://{self.site.host}:{self.site.port('submissions')}/client.example",
                         sent=self.written("never"), password="not-the-password", code=CURL_LOGIN_DENIED)
        self.assertIn("< 535 5.7.8", said)

    def test_curl_vrfy_tells_nothing(self):
        # RFC 5321 §7.3: 252 says neither yes nor no.
        done = self.home.run(["curl", "--silent", "--verbose", "--max-time", "20", "--mail-rcpt", "nobody",
                              f"smtp://{self.site.host}:{self.site.port('smtp')}/client.example"], code=None)
        self.assertRegex(text(done.stderr) + text(done.stdout), r"< (252|502|550) ")

    # msmtp

    def msmtp_account(self, protocol, starttls, mechanism="on", password=None):
        secret = self.home.write("password", (password or self.site.alice[1]) + "\n")
        return self.home.write(".msmtprc", f"""
account default
host {self.site.host}
port {self.site.port(protocol)}
domain client.example
tls on
tls_starttls {starttls}
tls_trust_file {self.site.certificate}
auth {mechanism}
user {self.site.alice[0]}
passwordeval cat {secret}
from {self.site.alice[0]}
timeout 20
""")

    def test_msmtp(self):
        for protocol, starttls, mechanism in (("submissions", "off", "on"), ("submission", "on", "on"),
                                              ("submissions", "off", "plain"), ("submissions", "off", "login")):
            subject = f"msmtp {protocol} {mechanism}"
            with self.subTest(subject):
                sent = self.written(subject)
                rc = self.msmtp_account(protocol, starttls, mechanism)
                self.home.run(["msmtp", "-C", rc, "--read-recipients"], stdin=sent.replace(b"\r\n", b"\n"))
                self.assert_came_whole(sent, subject)

    def test_msmtp_adds_nothing_so_we_do(self):
        # RFC 6409 §8.2, §8.3: what a client leaves out, the submission server adds.
        rc = self.msmtp_account("submissions", "off")
        self.home.run(["msmtp", "-C", rc, "--set-date-header=off", "--set-msgid-header=off", self.site.bob[0]],
                      stdin=f"From: {self.site.alice[0]}\nSubject: msmtp bare\n\nhi\n".encode())
        got = self.wait_for_message(self.site.bob, rb"(?m)^Subject: msmtp bare\r$")
        self.assertRegex(got, rb"(?m)^Date: \w{3}, \d\d? \w{3} \d{4} [0-9:]{8} [+-]\d{4}\r$")
        self.assertRegex(got, rb"(?m)^Message-ID: <[^>]+@[^>]+>\r$")
        self.assertTrue(got.endswith(b"\r\n\r\nhi\r\n"))

    def test_msmtp_wrong_password(self):
        rc = self.msmtp_account("submissions", "off", password="not-the-password")
        done = self.home.run(["msmtp", "-C", rc, self.site.bob[0]], stdin=b"Subject: never\n\n", code=77)  # EX_NOPERM
        self.assertIn("535 5.7.8", text(done.stderr))

    def test_msmtp_server_information(self):
        rc = self.msmtp_account("submission", "on")
        said = text(self.home.run(["msmtp", "-C", rc, "--serverinfo"]).stdout)
        for capability in ("SIZE", "PIPELINING", "AUTH", "PLAIN", "LOGIN", "SCRAM-SHA-256"):
            self.assertIn(capability, said)

    # mutt, as a sender

    def test_mutt_sends_and_keeps_a_copy(self):
        user = self.site.alice[0].replace("@", "%40")
        rc = self.home.write("muttrc", f"""
set from="{self.site.alice[0]}" realname="Alice" use_envelope_from=yes
set smtp_url="smtps://{user}@{self.site.host}:{self.site.port('submissions')}/" smtp_pass="{self.site.alice[1]}"
set imap_user="{self.site.alice[0]}" imap_pass="{self.site.alice[1]}"
set record="imaps://{user}@{self.site.host}:{self.site.port('imaps')}/Sent" copy=yes
set certificate_file="{self.site.certificate}" ssl_verify_host=yes
set sendmail_wait=0 hostname="client.example" send_charset="utf-8" allow_8bit=yes
""")
        attached = self.home.write("attached.bin", bytes(range(256)) * 64)
        self.home.run(["mutt", "-n", "-F", rc, "-s", "mutt sends", "-a", attached, "--", self.site.bob[0]],
                      stdin="Grüße\n.\nbye\n".encode())
        got = self.wait_for_message(self.site.bob, rb"(?m)^Subject: mutt sends\r$")
        self.assertIn("Grüße\r\n.\r\nbye\r\n".encode(), got)
        copy = self.wait_for_message(self.site.alice, rb"(?m)^Subject: mutt sends\r$", mailbox="Sent")
        self.assertEqual(got.partition(b"\r\n\r\n")[2], copy.partition(b"\r\n\r\n")[2])


if __name__ == "__main__":
    unittest.main()
