# SPDX-License-Identifier: Apache-2.0
"""Goal: all devices are in step: what one session changes, the others are told, in numbers that are right."""

import re
import unittest

from harness.case import SiteCase, idle
from harness.clients import imap, message, say

class Devices(SiteCase):
    def setUp(self):
        self.one, self.two = imap(self.site, self.site.alice), imap(self.site, self.site.alice)
        self.addCleanup(self.one.logout)
        self.addCleanup(self.two.logout)
        self.name = "Box" + self.id().rsplit(".", 1)[1]
        self.one.create(self.name)
        for n in range(5):
            self.one.append(self.name, None, None, message("a@b.example", "c@d.example", subject=f"m{n}"))
        self.one.select(self.name)
        self.two.select(self.name)

    def test_flags_of_others_are_told(self):
        self.one.store("2", "+FLAGS", "(\\Flagged work)")
        told = b"".join(say(self.two, "NOOP"))
        self.assertRegex(told, rb"\* 2 FETCH \(.*\\Flagged.*work")

    def test_what_others_have_read_is_told_beside_what_is_read(self):
        for n, items in enumerate(("BODY[]", "UID BODY[TEXT]", "RFC822"), 1):
            self.one.store(str(n), "+FLAGS", "(\\Seen)")
            told = b"".join(say(self.two, f"FETCH {n} ({items})"))
            self.assertRegex(told, rb"\* %d FETCH \(.*FLAGS \(\\Seen\)" % n)
        self.one.store("4", "+FLAGS", "(\\Seen)")
        told = b"".join(say(self.two, "FETCH 4 (BODY[]) (CHANGEDSINCE 4000000000)"))
        self.assertRegex(told, rb"\* 4 FETCH \(.*FLAGS \(\\Seen\)")

    def test_expunges_of_others_wait_while_numbers_are_in_use(self):
        self.one.store("1,3", "+FLAGS", "(\\Deleted)")
        self.one.expunge()
        fetched = b"".join(say(self.two, "FETCH 1:5 (UID)"))
        self.assertNotIn(b"EXPUNGE", fetched)
        self.assertIn(b"* 5 FETCH (UID 5", fetched)
        told = say(self.two, "NOOP")
        self.assertEqual([x for x in told if b"EXPUNGE" in x], [b"* 3 EXPUNGE\r\n", b"* 1 EXPUNGE\r\n"])
        self.assertIn(b"* 3 FETCH (UID 5", b"".join(say(self.two, "FETCH 3 (UID)")))

    def test_idle_tells_at_once(self):
        import threading
        append = threading.Timer(0, self.one.append, (self.name, None, None, message("a@b.example", "c@d.example")))
        append.start()
        self.assertTrue(idle(self.two, 30))
        append.join()

    def test_copy_and_move_give_their_uids(self):
        self.one.create(self.name + "/To")
        self.assertRegex(say(self.one, f"UID COPY 1:2 {self.name}/To")[-1], rb"\[COPYUID \d+ 1:2 1:2\]")
        told = say(self.one, f"UID MOVE 4 {self.name}/To")
        self.assertRegex(told[0], rb"\* OK \[COPYUID \d+ 4 3\]")
        self.assertIn(b"* 4 EXPUNGE\r\n", told)

    def test_parts_and_partials(self):
        whole = say(self.one, "FETCH 1 (BODY.PEEK[])")[0]
        text = whole[whole.index(b"}\r\n") + 3:]
        for offset, octets in ((0, 10), (5, 20), (len(text) - 3, 100), (len(text) + 5, 10)):
            got = say(self.one, f"FETCH 1 (BODY.PEEK[]<{offset}.{octets}>)")[0]
            self.assertIn(b"BODY[]<%d>" % offset, got)
            want = text[offset:offset + octets]
            self.assertIn(b"{%d}\r\n" % len(want) if want else b'""', got.replace(b"{0}\r\n", b'""'))
            self.assertIn(want, got)
        header = say(self.one, "FETCH 1 (BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[0]
        self.assertIn(b"Subject: m0\r\n\r\n", header)

    def test_search_finds_substrings_in_japanese(self):
        self.one.append(self.name, None, None, message("a@b.example", "c@d.example", subject="東京特許許可局",
                                                      body="生麦生米生卵を全角ＡＢＣで\r\n"))
        for key, needle in (("SUBJECT", "特許"), ("BODY", "米生"), ("TEXT", "許可局"), ("BODY", "abc")):
            raw = needle.encode()
            tag = self.one._new_tag().decode()
            self.one.send(f"{tag} SEARCH CHARSET UTF-8 {key} {{{len(raw)}+}}\r\n".encode() + raw + b"\r\n")
            self.assertEqual(self.one.readline(), b"* SEARCH 6\r\n", needle)
            self.one.readline()
        self.assertEqual(self.one.search(None, "SUBJECT", "m", "NOT", "SUBJECT", "m3")[1], [b"1 2 3 5"])

    def test_rename_and_delete_with_children(self):
        self.one.create(self.name + "/a/b")
        self.assertEqual(self.one.rename(self.name + "/a", self.name + "/x")[0], "OK")
        names = b" ".join(self.one.list('""', self.name + "*")[1])
        self.assertIn((self.name + "/x/b").encode(), names)
        self.assertNotIn((self.name + "/a").encode(), names)
        self.assertEqual(self.one.select(self.name + "/nothing")[0], "NO")
        self.assertEqual(self.one.delete("INBOX")[0], "NO")

    def test_conditional_store(self):
        lines = b"".join(say(self.one, "FETCH 1 (MODSEQ)"))
        modseq = int(re.search(rb"MODSEQ \((\d+)\)", lines)[1])
        self.two.store("1", "+FLAGS", "(\\Deleted)")
        refused = say(self.one, f"STORE 1 (UNCHANGEDSINCE {modseq}) +FLAGS (\\Deleted)")
        self.assertIn(b"[MODIFIED 1]", refused[-1])


if __name__ == "__main__":
    unittest.main()
