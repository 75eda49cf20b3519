# SPDX-License-Identifier: Apache-2.0
"""What the sanitizers are told (script/build asan, tsan), and how their reports are found in what a program wrote."""

import os
import re

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", ".."))
# history_size: how far back the other stack of a race can be restored; 7 is the most.
# allocator_release_to_os_interval_ms: memory is kept, which hides nothing and saves a fifth of the time of tests that open
# many stores.
OPTIONS = {
    "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:allocator_release_to_os_interval_ms=-1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "TSAN_OPTIONS": f"suppressions={ROOT}/tools/tsan.supp:history_size=7:second_deadlock_stack=1"
                    ":halt_on_error=1:exitcode=66",
}
REPORT = re.compile(r"(?:WARNING|ERROR|FATAL): (?:Address|Leak|Thread|UndefinedBehavior)Sanitizer\b"
                    r"|\bSanitizer:DEADLYSIGNAL\b|^\S+:\d+:\d+: runtime error: ", re.M)
REPORT_CHARACTERS = 8000


class SanitizerReport(AssertionError):
    """A sanitizer found something in a program under test."""


def options():
    """What every program under test is told; what this process was told comes last and so wins, as in
    TSAN_OPTIONS=halt_on_error=0 tests/run ... to see all reports of a run."""
    return {name: ":".join(filter(None, (ours, os.environ.get(name)))) for name, ours in OPTIONS.items()}


def environment(**more):
    """This process's environment with the options of the sanitizers."""
    return dict(os.environ, **options(), **more)


def report_in(text):
    """The first report in `text` (what a program wrote) and what follows it, None without."""
    found = REPORT.search(text)
    return text[found.start():][:REPORT_CHARACTERS] if found else None


def check(name, text):
    """Raises SanitizerReport if `text`, what the program `name` wrote, holds a report."""
    report = report_in(text)
    if report:
        raise SanitizerReport(f"a sanitizer spoke in {name}:\n{report}")
