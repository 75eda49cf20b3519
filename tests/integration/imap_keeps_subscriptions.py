# SPDX-License-Identifier: Apache-2.0
"""Goal: nobody but the user takes a name off the list of subscriptions (RFC 9051 §6.3.7, §6.3.8), and a name without a
mailbox is told as one."""

import unittest

from harness.case import SiteCase
from harness.clients import imap, say


class Subscriptions(SiteCase):
    def setUp(self):
        self.client = imap(self.site, self.site.alice)
        self.addCleanup(self.client.logout)
        self.name = "Box" + self.id().rsplit(".", 1)[1]
        self.client.create(self.name + "/sub")
        self.client.subscribe(self.name + "/sub")

    def listed(self, command):
        return [x.strip() for x in say(self.client, command) if x.startswith(b"* L") and self.name.encode() in x]

    def test_a_deleted_mailbox_stays_subscribed(self):
        self.assertEqual(self.client.delete(self.name + "/sub")[0], "OK")
        told = self.listed(f'LIST (SUBSCRIBED) "" {self.name}/*')
        self.assertEqual(len(told), 1)
        for word in (b"\\NonExistent", b"\\Subscribed"):
            self.assertIn(word, told[0])
        self.assertEqual(len(self.listed(f'LSUB "" {self.name}/*')), 1)
        # It is not there: not in a plain LIST, not to be opened, and its parent has no children.
        parent = self.listed(f'LIST "" {self.name}*')
        self.assertEqual(len(parent), 1)
        self.assertIn(b"\\HasNoChildren", parent[0])
        self.assertIn(b"[NONEXISTENT]", say(self.client, f"SELECT {self.name}/sub")[-1])
        self.assertIn(b"[NONEXISTENT]", say(self.client, f"DELETE {self.name}/sub")[-1])
        self.assertIn(b" NO ", say(self.client, f"RENAME {self.name}/sub {self.name}/x")[-1])
        # The name can be taken again, and is subscribed then.
        self.assertEqual(self.client.create(self.name + "/sub")[0], "OK")
        told = self.listed(f'LIST "" {self.name}/* RETURN (SUBSCRIBED)')
        self.assertIn(b"\\Subscribed", told[0])
        self.assertNotIn(b"\\NonExistent", told[0])

    def test_a_rename_may_take_the_name(self):
        self.client.delete(self.name + "/sub")
        self.client.create(self.name + "/other")
        self.assertEqual(self.client.rename(self.name + "/other", self.name + "/sub")[0], "OK")
        self.assertIn(b"\\Subscribed", self.listed(f'LIST "" {self.name}/sub RETURN (SUBSCRIBED)')[0])

    def test_a_renamed_mailbox_leaves_its_subscription(self):
        self.assertEqual(self.client.rename(self.name + "/sub", self.name + "/new")[0], "OK")
        (told,) = self.listed(f'LIST (SUBSCRIBED) "" {self.name}/*')
        self.assertIn(f"{self.name}/sub".encode(), told)
        self.assertIn(b"\\NonExistent", told)
        # As clients do it.
        self.client.unsubscribe(self.name + "/sub")
        self.client.subscribe(self.name + "/new")
        (told,) = self.listed(f'LSUB "" {self.name}/*')
        self.assertIn(f"{self.name}/new".encode(), told)
        self.assertEqual(self.client.rename(self.name + "/new", self.name + "/sub")[0], "OK")
        self.assertEqual(self.client.rename(self.name + "/sub", self.name + "/new")[0], "OK")
        self.assertEqual(len(self.listed(f'LSUB "" {self.name}/*')), 1)

    def test_unsubscribing_ends_it(self):
        self.client.delete(self.name + "/sub")
        self.assertEqual(self.client.unsubscribe(self.name + "/sub")[0], "OK")
        self.assertEqual(self.listed(f'LIST (SUBSCRIBED) "" {self.name}/*'), [])
        self.assertEqual(self.listed(f'LSUB "" {self.name}/*'), [])


if __name__ == "__main__":
    unittest.main()
