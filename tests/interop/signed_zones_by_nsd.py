# SPDX-License-Identifier: Apache-2.0
"""Goal: with zones that are really signed: a valid answer counts as secure, an unsigned zone is used all the same, and a
forged or outdated answer delays mail with a reason, never refuses it; a proof that a domain does not exist refuses it."""

import re
import unittest

from harness.clients import message, submit
from harness.netns import Namespace, namespaces_work
from harness.remote import RemoteServer
from harness.signed_zones import SignedZones, programs_missing
from harness.site import Site

MX = "@ IN MX 10 mx\nmx IN A 127.0.0.2\n"
FAST = {"retry_after": ["1s"], "warn_after": "1h", "give_up_after": "2h"}


@unittest.skipIf(programs_missing(), f"needs {', '.join(programs_missing())}; remedy: script/install test")
class SignedZonesCase(unittest.TestCase):
    def serve(self, zones, anchor, **dns):
        """A site that asks these zones, and a peer that all mail goes to."""
        self.peer = RemoteServer(address="127.0.0.2")
        self.addCleanup(self.peer.close)
        self.site = Site({"dns": {"trust_anchor": zones.anchor(anchor), **dns}, "delivery": dict(FAST, port=self.peer.port)})
        self.addCleanup(self.site.close)
        self.site.start()

    def send(self, to):
        with submit(self.site, self.site.alice) as client:
            client.sendmail(self.site.alice[0], [to], message(self.site.alice[0], to))
            return re.search(rb"[0-9A-Z]{13}", client.accepted)[0].decode()

    def story(self, tracking):
        """All facts of a message's way, in order."""
        return [fact for event in self.site.json("track", tracking)["events"] for fact in event["facts"]]

    def delivered(self, to, secure):
        tracking = self.send(to)
        self.site.daemon.wait_for(rf"event=delivery\.delivered tracking={tracking}")
        self.assertEqual(["dnssec", "secure"] in self.story(tracking), secure, self.story(tracking))

    def deferred(self, to, *reasons):
        tracking = self.send(to)
        line = self.site.daemon.wait_for(rf".*event=delivery\.deferred tracking={tracking}.*")[0]
        for reason in reasons:
            self.assertRegex(line, reason)
        self.assertNotIn("event=delivery.failed", self.site.daemon.log())
        return tracking


class ThroughAForwarder(SignedZonesCase):
    def setUp(self):
        self.zones = SignedZones()
        self.addCleanup(self.zones.close)
        self.zones.put("signed.example", MX + "alias IN CNAME target\ntarget IN MX 10 mx\n"
                       "outside IN MX 10 mx.unsigned.signed.example.\n"
                       "unsigned IN NS ns.unsigned\nns.unsigned IN A 127.0.0.1\n"
                       "forged IN NS ns.forged\nns.forged IN A 127.0.0.1\n"
                       "old IN NS ns.old\nns.old IN A 127.0.0.1\n"
                       "stripped IN NS ns.stripped\nns.stripped IN A 127.0.0.1\n"
                       + "".join(self.zones.ds(f"{name}.signed.example") for name in ("forged", "old", "stripped"))
                       + "".join(f"big IN MX 10 {'long-' * 10}{i}\n" for i in range(60))
                       + "".join(f"{'long-' * 10}{i} IN A 127.0.0.2\n" for i in range(60)))
        self.zones.put("unsigned.signed.example", MX, sign=False)
        self.zones.put("forged.signed.example", MX, tamper=(r"127\.0\.0\.2", "127.0.0.3"))
        self.zones.put("old.signed.example", MX, days=-1)
        self.zones.put("stripped.signed.example", MX, sign=False)
        self.zones.serve()
        self.serve(self.zones, "signed.example", forwarders=[self.zones.forwarder])

    def test_valid_signatures_are_secure(self):
        self.delivered("bob@signed.example", secure=True)
        self.delivered("bob@alias.signed.example", secure=True)
        self.delivered("bob@big.signed.example", secure=True)  # more than fits a datagram

    def test_what_is_not_signed_is_used_and_not_secure(self):
        self.delivered("bob@unsigned.signed.example", secure=False)
        self.delivered("bob@outside.signed.example", secure=False)  # only half of the way is signed

    def test_a_changed_address_delays_and_goes_out_when_it_is_mended(self):
        tracking = self.deferred("bob@forged.signed.example", "DNSSEC", r"mx\.forged\.signed\.example")
        self.assertEqual(self.peer.connections, 0)
        self.zones.put("forged.signed.example", MX)
        self.zones.restart()
        self.site.restart()  # what was found bogus is remembered for a minute
        self.site.run("queue", "retry", "--all")
        self.peer.wait_for_messages(1)
        self.assertIn(["dnssec", "secure"], self.story(tracking))

    def test_signatures_that_have_ended_delay(self):
        self.deferred("bob@old.signed.example", "DNSSEC", "expired")

    def test_signatures_that_are_missing_delay(self):
        self.deferred("bob@stripped.signed.example", "DNSSEC")

    def test_a_proof_that_it_does_not_exist_is_for_good(self):
        self.send("bob@gone.signed.example")
        line = self.site.daemon.wait_for(r".*event=delivery\.failed .*")[0]
        self.assertIn("gone.signed.example does not exist", line)
        self.assertIn("5.1.2", line)


@unittest.skipUnless(namespaces_work(), "needs the right to make network namespaces")
class FromTheRootDown(SignedZonesCase):
    """A root of our own on port 53: hints, delegations, and the chain of trust from the root's key."""

    def setUp(self):
        net = Namespace()
        self.addCleanup(net.close)
        self.zones = SignedZones(net.address, 53, net.command())
        self.addCleanup(self.zones.close)
        put, ds = self.zones.put, self.zones.ds
        here = f"IN A {net.address}\n"
        put("signed.example", MX + "ns " + here)
        put("forged.example", MX + "ns " + here, tamper=(r"127\.0\.0\.2", "127.0.0.3"))
        put("unsigned.example", MX + "ns " + here, sign=False)
        names = ("signed", "forged", "unsigned")
        put("example", "ns " + here + "".join(f"{n} IN NS ns.{n}\nns.{n} {here}" for n in names)
            + ds("signed.example") + ds("forged.example"))
        put(".", f"ns.root-servers.example. {here}example. IN NS ns.example.\nns.example. {here}" + ds("example"))
        self.zones.serve()
        with open(self.zones.path("hints"), "w", encoding="ascii") as f:
            f.write(f". 60 IN NS ns.root-servers.example.\nns.root-servers.example. 60 {here}")
        self.serve(self.zones, ".", root_hints=self.zones.path("hints"))

    def test_the_chain_of_trust_decides(self):
        self.delivered("bob@signed.example", secure=True)
        self.delivered("bob@unsigned.example", secure=False)
        self.deferred("bob@forged.example", "DNSSEC")


if __name__ == "__main__":
    unittest.main()
