# SPDX-License-Identifier: Apache-2.0
"""Goal: curl, fetchmail and getmail fetch mail over POP3, octet for octet, with TLS from the first octet and by STLS;
what they delete goes when they say QUIT, and not when they are cut off before it."""

import os
import poplib
import re
import unittest

from _reading import ReadingCase, awkward_messages, unix
from harness.clients import imap, pop3, tls_context
from harness.programs import text

CURL_LOGIN_DENIED = 67
FETCHMAIL_NO_MAIL, FETCHMAIL_AUTH_FAILED = 1, 3


class Curl(ReadingCase):
    def curl(self, account, path="", *options, protocol="pop3s", code=0):
        url = f"{protocol}://{self.site.host}:{self.site.port(protocol)}/{path}"
        return self.home.run(["curl", "--silent", "--show-error", "--max-time", "20", "--cacert",
                              self.site.certificate, "--ssl-reqd", "--user", ":".join(account), url, *options],
                             code=code).stdout

    def test_each_octet(self):
        messages = awkward_messages()
        account = self.new_account(messages)
        for protocol in ("pop3s", "pop3"):
            got = [self.curl(account, str(n), protocol=protocol) for n in range(1, len(messages) + 1)]
            self.assert_same_messages(got, messages)

    def test_lists(self):
        messages = awkward_messages()
        account = self.new_account(messages)
        listed = "".join(f"{number} {len(m)}\r\n" for number, m in enumerate(messages, 1))
        self.assertEqual(self.curl(account).decode(), listed)
        unique = self.curl(account, "", "--request", "UIDL").decode().split("\r\n")
        self.assertEqual(len({line.split(" ")[1] for line in unique if line}), len(messages))
        self.assertEqual(self.curl(account, "", "--request", "UIDL").decode().split("\r\n"), unique)
        head = self.curl(account, "", "--request", "TOP 1 1")
        self.assertEqual(head, messages[0].partition(b"\r\n\r\n")[0] + b"\r\n\r\none\r\n")

    def test_deletes_at_quit(self):
        messages = awkward_messages()
        account = self.new_account(messages)
        self.curl(account, "2", "--request", "DELE", "--list-only")
        self.assert_same_messages(self.messages_in(account), messages[:1] + messages[2:])

    def test_ways_to_log_in(self):
        account = self.new_account(awkward_messages()[:1])
        for way in ("AUTH=PLAIN", "AUTH=LOGIN"):  # getmail takes USER and PASS
            with self.subTest(way):
                self.assertTrue(self.curl(account, "1", "--login-options", way).endswith(b".\r\n"))
                self.curl((account[0], "not-the-password"), "1", "--login-options", way, code=CURL_LOGIN_DENIED)


class Capabilities(ReadingCase):
    def test_what_is_listed_works_where_it_is_listed(self):
        """RFC 2449: CAPA says what holds in the state that it is asked in."""
        account = self.new_account(awkward_messages()[:2])
        client = poplib.POP3(self.site.host, self.site.port("pop3"), timeout=30)
        self.addCleanup(client.close)
        clear = client.capa()
        self.assertIn("STLS", clear)
        self.assertFalse({"USER", "SASL", "IMPLEMENTATION"} & set(clear))  # no password in the clear
        for command in ("USER " + account[0], "AUTH PLAIN", "STAT", "LAST"):
            with self.assertRaises(poplib.error_proto, msg=command):
                client._shortcmd(command)
        client.stls(tls_context(self.site))
        before = client.capa()
        self.assertNotIn("STLS", before)
        self.assertTrue({"SCRAM-SHA-256", "PLAIN", "LOGIN"} <= set(before["SASL"]))
        client.user(account[0])
        with self.assertRaisesRegex(poplib.error_proto, r"-ERR \[AUTH\]"):  # AUTH-RESP-CODE
            client.pass_("not-the-password")
        client.user(account[0])
        client.pass_(account[1])
        after = client.capa()
        self.assertEqual(after["EXPIRE"], ["NEVER"])
        self.assertTrue({"TOP", "UIDL", "PIPELINING", "RESP-CODES", "USER", "SASL"} <= set(after))
        client.sock.sendall(b"STAT\r\nTOP 1 0\r\nUIDL 2\r\nNOOP\r\n")  # PIPELINING
        self.assertTrue(client._getresp().startswith(b"+OK 2 "))
        self.assertTrue(client._getlongresp()[1])
        self.assertTrue(client._getresp().startswith(b"+OK 2 "))
        self.assertTrue(client._getresp().startswith(b"+OK"))
        other = pop3(self.site)
        self.addCleanup(other.close)
        other.user(account[0])
        with self.assertRaisesRegex(poplib.error_proto, r"-ERR \[IN-USE\]"):  # RESP-CODES
            other.pass_(account[1])
        client.quit()


class CutOff(ReadingCase):
    def test_what_was_marked_stays_without_quit(self):
        # RFC 1939 §6: only QUIT enters the UPDATE state.
        messages = awkward_messages()
        account = self.new_account(messages)
        client = pop3(self.site, account)
        client.dele(1)
        client.dele(2)
        client.sock.close()
        client.file.close()
        # A session after it sees all: the mailbox is free again, and nothing has gone.
        with_lock_released = pop3(self.site, account)
        self.assertEqual(with_lock_released.stat()[0], len(messages))
        with_lock_released.dele(1)
        with_lock_released.rset()
        with_lock_released.quit()
        self.assert_same_messages(self.messages_in(account), messages)

    def test_mail_that_comes_during_the_session_is_kept(self):
        messages = awkward_messages()
        account = self.new_account(messages[:2])
        client = pop3(self.site, account)
        self.put(account, messages[2:3])
        with imap(self.site, account) as other:  # and another client takes one of those
            other.select("INBOX")
            other.store("2", "+FLAGS", r"(\Deleted)")
            other.expunge()
        self.assertEqual(client.stat()[0], 2)
        client.dele(1)
        client.quit()
        self.assert_same_messages(self.messages_in(account), messages[2:3])


class Fetchmail(ReadingCase):
    def configured(self, account, options="", protocol="pop3s", tls="ssl"):
        os.makedirs(self.home.path("got"), exist_ok=True)
        mda = self.home.write("mda", '#!/bin/sh\nexec cat > "$(mktemp got/XXXXXX)"\n', 0o700)
        self.home.write(".fetchmailrc", f"""
poll {self.site.host} service {self.site.port(protocol)} protocol pop3 {'uidl' if 'keep' in options else ''}
  user "{account[0]}" password "{account[1]}" is tester here
  {tls} sslcertck sslcommonname "mail.hikyaku.example" sslcertfile "{self.site.certificate}"
  no rewrite mda "{mda}" {options}
""")

    def fetchmail(self, code=0):
        return text(self.home.run(["fetchmail", "--nodetach", "--nosyslog", "--invisible", "-v", "-f",
                                   self.home.path(".fetchmailrc"), "--pidfile", self.home.path("pid"), "--idfile",
                                   self.home.path("ids")], code=code).stdout)

    def test_fetches_and_deletes(self):
        messages = awkward_messages()
        account = self.new_account(messages)
        self.configured(account)
        self.fetchmail()
        self.assert_same_messages(self.home.files("got"), map(unix, messages))
        self.assertEqual(self.messages_in(account), [])
        self.fetchmail(FETCHMAIL_NO_MAIL)

    def test_keeps_and_knows_by_uidl_over_stls(self):
        messages = awkward_messages()
        account = self.new_account(messages[:-1])
        self.configured(account, "keep", "pop3", tls='sslproto "TLS1.2+"')
        self.assertIn("POP3> STLS", self.fetchmail())
        self.assert_same_messages(self.home.files("got"), map(unix, messages[:-1]))
        self.fetchmail(FETCHMAIL_NO_MAIL)
        self.put(account, messages[-1:])
        self.fetchmail()
        self.assert_same_messages(self.home.files("got"), map(unix, messages))
        self.assert_same_messages(self.messages_in(account), messages)

    def test_wrong_password(self):
        account = self.new_account()
        self.configured((account[0], "not-the-password"))
        self.assertRegex(self.fetchmail(FETCHMAIL_AUTH_FAILED), r"POP3< -ERR \[AUTH\]")  # RFC 3206


class Getmail(ReadingCase):
    def configured(self, account, delete):
        os.makedirs(self.home.path("got"), exist_ok=True)
        mda = self.home.write("mda", '#!/bin/sh\nexec cat > "$(mktemp got/XXXXXX)"\n', 0o700)
        self.home.write("getmail/getmailrc", f"""
[retriever]
type = SimplePOP3SSLRetriever
server = {self.site.host}
port = {self.site.port('pop3s')}
username = {account[0]}
password = {account[1]}
ca_certs = {self.site.certificate}
[destination]
type = MDA_external
path = {mda}
allow_root_commands = true
[options]
read_all = false
delete = {delete}
delivered_to = false
received = false
""")

    def getmail(self):
        return text(self.home.run(["getmail", "--getmaildir", self.home.path("getmail")]).stdout)

    def got(self):
        """getmail puts a Return-Path on top where there is none."""
        return [re.sub(rb"\AReturn-Path: <unknown>\n", b"", m) for m in self.home.files("got")]

    def test_fetches_and_deletes(self):
        messages = awkward_messages()
        account = self.new_account(messages)
        self.configured(account, "true")
        self.getmail()
        self.assert_same_messages(self.got(), map(unix, messages))
        self.assertEqual(self.messages_in(account), [])

    def test_keeps_and_knows_what_is_new(self):
        messages = awkward_messages()
        account = self.new_account(messages[:3])
        self.configured(account, "false")
        self.getmail()
        self.put(account, messages[3:4])
        self.assertIn("1 messages (", self.getmail())
        self.assert_same_messages(self.got(), map(unix, messages[:4]))


if __name__ == "__main__":
    unittest.main()
