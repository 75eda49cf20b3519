# SPDX-License-Identifier: Apache-2.0
"""Goal: a client that comes back learns all that it missed and nothing else, in one round trip (RFC 7162: CONDSTORE and
QRESYNC), and loses nothing when its connection breaks in between."""

import re
import unittest

from harness.case import SiteCase
from harness.clients import imap, message, say


def number_after(lines, word):
    return int(re.search(word + rb" (\d+)", b"".join(lines))[1])


class Returning(SiteCase):
    def setUp(self):
        self.one, self.two = imap(self.site, self.site.alice), imap(self.site, self.site.alice)
        self.addCleanup(self.one.logout)
        self.addCleanup(self.two.logout)
        self.name = "Box" + self.id().rsplit(".", 1)[1]
        self.one.create(self.name)
        for n in range(8):
            self.one.append(self.name, None, None, message("a@b.example", "c@d.example", subject=f"m{n}"))
        self.one.select(self.name)
        self.two.select(self.name)
        told = say(self.two, f"SELECT {self.name}")
        self.validity, self.modseq = number_after(told, b"UIDVALIDITY"), number_after(told, b"HIGHESTMODSEQ")

    def enable(self, client):
        self.assertEqual(say(client, "ENABLE QRESYNC")[0], b"* ENABLED QRESYNC\r\n")

    def resync(self, client, more="", modseq=None, validity=None):
        command = f"SELECT {self.name} (QRESYNC ({validity or self.validity} {modseq or self.modseq}{more}))"
        lines = say(client, command)
        self.assertIn(b" OK ", lines[-1], lines)
        return ([x.strip() for x in lines if b"VANISHED" in x],
                [int(re.search(rb"UID (\d+)", x)[1]) for x in lines if b" FETCH " in x])

    def expunge(self, client, numbers):
        client.store(numbers, "+FLAGS.SILENT", "(\\Deleted)")
        return say(client, "EXPUNGE")

    def test_it_is_offered(self):
        self.assertIn(b" CONDSTORE QRESYNC", say(self.two, "CAPABILITY")[0])

    def test_what_was_missed_is_told_at_select(self):
        self.expunge(self.one, "2,4")
        self.one.store("1", "+FLAGS", "(\\Flagged)")
        self.one.append(self.name, None, None, message("a@b.example", "c@d.example", subject="new"))
        self.enable(self.two)
        self.assertEqual(self.resync(self.two), ([b"* VANISHED (EARLIER) 2,4"], [1, 9]))
        self.assertEqual(self.resync(self.two, " 3:5"), ([b"* VANISHED (EARLIER) 4"], []))
        newest = number_after(say(self.two, f"STATUS {self.name} (HIGHESTMODSEQ)"), b"HIGHESTMODSEQ")
        self.assertEqual(self.resync(self.two, modseq=newest), ([], []))
        # Another mailbox had this name (§3.2.5): nothing is told.
        self.assertEqual(self.resync(self.two, validity=self.validity + 1), ([], []))

    def test_known_numbers_narrow_what_vanished(self):
        self.expunge(self.one, "2,6")
        self.enable(self.two)
        # UIDs now: 1 3 4 5 7 8. The client knows of 2: its message 3 is UID 4 (§3.2.5.2).
        self.assertEqual(self.resync(self.two, " 1:8 (1,3,6 1,4,7)")[0], [b"* VANISHED (EARLIER) 6"])
        # A pair that does not fit ends the comparison.
        self.assertEqual(self.resync(self.two, " 1:8 (2:4294967295 2:4294967295)")[0], [b"* VANISHED (EARLIER) 2,6"])
        self.assertEqual(self.resync(self.two, " 1:8 (1:6 1,3:5,7:8)")[0], [])

    def test_vanished_instead_of_expunge(self):
        self.enable(self.two)
        self.assertEqual(self.expunge(self.two, "1:2")[0], b"* VANISHED 1:2\r\n")
        done = self.expunge(self.two, "1")[-1]
        self.assertRegex(done, rb"OK \[HIGHESTMODSEQ \d+\]")
        self.assertEqual([x for x in say(self.one, "NOOP") if b"VANISHED" in x], [])
        self.one.create(self.name + "/To")
        moved = say(self.two, f"UID MOVE 5 {self.name}/To")
        self.assertIn(b"* VANISHED 5\r\n", moved)
        self.assertRegex(moved[-1], rb"OK \[HIGHESTMODSEQ \d+\]")
        self.expunge(self.one, "1")
        self.assertIn(b"* VANISHED 4\r\n", say(self.two, "NOOP"))
        self.two.store("1", "+FLAGS.SILENT", "(\\Deleted)")
        self.assertNotIn(b"HIGHESTMODSEQ", b"".join(say(self.two, "CLOSE")))  # §3.2.8

    def test_uid_fetch_with_vanished(self):
        since = f"(CHANGEDSINCE {self.modseq} VANISHED)"
        self.assertIn(b" BAD ", say(self.two, f"UID FETCH 1:* (FLAGS) {since}")[-1])
        self.enable(self.two)
        self.assertIn(b" BAD ", say(self.two, f"FETCH 1:* (FLAGS) {since}")[-1])
        self.assertIn(b" BAD ", say(self.two, "UID FETCH 1:* (FLAGS) (VANISHED)")[-1])
        self.two.store("5", "+FLAGS.SILENT", "(\\Seen)")
        self.expunge(self.two, "3,8")
        told = say(self.two, f"UID FETCH 1:* (FLAGS) {since}")
        self.assertEqual(told[0], b"* VANISHED (EARLIER) 3,8\r\n")
        self.assertRegex(told[1], rb"\* 4 FETCH \(UID 5 FLAGS \(\\Seen\) MODSEQ \(\d+\)\)")
        self.assertEqual(len(told), 3)
        self.assertEqual(say(self.two, f"UID FETCH 4:7 (FLAGS) {since}")[0].split()[2], b"FETCH")

    def test_what_is_shown_has_not_vanished_earlier(self):
        self.enable(self.two)
        self.expunge(self.one, "3")
        # Two still counts UID 3: it goes by VANISHED without EARLIER alone (§3.2.10.2).
        told = say(self.two, f"UID FETCH 1:* (UID) (CHANGEDSINCE {self.modseq} VANISHED)")
        self.assertEqual([x for x in told if b"VANISHED" in x], [b"* VANISHED 3\r\n"])

    def test_a_lost_connection_loses_no_expunge(self):
        self.enable(self.two)
        self.expunge(self.one, "3")
        told = say(self.two, "STORE 1 +FLAGS.SILENT (\\Flagged)")
        self.assertNotIn(b"VANISHED", b"".join(told))
        # The flag's mod-sequence is above the expunge's, which is not told yet: the client must ask from below (§3.2).
        flag = int(re.search(rb"MODSEQ \((\d+)\)", b"".join(told))[1])
        stands = number_after(told, b"HIGHESTMODSEQ")
        self.assertLess(stands, flag)
        back = imap(self.site, self.site.alice)
        self.addCleanup(back.logout)
        self.enable(back)
        self.assertEqual(self.resync(back, modseq=stands)[0], [b"* VANISHED (EARLIER) 3"])

    def test_the_first_one_to_enable_says_where_it_stands(self):
        told = say(self.two, "FETCH 1 (MODSEQ)")
        self.assertIn(b"* OK [HIGHESTMODSEQ %d]" % self.modseq, told[0])
        self.assertNotIn(b"HIGHESTMODSEQ", b"".join(say(self.two, "FETCH 1 (MODSEQ)")))
        self.assertIn(b"HIGHESTMODSEQ", say(self.one, f"STORE 1 (UNCHANGEDSINCE {self.modseq}) +FLAGS (\\Seen)")[0])
        # UID and MODSEQ come with all that was not asked for (§3.2.4).
        self.assertRegex(b"".join(say(self.two, "NOOP")), rb"\* 1 FETCH \(UID 1 .*MODSEQ")
        seen = say(self.two, "FETCH 2 (BODY[TEXT])")[0]
        self.assertRegex(seen, rb"(?s)UID 2 .*\\Seen.*MODSEQ")

    def test_a_conditional_store_tells_every_mod_sequence(self):
        self.one.store("2", "+FLAGS", "(\\Seen)")
        told = say(self.two, f"STORE 1:3 (UNCHANGEDSINCE {self.modseq}) +FLAGS.SILENT (\\Seen)")
        self.assertIn(b"[MODIFIED 2]", told[-1])
        fetched = [x for x in told if b" FETCH " in x]
        self.assertEqual(sorted(int(x.split()[1]) for x in fetched), [1, 2, 3])
        self.assertTrue(all(b"MODSEQ" in x for x in fetched))

    def test_a_conditional_store_is_about_the_flags_that_it_names(self):
        """§3.1.12: another flag of the message does not stand in its way, and is told; but a whole set of flags would go."""
        self.one.store("2", "+FLAGS", "(\\Answered)")
        told = say(self.two, f"STORE 1:3 (UNCHANGEDSINCE {self.modseq}) +FLAGS.SILENT ($Processed)")
        self.assertNotIn(b"MODIFIED", told[-1])
        self.assertRegex(b"".join(told), rb"\* 2 FETCH \(UID 2 FLAGS \(\\Answered \$Processed\) MODSEQ")
        self.one.store("2", "-FLAGS", "(\\Answered)")
        told = say(self.two, f"STORE 1:3 (UNCHANGEDSINCE {self.modseq}) FLAGS.SILENT (\\Seen)")
        self.assertIn(b"[MODIFIED 1:3]", told[-1])

    def test_what_one_sets_one_sees_while_an_expunge_is_held_back(self):
        self.expunge(self.one, "3")
        self.one.store("4", "+FLAGS", "(\\Answered)")  # UID 5
        told = b"".join(say(self.two, "STORE 2 +FLAGS (\\Flagged)"))
        self.assertRegex(told, rb"\* 2 FETCH \(UID 2 FLAGS \(\\Flagged\)")
        self.assertNotIn(b"EXPUNGE", told)
        told = b"".join(say(self.two, "FETCH 2,3,5 (UID FLAGS)"))
        self.assertRegex(told, rb"\* 2 FETCH \(UID 2 FLAGS \(\\Flagged\)")
        self.assertIn(b"* 3 FETCH (UID 3 ", told)
        self.assertRegex(told, rb"\* 5 FETCH \(UID 5 FLAGS \(\\Answered\)")
        self.assertNotIn(b"EXPUNGE", told)
        self.assertEqual(say(self.two, "SEARCH FLAGGED")[0], b"* SEARCH 2\r\n")
        self.assertEqual(say(self.two, "NOOP")[0], b"* 3 EXPUNGE\r\n")

    def test_a_silent_store_is_not_silent_about_others(self):
        self.one.store("2", "+FLAGS", "(\\Answered)")
        told = say(self.two, "STORE 1:2 +FLAGS.SILENT (\\Seen)")
        self.assertEqual([x.split()[1] for x in told if b"FETCH" in x], [b"2"])

    def test_only_looking_says_that_no_flag_can_be_changed(self):
        self.assertIn(b"PERMANENTFLAGS ()", b"".join(say(self.two, f"EXAMINE {self.name}")))

    def test_flags_of_others_are_not_lost_by_a_fetch_that_sets_seen(self):
        self.one.store("5", "+FLAGS", "(\\Flagged)")
        told = b"".join(say(self.two, "FETCH 1 (BODY[TEXT])") + say(self.two, "NOOP"))
        self.assertRegex(told, rb"\* 5 FETCH \(.*\\Flagged")

    def test_bad_parameters(self):
        self.assertIn(b" BAD ", say(self.two, f"SELECT {self.name} (QRESYNC ({self.validity} 1))")[-1])
        self.enable(self.two)
        for bad in ("", "(1)", "(0 1)", "(1 1 *)", "(1 1 $)", "(1 1 1:2 (1 *))", "(1 1 (1))", "(1 1 1 2)"):
            self.assertIn(b" BAD ", say(self.two, f"SELECT {self.name} (QRESYNC {bad})")[-1], bad)
        # CLOSED stands between two mailboxes (§3.2.11).
        lines = say(self.two, "SELECT INBOX")
        self.assertIn(b"[CLOSED]", lines[0])


if __name__ == "__main__":
    unittest.main()
