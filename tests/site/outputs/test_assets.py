"""Readers' browsers load no comments of ours."""

from __future__ import annotations

from recetario.site.outputs.assets import without_comments


def test_lines_that_are_only_a_comment_are_left_out_of_a_script() -> None:
    """An address in a string stays, and so does what a comment follows."""
    script = '// Runs first.\nconst a = "https://a";\n  // why\n  b(); // then\n'

    assert without_comments(script, ".js") == 'const a = "https://a";\n  b(); // then\n'


def test_comments_are_left_out_of_a_style_sheet() -> None:
    """Even if they have several lines."""
    assert without_comments("/* One\ntwo. */\na { b: c; } /* why */\n", ".css") == "a { b: c; } "
