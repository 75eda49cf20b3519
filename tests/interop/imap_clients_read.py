# SPDX-License-Identifier: Apache-2.0
"""Goal: curl, mbsync, mutt, fetchmail and getmail read mail over IMAP, octet for octet, and what they change (flags,
deletions, new messages, folders) is changed; a second synchronisation finds nothing to do."""

import os
import re
import unittest
import urllib.parse

from _reading import ReadingCase, awkward_messages, unix
from harness.clients import imap, message
from harness.daemon import Daemon
from harness.programs import text

CURL_LOGIN_DENIED = 67


class Curl(ReadingCase):
    def curl(self, account, path, *options, protocol="imaps", code=0):
        url = f"{protocol}://{self.site.host}:{self.site.port(protocol)}/{path}"
        user = ":".join(account)
        return self.home.run(["curl", "--silent", "--show-error", "--max-time", "20", "--cacert",
                              self.site.certificate, "--ssl-reqd", "--user", user, url, *options], code=code).stdout

    def test_fetch_each_octet(self):
        messages = awkward_messages()
        account = self.new_account(messages)
        for number, wanted in enumerate(messages, 1):
            self.assert_same_messages([self.curl(account, f"INBOX;UID={number}")], [wanted])
            self.assert_same_messages([self.curl(account, f"INBOX;MAILINDEX={number};SECTION=TEXT")],
                                      [wanted.partition(b"\r\n\r\n")[2]])
        self.assertEqual(self.curl(account, "INBOX;MAILINDEX=2", protocol="imap"), messages[1])  # STARTTLS

    def test_list_search_and_status(self):
        account = self.new_account(awkward_messages())
        self.put(account, [message("a@far.example", "b@far.example")], "Projects/Hikyaku")
        listed = self.curl(account, "").decode()
        for name in ("INBOX", "Projects", "Projects/Hikyaku", "Sent", "Drafts", "Trash"):
            self.assertRegex(listed, rf'(?m)^\* LIST \(.*\) "/" "?{name}"?\r?$')
        self.assertEqual(self.curl(account, "INBOX?" + urllib.parse.quote("SUBJECT attachment")), b"* SEARCH 8\r\n")
        self.assertEqual(self.curl(account, "INBOX?" + urllib.parse.quote("TEXT elsewhere UNSEEN LARGER 10")),
                         b"* SEARCH 5\r\n")
        self.assertEqual(self.curl(account, "INBOX?" + urllib.parse.quote("SUBJECT absent")).rstrip(), b"* SEARCH")
        self.assertIn(b"MESSAGES 8", self.curl(account, "", "--request", "STATUS INBOX (MESSAGES UIDNEXT UNSEEN)"))
        self.assertRegex(self.curl(account, "INBOX", "--request", "FETCH 1:2 (FLAGS ENVELOPE)").decode(),
                         r'(?s)\* 1 FETCH .*"dots".*\* 2 FETCH .*"octets"')

    def test_append_and_delete(self):
        account = self.new_account()
        sent = awkward_messages()[1]
        self.curl(account, "INBOX", "--upload-file", self.home.write("message", sent))
        ((flags, kept),) = self.everything(account).values()
        self.assertEqual((flags, kept), ({"\\Seen"}, sent))  # the flag that curl gives
        self.curl(account, "INBOX", "--request", "STORE 1 +FLAGS (\\Deleted)")
        self.curl(account, "INBOX", "--request", "EXPUNGE")
        self.assertEqual(self.everything(account), {})

    def test_folders(self):
        account = self.new_account()
        self.curl(account, "", "--request", "CREATE Archive/2026")
        self.curl(account, "", "--request", "RENAME Archive/2026 Archive/2027")
        self.assertIn(b"Archive/2027", self.curl(account, "", "--request", 'LIST "" "*"'))
        self.curl(account, "", "--request", "DELETE Archive/2027")
        self.assertNotIn(b"Archive/2027", self.curl(account, "", "--request", 'LIST "" "*"'))

    def test_wrong_password(self):
        account = self.new_account()
        for mechanism in ("PLAIN", "LOGIN"):
            self.curl((account[0], "not-the-password"), "", "--login-options", f"AUTH={mechanism}",
                      code=CURL_LOGIN_DENIED)


class Mbsync(ReadingCase):
    """Two-way synchronisation of a Maildir."""

    def configured(self, account, connection):
        os.makedirs(self.home.path("Mail"), exist_ok=True)
        return self.home.write(".mbsyncrc", f"""
IMAPAccount far
Host {self.site.host}
User {account[0]}
Pass "{account[1]}"
CertificateFile {self.site.certificate}
Timeout 20
{connection}

IMAPStore far
Account far

MaildirStore near
Path {self.home.path('Mail')}/
Inbox {self.home.path('Mail', 'INBOX')}
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Sync All
Create Both
Remove Both
Expunge Both
SyncState *
""")

    def mbsync(self):
        return text(self.home.run(["mbsync", "-V", "-c", self.home.path(".mbsyncrc"), "-a"]).stdout)

    def local(self, folder="INBOX"):
        """{subject: (path, flags)} of a Maildir."""
        found = {}
        for sub in ("cur", "new"):
            directory = self.home.path("Mail", folder, sub)
            for name in os.listdir(directory) if os.path.isdir(directory) else []:
                path = os.path.join(directory, name)
                with open(path, "rb") as f:
                    subject = re.search(rb"(?m)^Subject: (.*)$", f.read())[1].decode()
                found[subject] = (path, name.partition(":2,")[2])
        return found

    def local_state(self):
        """Every name below the Maildir: what changes when anything does."""
        return sorted((root, *dirs, *files) for root, dirs, files in os.walk(self.home.path("Mail")))

    def flags(self, account, subject, mailbox="INBOX"):
        found = [f for f, m in self.everything(account, mailbox).values()
                 if f"\r\nSubject: {subject}\r\n".encode() in m]
        self.assertLessEqual(len(found), 1, subject)
        return found[0] if found else None

    def set_flag(self, path, flags):
        """As a local mail reader does: the name says the flags."""
        name = os.path.basename(path).partition(":2,")[0]
        folder = os.path.dirname(os.path.dirname(path))
        os.rename(path, os.path.join(folder, "cur", f"{name}:2,{''.join(sorted(flags))}"))

    def change_remote(self, account, uid, *store):
        with imap(self.site, account) as client:
            client.select("INBOX")
            for item, flags in store:
                client.uid("STORE", str(uid), item, flags)

    def test_both_ways(self):
        messages = awkward_messages()
        account = self.new_account(messages)
        self.put(account, messages[:2], "Projects/Hikyaku")
        self.configured(account, f"Port {self.site.port('imaps')}\nSSLType IMAPS\nAuthMechs LOGIN")
        self.mbsync()

        # All of it is here, octet for octet.
        here = self.local()
        self.assertEqual(len(here), len(messages))
        for wanted in messages:
            subject = re.search(rb"(?m)^Subject: (.*)\r$", wanted)[1].decode()
            with open(here[subject][0], "rb") as f:
                self.assert_same_messages([re.sub(rb"(?m)^X-TUID: .*\n", b"", f.read(), count=1)], [unix(wanted)])
        self.assertEqual(set(self.local("Projects/Hikyaku")), {"dots", "octets"})
        self.assertTrue(os.path.isdir(self.home.path("Mail", "Sent")))

        # Flags, a deletion and a new message from here.
        self.set_flag(here["dots"][0], "S")
        self.set_flag(here["octets"][0], "FRS")
        self.set_flag(here["no body"][0], "T")
        new = message("me@hikyaku.example", "ann@far.example", "written here", "draft, 飛脚\r\n", MIME_Version="1.0")
        self.home.write("Mail/INBOX/new/1.local.host", unix(new))
        # Flags and a deletion there; the changes of both sides meet.
        uids = {re.search(rb"(?m)^Subject: (.*)\r$", m)[1].decode(): uid
                for uid, (_, m) in self.everything(account).items()}
        self.change_remote(account, uids["a long line"], ("+FLAGS", r"(\Answered \Flagged)"))
        self.change_remote(account, uids["an attachment"], ("+FLAGS", r"(\Deleted)"))
        self.mbsync()

        self.assertEqual(self.flags(account, "dots"), {"\\Seen"})
        self.assertEqual(self.flags(account, "octets"), {"\\Seen", "\\Flagged", "\\Answered"})
        self.assertIsNone(self.flags(account, "no body"))
        self.assertIsNone(self.flags(account, "an attachment"))
        kept = [m for _, m in self.everything(account).values() if b"Subject: written here" in m]
        self.assertEqual([re.sub(rb"(?m)^X-TUID: .*\r\n", b"", m, count=1) for m in kept], [new])
        here = self.local()
        self.assertEqual(here["a long line"][1], "FR")
        self.assertNotIn("an attachment", here)
        self.assertNotIn("no body", here)

        # Nothing is left to do.
        before = self.local_state(), self.everything(account)
        said = self.mbsync()
        self.assertTrue((self.local_state(), self.everything(account)) == before, said)

    def test_starttls_plain_and_folders_from_here(self):
        account = self.new_account([awkward_messages()[0]])
        self.configured(account, f"Port {self.site.port('imap')}\nSSLType STARTTLS\nAuthMechs PLAIN")
        self.mbsync()
        name = "B&APY-x"  # mbsync leaves it to people to write RFC 3501 §5.1.3
        for sub in ("cur", "new", "tmp"):
            os.makedirs(self.home.path("Mail", name, sub))
        sent = awkward_messages()[1]
        self.home.write(f"Mail/{name}/cur/1.local.host:2,S", unix(sent))
        self.mbsync()
        ((flags, got),) = self.everything(account, name).values()
        self.assertEqual((flags, re.sub(rb"(?m)^X-TUID: .*\r\n", b"", got, count=1)), ({"\\Seen"}, sent))
        before = self.local_state()
        self.mbsync()
        self.assertEqual(self.local_state(), before)


class Mutt(ReadingCase):
    def mutt(self, account, keys, folder="INBOX"):
        """Opens a folder and presses keys."""
        user = account[0].replace("@", "%40")
        rc = self.home.write("muttrc", f"""
set imap_user="{account[0]}" imap_pass="{account[1]}" imap_idle=no
set certificate_file="{self.site.certificate}" ssl_force_tls=yes
set sort=mailbox-order confirmappend=no confirmcreate=no delete=yes move=no wait_key=no mark_old=no
set pipe_decode=no quit=yes folder="{self.home.directory}"
push "{keys}"
""")
        url = f"imaps://{user}@{self.site.host}:{self.site.port('imaps')}/{folder}"
        return self.home.run_on_terminal(["mutt", "-n", "-F", rc, "-f", url])

    def test_reads_flags_copies_and_deletes(self):
        messages = awkward_messages()
        account = self.new_account(messages)
        mailbox = f"imaps://{account[0].replace('@', '%40')}@{self.site.host}:{self.site.port('imaps')}/"
        self.mutt(account,
                  "<first-entry><pipe-message>cat > first<enter>"
                  "<next-entry><flag-message>"
                  f"<jump>3<enter><copy-message>{mailbox}Copies<enter>"
                  "<jump>4<enter><delete-message>"
                  f"<jump>5<enter><save-message>{mailbox}Moved<enter>"
                  "<sync-mailbox><quit>")
        with open(self.home.path("first"), "rb") as f:
            self.assert_same_messages([f.read()], [unix(messages[0])])
        left = {re.search(rb"Subject: (.*)\r\n", m)[1].decode(): flags
                for flags, m in self.everything(account).values()}
        self.assertEqual(len(left), len(messages) - 2)
        self.assertNotIn("no body", left)
        self.assertIn("\\Flagged", left["octets"])
        self.assert_same_messages(self.messages_in(account, "Copies"), [messages[2]])
        self.assert_same_messages(self.messages_in(account, "Moved"), [messages[4]])

    def test_limits_by_search_on_the_server(self):
        account = self.new_account(awkward_messages())
        # =b searches bodies on the server; all that is found is deleted.
        self.mutt(account, "<limit>=b飛脚<enter><tag-pattern>.<enter><tag-prefix><delete-message><sync-mailbox><quit>")
        subjects = [re.search(rb"Subject: (.*)\r\n", m)[1] for m in self.messages_in(account)]
        self.assertNotIn(b"octets", subjects)
        self.assertEqual(len(subjects), 7)


class Fetchmail(ReadingCase):
    def configured(self, account, options="", protocol="imaps", tls="ssl"):
        os.makedirs(self.home.path("got"), exist_ok=True)
        mda = self.home.write("mda", '#!/bin/sh\nset -e\nf=$(mktemp got/XXXXXX)\ncat > "$f"\n', 0o700)
        return self.home.write(".fetchmailrc", f"""
poll {self.site.host} service {self.site.port(protocol)} protocol imap
  user "{account[0]}" password "{account[1]}" is tester here
  {tls} sslcertck sslcommonname "mail.hikyaku.example" sslcertfile "{self.site.certificate}"
  no rewrite mda "{mda}" {options}
""")

    def command(self, *options):
        return ["fetchmail", "--nodetach", "--nosyslog", "--invisible", "-f", self.home.path(".fetchmailrc"),
                "--pidfile", self.home.path("pid"), "--idfile", self.home.path("ids"), *options]

    def test_fetches_and_deletes(self):
        messages = awkward_messages()
        account = self.new_account(messages)
        self.configured(account)
        self.home.run(self.command())
        self.assert_same_messages(self.home.files("got"), map(unix, messages))
        self.assertEqual(self.everything(account), {})
        self.home.run(self.command(), code=1)  # 1: there was no mail

    def test_keeps_and_marks_as_seen(self):
        messages = awkward_messages()
        account = self.new_account(messages)
        self.configured(account, "keep", protocol="imap", tls='sslproto "TLS1.2+"')
        self.home.run(self.command())
        self.assert_same_messages(self.home.files("got"), map(unix, messages))
        self.assertEqual([flags for flags, _ in self.everything(account).values()], [{"\\Seen"}] * len(messages))
        self.home.run(self.command(), code=1)
        self.assertEqual(len(self.home.files("got")), len(messages))

    def test_hears_of_new_mail_by_idle(self):
        account = self.new_account()
        self.configured(account, "keep idle")
        fetchmail = Daemon(["sh", "-c", 'exec "$@" >&2', "sh", *self.command("-vv")], "fetchmail", env=self.home.env,
                           cwd=self.home.directory)
        self.addCleanup(fetchmail.kill)
        for number in (1, 2):
            fetchmail.wait_for(r"IMAP> A\d+ IDLE", count=number)
            self.deliver(message("ann@far.example", account[0], f"news {number}"), account[0])
        fetchmail.wait_for(r"IMAP> A\d+ IDLE", count=3)
        self.assertEqual(len(self.home.files("got")), 2)


class Getmail(ReadingCase):
    def test_fetches_and_deletes(self):
        messages = awkward_messages()
        account = self.new_account(messages)
        self.put(account, messages[:1], "Projects")
        os.makedirs(self.home.path("got"))
        # getmail waits a minute, in vain, for an MDA that ended before it began to wait.
        mda = self.home.write("mda", """#!/bin/sh
cat > "$(mktemp got/XXXXXX)"
until grep -q '^State:.*S' "/proc/$PPID/status"; do :; done
""", 0o700)
        self.home.write("getmail/getmailrc", f"""
[retriever]
type = SimpleIMAPSSLRetriever
server = {self.site.host}
port = {self.site.port('imaps')}
username = {account[0]}
password = {account[1]}
mailboxes = ("INBOX", "Projects")
ca_certs = {self.site.certificate}
[destination]
type = MDA_external
path = {mda}
allow_root_commands = true
[options]
delete = true
delivered_to = false
received = false
""")
        command = ["getmail", "--getmaildir", self.home.path("getmail")]
        self.home.run(command)
        # getmail puts a Return-Path on top where there is none.
        got = [m.removeprefix(b"Return-Path: <unknown>\n") for m in self.home.files("got")]
        got = [re.sub(rb"X-getmail-[^\n]*\n", b"", m) for m in got]  # its own field
        self.assert_same_messages(got, map(unix, messages + messages[:1]))
        self.assertEqual(self.everything(account), {})
        self.assertEqual(self.everything(account, "Projects"), {})
        self.assertIn("0 messages (0 bytes) retrieved", text(self.home.run(command).stdout))


if __name__ == "__main__":
    unittest.main()
