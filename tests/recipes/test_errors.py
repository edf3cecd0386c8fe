"""Each error message of our recipes has a cause and a fix, in all languages."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from recetario.book.messages import Cause, load_causes, printed, unexplained
from recetario.book.project import Project
from recetario.translations import LANGUAGES


def _causes(project: Project) -> list[Cause]:
    return [cause for _, _, causes in load_causes(project.top).groups for cause in causes]


def test_each_message_that_a_step_printed_has_a_cause(project: Project) -> None:
    """Or is left out. Otherwise, add the cause to docs/errors.toml."""
    causes = load_causes(project.top)
    patterns = [*causes.left_out, *(pattern for cause in _causes(project) for pattern in cause.lines)]

    lines = printed(project)

    without = [
        f"{line} ({places[0].recipe}, step {places[0].step})" for line, places in unexplained(causes, lines).items()
    ]
    unused = [pattern for pattern in patterns if not any(fnmatchcase(line, pattern) for line in lines)]
    assert not without, "\n".join(
        f"docs/errors.toml has no cause for this message of a step: {line}" for line in without
    )
    assert not unused, f"docs/errors.toml has a message that no step prints: {unused[0]}"


def test_each_cause_and_fix_is_in_all_languages(project: Project) -> None:
    """And each cause has a fix."""
    for cause in _causes(project):
        assert cause.fixes, f"docs/errors.toml: a cause has no fix: {cause.text}"
        for text in (cause.text, *(fix.text for fix in cause.fixes)):
            assert set(LANGUAGES) <= set(text), f"docs/errors.toml: this is not in all languages: {text}"


def test_each_fix_leads_to_a_page(project: Project) -> None:
    """The site's tests follow the anchors of links between pages."""
    for fix in {fix.to for cause in _causes(project) for fix in cause.fixes}:
        page = fix.partition("#")[0].rstrip("/")
        assert any((project.top / "docs" / "en" / path).is_file() for path in (f"{page}.md", f"{page}/index.md")), (
            f"docs/errors.toml: a fix leads to no page: {fix}"
        )


def test_no_message_of_programs_is_a_whole_line_of_a_step(project: Project) -> None:
    """It would be on the page twice: as a message of programs, and as a step's."""
    programs = {text for cause in _causes(project) for text in cause.programs}

    assert programs & set(printed(project)) == set()


@pytest.mark.parametrize(
    "message",
    [
        "Could not resolve host",
        "Name or service not known",
        "Connection refused",
        "Connection reset by peer",
        "address already in use",
        "cannot expose privileged port",
    ],
)
def test_what_programs_of_debian_say_is_shown_by_a_step(project: Project, message: str) -> None:
    """These are messages that readers paste most, and that programs in the lab can print."""
    assert message in {text for cause in _causes(project) for text in cause.programs}
    assert [line for line in printed(project) if message in line] != []
