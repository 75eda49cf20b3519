# SPDX-License-Identifier: Apache-2.0
"""Goal: a message whose octets on disk are damaged is told to the client and to the administrator, and all other mail
is read on the same connection; `store check` finds it, and says so by its exit code."""

import glob
import json
import os
import poplib
import re
import ssl
import unittest

from harness.clients import imap, message, submit
from harness.site import Site

MESSAGES, BAD = 6, 4


class Damage(unittest.TestCase):
    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.close)
        self.site.start()
        with submit(self.site, self.site.alice) as client:
            for n in range(1, MESSAGES + 1):
                client.sendmail(self.site.alice[0], [self.site.bob[0]],
                                message(self.site.alice[0], self.site.bob[0], f"letter {n}", body=f"number {n} of them\r\n" * 200))

    def damage(self):
        """Changes an octet in the body of message BAD, while no server runs."""
        for path in glob.glob(os.path.join(self.site.data, "store", "log", "*.log")):
            with open(path, "r+b") as f:
                at = f.read().find(f"number {BAD} of them\r\n".encode() * 2)
                if at >= 0:
                    f.seek(at)
                    f.write(b"N")
                    return
        self.fail("the body was not found in the log")

    def check(self):
        return self.site.run("store", "check", check=False)

    def test_it_is_told_and_the_rest_is_read(self):
        self.assertEqual(self.check().returncode, 0)
        self.assertEqual(self.site.stop(), 0)
        self.damage()
        found = self.check()
        self.assertEqual(found.returncode, 5)
        self.assertRegex(found.stdout, rf"(?m)^{self.site.bob[0]}, mailbox INBOX, UID {BAD}, subject \"letter {BAD}\", "
                                       r"Message-ID <\S+>: .* can't be read: .*\.log is damaged at octet \d+")
        self.assertRegex(found.stdout, r"what to do: restore .* from a backup")
        told = json.loads(self.site.run("store", "check", "--json", check=False).stdout)["findings"]
        self.assertEqual([(f["account"], f["mailbox"], f["uid"], f["subject"]) for f in told],
                         [(self.site.bob[0], "INBOX", BAD, f"letter {BAD}")])

        japanese = self.site.run("store", "check", "--lang", "ja", check=False)
        self.assertEqual(japanese.returncode, 5)
        self.assertRegex(japanese.stdout, rf"(?m)^{self.site.bob[0]} のメールボックス INBOX、UID {BAD}、件名 .* を読めません: ")
        self.assertRegex(japanese.stdout, "対処: データフォルダーをバックアップから戻すか")
        self.assertRegex(japanese.stderr, r"本文 \d+ 件、\d+ オクテットを読みました")
        ja_told = json.loads(self.site.run("store", "check", "--json", "--lang", "ja", check=False).stdout)["findings"]
        self.assertEqual([set(f) for f in ja_told], [set(f) for f in told], "the same keys in each language")
        self.assertIn("バックアップ", ja_told[0]["repair"])

        self.site.start()
        client = imap(self.site, self.site.bob)
        self.addCleanup(client.logout)
        client.select("INBOX")
        kind, told = client.fetch(f"1:{MESSAGES}", "(UID BODY.PEEK[])")
        self.assertEqual(kind, "NO", told)
        self.assertIn(b"[CORRUPTION]", told[-1])
        got = [int(re.search(rb"^(\d+) ", part[0])[1])
               for part in client.untagged_responses["FETCH"] if isinstance(part, tuple)]
        self.assertEqual(got, [n for n in range(1, MESSAGES + 1) if n != BAD])
        self.assertEqual(client.fetch(str(BAD + 1), "(BODY.PEEK[])")[0], "OK")  # the same connection
        self.site.daemon.wait_for(rf"event=imap\.read .*mailbox=INBOX uid={BAD} ", 30)

        pop3 = poplib.POP3_SSL(self.site.host, self.site.port("pop3s"),
                               context=ssl.create_default_context(cafile=self.site.certificate))
        pop3.user(self.site.bob[0])
        pop3.pass_(self.site.bob[1])
        with self.assertRaisesRegex(poplib.error_proto, "can not be read"):
            pop3.retr(BAD)
        self.assertIn(b"number 5 of them", pop3.retr(BAD + 1)[1])
        pop3.quit()


if __name__ == "__main__":
    unittest.main()
