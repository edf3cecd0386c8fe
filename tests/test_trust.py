"""What the session ``trust`` keeps of full replays."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from support.trust.replays import Deviation, Replay, read_ledger, read_report

REPORT = """<testsuites><testsuite><testcase name="test_replay[demo on 5.4-netavark-root]" />
<testcase name="test_replay[demo on 5.4-netavark-rootless]"><failure message="m">demo on 5.4-netavark-rootless drifted.
step</failure></testcase><testcase name="test_replay[demo on 6.1-netavark-root]"><error message="no kernel"/></testcase>
<testcase name="test_replay[demo on 6.1-netavark-root]"><error message="m">no host</error></testcase>
</testsuite></testsuites>"""


def test_what_is_added_to_the_ledger_can_be_read_again(tmp_path: Path) -> None:
    """Entries are added at the end, whatever a message contains."""
    plain = Replay(date(2026, 11, 27), "abc", 435, 17, [])
    other = Replay(
        date(2026, 11, 28), "def", 435, 18, [Deviation("demo on 5.4", 'it said "\\a\n" — á'), Deviation("b", "c", "d")]
    )
    ledger = tmp_path / "ledger.toml"
    ledger.write_text("# a comment\n" + plain.to_toml() + other.to_toml(), "utf-8")

    assert read_ledger(ledger) == [plain, other]


def test_a_report_says_what_deviated(tmp_path: Path) -> None:
    """Failures and errors, each with the first line of its message; a case may have both, and counts once."""
    (tmp_path / "report.xml").write_text(REPORT)

    assert read_report(tmp_path / "report.xml") == (
        3,
        [
            Deviation("demo on 5.4-netavark-rootless", "demo on 5.4-netavark-rootless drifted."),
            Deviation("demo on 6.1-netavark-root", "no kernel"),
            Deviation("demo on 6.1-netavark-root", "no host"),
        ],
    )
