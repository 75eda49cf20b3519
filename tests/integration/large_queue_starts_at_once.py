# SPDX-License-Identifier: Apache-2.0
"""Goal: a queue of very many destinations costs little memory, is put off as a whole while their host is down, survives a
restart, and goes out once each when the host is back.

HK_QUEUE=100000 runs the full test (2,000 by default); it prints how long the first delivery took after the restart."""

import os
import re
import time
import unittest

from harness.clients import message, smtp
from harness.dns import DnsServer
from harness.remote import RemoteServer
from harness.site import Site, free_port

ITEMS = int(os.environ.get("HK_QUEUE", "2000"))
EACH = 100  # recipients of one message, each of another domain
DELIVERED = min(ITEMS, 2000)
BYTES_EACH = 1500  # 100,000 within 200 MB, with what the server takes without any


class Zone(DnsServer):
    """Any domain under far.example has the same host."""

    def _find(self, name, kind):
        if re.fullmatch(r"d\d+\.far\.example", name):
            self.zone.setdefault(name, {"MX": [(10, "mx.far.example")]})
        return super()._find(name, kind)


class LargeQueue(unittest.TestCase):
    def memory(self):
        """Bytes that are the process's own."""
        with open(f"/proc/{self.site.daemon.pid}/status", encoding="ascii") as f:
            return int(re.search(r"RssAnon:\s+(\d+) kB", f.read())[1]) * 1024

    def wait_for(self, wanted, what):
        until = time.monotonic() + 120 + ITEMS / 100
        while True:
            sites = self.site.json("queue", "sites", "--limit", "1")["sites"]
            if sites and wanted(sites[0]):
                return sites[0]
            self.assertLess(time.monotonic(), until, f"{what}: {sites}")

    def test_large_queue(self):
        port = free_port("127.0.0.2")
        dns = Zone({"mx.far.example": {"A": ["127.0.0.2"]}}, ttl_s=3600)
        self.addCleanup(dns.close)
        self.site = Site({"dns": {"forwarders": [dns.forwarder], "dnssec": False},
                          "smtp": {"relay_networks": ["127.0.0.0/8"], "messages_max": ITEMS},
                          "delivery": {"port": port, "retry_after": ["1h"]}})
        self.addCleanup(self.site.close)
        self.site.start()
        sanitized = "asan" in self.site.binary or "tsan" in self.site.binary
        before = self.memory()
        with smtp(self.site) as client:
            for n in range(ITEMS // EACH):
                to = [f"user@d{n * EACH + i}.far.example" for i in range(EACH)]
                sender = f"list@s{n}.example"
                client.sendmail(sender, to, message(sender, "all@far.example", f"number {n}"))
        site = self.wait_for(lambda s: s["waiting"] == ITEMS and s["due"] == s["under_way"] == 0, "all are put off")
        self.assertEqual((site["state"], site["destination_count"]), ("down", ITEMS))
        self.assertEqual(self.site.stop(120), 0)
        self.site.start()
        with RemoteServer(address="127.0.0.2", port=port) as peer:
            begun = time.monotonic()
            # All that is known is hurried; what the start has not read yet is hurried the next time.
            while not peer.deliveries:
                self.site.run("queue", "retry", "--all")
                self.assertLess(time.monotonic(), begun + 60, "nothing is sent")
            print(f"{ITEMS} wait: the first was sent {time.monotonic() - begun:.1f} s after the start", flush=True)
            self.wait_for(lambda s: s["waiting"] + len(peer.deliveries) >= ITEMS, "all are read")
            self.site.run("queue", "retry", "--all")
            peer.wait_for_messages(DELIVERED, 300)
            grown = self.memory() - before
            print(f"{grown / ITEMS:.0f} bytes of memory each", flush=True)
            if not sanitized and ITEMS >= 20000:
                self.assertLess(grown, ITEMS * BYTES_EACH)
            if DELIVERED == ITEMS:
                until = time.monotonic() + 60
                while self.site.json("queue", "list", "--limit", "1")["waiting"]:
                    self.assertLess(time.monotonic(), until, "some are left")
                recipients = [to for d in peer.deliveries for to in d.recipients]
                self.assertEqual(len(recipients), len(set(recipients)))
                self.assertEqual(len(recipients), ITEMS)


if __name__ == "__main__":
    unittest.main()
