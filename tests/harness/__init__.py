# SPDX-License-Identifier: Apache-2.0
"""What tests of the whole program stand on: a site of its own, clients, scripted peers, DNS.

Standard library only. Everything waits on events with a deadline and never sleeps; everything runs on
loopback or in network namespaces of the test's own.
"""

from .case import SiteCase
from .clients import imap, message, pop3, smtp, submit, tls_context
from .daemon import Daemon, Deadline
from .dns import DnsServer
from .netns import Namespace, namespaces_work
from .remote import Drop, Hang, RemoteServer
from .sanitizers import SanitizerReport
from .site import Site, binary, free_port

__all__ = [
    "Daemon", "Deadline", "DnsServer", "Drop", "Hang", "Namespace", "RemoteServer", "SanitizerReport", "Site",
    "SiteCase", "binary", "free_port", "imap", "message", "namespaces_work", "pop3", "smtp", "submit", "tls_context",
]
