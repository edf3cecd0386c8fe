"""A recipe is one plain bash script, and as a notebook it is exactly that."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from support.demo import PREPARE, RECIPE, Demo, environment, refusal

from recetario.book.recipes import HEADER, load_recipe, load_recipes
from recetario.workspace import find_top


def test_a_recipe_is_read_step_by_step(demo: Demo) -> None:
    """Slug, question, and steps with the lines of their markers."""
    recipe = demo.recipe()

    assert (recipe.slug, recipe.question) == ("demo", "Does the demo answer?")
    assert [step.name for step in recipe.steps][:3] == ["create", "who-root", "who-rootless"]
    assert [RECIPE.split("\n")[step.line - 1] for step in recipe.steps] == [f"# %% {s.name}" for s in recipe.steps]


def test_the_header_is_what_stands_before_the_first_step(demo: Demo) -> None:
    """It becomes the first cell of notebooks."""
    assert demo.recipe().header == f"# Does the demo answer?\n{HEADER}"


def test_the_header_is_plain_bash() -> None:
    """Its words `root` and `rootless` tell who runs it, and are never both true."""
    told = subprocess.run(
        ["bash", "-c", f"{HEADER}\nroot && echo root\nrootless && echo rootless"], capture_output=True
    )

    assert told.stdout in (b"root\n", b"rootless\n")


@pytest.mark.parametrize(("line", "mode"), [("if lab_only", None), ("if root && lab_only", "root")])
def test_a_lab_only_step_says_so_in_its_first_line(demo: Demo, line: str, mode: str | None) -> None:
    """With what it would do to a machine; a page shows what is between that line and the last."""
    name = f"create-{mode}" if mode else "create"
    recipe = demo.recipe(
        '# %% create\necho "demo created"',
        f'# %% {name}\n{line} "It resets Podman."; then\n  podman system reset --force\nfi'
        + ("\n\n# %% create-rootless\nif rootless; then\n  true\nfi" if mode else ""),
    )

    step = recipe.steps[0]
    assert (step.mode, step.lab_only, step.command) == (mode, "It resets Podman.", "podman system reset --force")


@pytest.mark.parametrize(
    "source",
    [
        'lab_only "It resets Podman."\npodman system reset --force',
        'if lab_only "It resets Podman."; then\n  podman system reset --force\nfi\necho more',
        'if lab_only "It costs $5."; then\n  true\nfi',
        "if lab_only; then\n  true\nfi",
        'if root && lab_only "It resets Podman."; then\n  true\nelse\n  lab_only "Again."\nfi',
    ],
)
def test_lab_only_anywhere_else_is_refused(demo: Demo, source: str) -> None:
    """What comes after it would run on a reader's machine."""
    assert 'step "create" ' in refusal(lambda: demo.recipe('echo "demo created"', source))


def test_lab_only_fails_outside_a_lab_host() -> None:
    """It prints the reason, and that nothing was changed."""
    told = subprocess.run(
        ["bash", "-c", f'{HEADER}\nif lab_only "It resets Podman."; then echo reset; fi; echo next'],
        capture_output=True,
        text=True,
    )

    assert (told.stdout, told.returncode) == ("next\n", 0)
    assert told.stderr == (
        "Only for a lab host: this step changes the machine. It resets Podman. Nothing was changed.\n"
    )


@pytest.mark.parametrize(
    "source",
    [
        "%cd /tmp",
        "!ls",
        "echo '# %% not at the left'",
        "ls %1 | cat # %% at the end",
        "# a comment\n# -\n# +\necho",
        "cat <<'END'\n#%\n  #! %% x\nEND",
        "\n  echo indented, after an empty line",
        "echo trailing   ",
        'echo "it\'s"\n\n\necho \'three "quotes"\'',
        "?name\nname?",
        "echo $((1 << 2)) <<<word",
    ],
)
def test_a_step_is_verbatim_part_of_the_file(demo: Demo, source: str) -> None:
    """What notebooks hold is what bash reads, also where it looks like a notebook's own commands."""
    recipe = demo.recipe('echo "demo created"', source)

    assert recipe.steps[0].source == source
    assert f"# %% create\n{source}\n\n# %% who-root\n" in recipe.path.read_text("utf-8")


@pytest.mark.parametrize("line", ["# %matplotlib inline", "#%cd /tmp"])
def test_a_line_that_notebooks_read_otherwise_is_refused(demo: Demo, line: str) -> None:
    """Jupytext makes a command of such a comment: the notebook would not be the file."""
    words = refusal(lambda: demo.recipe('echo "demo created"', f"{line}\necho"))

    assert words.startswith('recipes/demo/recipe.sh:12: step "create" is one thing in the file and another')
    assert "Notebooks take `# %…` for a command of theirs" in words


def test_quotes_of_python_do_not_hide_a_step(demo: Demo) -> None:
    """Jupytext looks for a step in no string of Python's; in bash three quotes are not one."""
    words = refusal(lambda: demo.recipe('echo "demo created"', "echo '''"))

    assert words.startswith('recipes/demo/recipe.sh:12: step "create" is one thing in the file and another')


@pytest.mark.parametrize(
    "marker", ["# %%", "#%% use", "  # %% use", "# %%use", "# %% [markdown]", "# %% Use", "# %% use {}"]
)
def test_a_marker_of_another_form_is_refused(demo: Demo, marker: str) -> None:
    """Some tools would begin a step there and others would not."""
    words = refusal(lambda: demo.recipe("# %% check", f"{marker}\necho\n\n# %% check"))

    assert words == (
        f'recipes/demo/recipe.sh:25: "{marker}" does not begin a step.\n'
        "  Write `# %% name` at the left edge: small letters, digits and hyphens."
    )


@pytest.mark.parametrize("opening", ["<<END", "<<'END'", '<<"END"', "<<-END"])
def test_a_marker_inside_a_here_document_is_refused(demo: Demo, opening: str) -> None:
    """A notebook begins a step there, and bash does not."""
    words = refusal(lambda: demo.recipe('echo "demo created"', f"cat {opening}\n# %% inside\nEND"))

    assert words == (
        'recipes/demo/recipe.sh:12: the here-document "END" of step "create" does not end in it.\n'
        "  A line that begins with `# %%` begins a step, even there: write that line another way."
    )


def test_a_step_name_used_twice_is_refused_with_both_lines(demo: Demo) -> None:
    """A page could not say which it shows."""
    words = refusal(lambda: demo.recipe("# %% control", "# %% create"))

    assert words.startswith(
        'recipes/demo/recipe.sh:28: step "create" stands on line 12 already.\n  Give one of the two'
    )


@pytest.mark.parametrize("name", ["header", "about", "prepare"])
def test_a_name_that_notebooks_use_is_refused(demo: Demo, name: str) -> None:
    """Two cells would share an id."""
    words = refusal(lambda: demo.recipe("# %% control", f"# %% {name}"))

    assert words == f'recipes/demo/recipe.sh:28: no step can be called "{name}".\n  Notebooks have such a cell.'


def test_what_the_lab_prepares_stands_beside_the_recipe(demo: Demo) -> None:
    """Verbatim, and it is no step; most recipes have none."""
    without = demo.recipe()
    recipe = demo.prepare(PREPARE)

    assert (without.prepare, recipe.prepare) == ("", PREPARE)
    assert recipe.steps == without.steps


def test_a_prepare_that_does_not_stop_at_errors_is_refused(demo: Demo) -> None:
    """It would be half of what the page says the lab had made."""
    words = refusal(lambda: demo.prepare("#!/usr/bin/env bash\n# A network.\npodman network create shop\n"))

    assert words.startswith("recipes/demo/prepare.sh: it does not begin as a prepare.sh does.\n")


def test_an_empty_step_is_refused(demo: Demo) -> None:
    """It would show nothing and prove nothing."""
    words = refusal(lambda: demo.recipe('echo "demo created"\n', "\n"))

    assert words == 'recipes/demo/recipe.sh:12: step "create" is empty.\n  Give it a command, or delete it.'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("#!/usr/bin/env bash\n", ""),
        ("# Does the demo answer?\n", ""),
        ("set -Eeuo pipefail", "set -e"),
        ("rootless() { ! root; }\n", "rootless() { ! root; }\nmore=1\n"),
        ("#!/usr/bin/env bash", "# ---\n# jupyter:\n#   kernelspec: {}\n# ---\n#!/usr/bin/env bash"),
    ],
)
def test_a_header_of_its_own_is_refused(demo: Demo, old: str, new: str) -> None:
    """The same lines in every recipe, so that a reader need not look; also after JupyterLab saved it."""
    words = refusal(lambda: demo.recipe(old, new))

    assert words.startswith("recipes/demo/recipe.sh: what stands before the first step is not the header of every")
    assert "  set -Eeuo pipefail\n" in words


def test_an_empty_file_is_no_recipe(demo: Demo) -> None:
    """It is refused in the same words, not with a traceback."""
    (demo.folder / "recipe.sh").write_text("")

    assert "is not the header of every recipe" in refusal(demo.recipe)


def test_a_recipe_without_cleanup_is_refused(demo: Demo) -> None:
    """Whoever runs it would be left with what it made."""
    words = refusal(lambda: demo.recipe("# %% cleanup", "# %% clean"))

    assert words == (
        'recipes/demo/recipe.sh: the last step is not "cleanup".\n  End with one: it runs even after a failure.'
    )


def test_a_folder_without_a_recipe_is_named(demo: Demo) -> None:
    """A misnamed file is told, not skipped."""
    (demo.folder / "recipe.sh").rename(demo.folder / "receta.sh")

    assert refusal(lambda: load_recipes(demo.top)).startswith("recipes/demo has no recipe.sh.\n  Every recipe is one")


def test_a_recipes_folder_has_a_name_that_fits_everywhere(demo: Demo) -> None:
    """It stands in addresses, in container names and on the command line."""
    folder = demo.folder.rename(demo.folder.with_name("My Demo"))

    assert refusal(lambda: load_recipe(folder)).startswith(
        'recipes/My Demo: "My Demo" is not a valid name for a recipe.'
    )


def test_a_pair_is_one_step_in_two_forms(demo: Demo) -> None:
    """Pages and claims use the common name."""
    recipe = demo.recipe()

    assert recipe.names == ("create", "who", "check", "control", "cleanup")
    assert [(step.name, step.mode) for step in recipe.variants("who")] == [
        ("who-root", "root"),
        ("who-rootless", "rootless"),
    ]


def test_one_of_a_pair_can_be_named_alone(demo: Demo) -> None:
    """``step = "who-root"`` means that one."""
    assert [step.name for step in demo.recipe().variants("who-root")] == ["who-root"]


def test_a_page_shows_of_a_pair_what_is_between(demo: Demo) -> None:
    """The frame is the recipe's, the command is the reader's, with its own indentation."""
    recipe = demo.recipe('  echo "I am root"', '  for one in 1 2; do\n    echo "$one"\n  done')

    assert recipe.variants("who")[0].command == 'for one in 1 2; do\n  echo "$one"\ndone'
    assert recipe.variants("check")[0].command == 'echo "answer: yes"'


def test_the_environment_decides_which_of_a_pair_ran(demo: Demo) -> None:
    """A pattern reads the one that ran."""
    recipe = demo.recipe()

    assert recipe.variant_for("who", environment("5.4-netavark-root")).name == "who-root"
    assert recipe.variant_for("who", environment("5.4-netavark-rootless")).name == "who-rootless"
    assert recipe.variant_for("check", environment("5.4-netavark-rootless")).name == "check"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# %% who-root\n", "# %% who\n"),
        ("if root; then", "if true; then"),
        ("if rootless; then", "if root; then"),
        ('  echo "I am root"\nfi', '  echo "I am root"\nfi; echo'),
    ],
)
def test_a_half_of_another_form_is_refused(demo: Demo, old: str, new: str) -> None:
    """Name, first line and last line belong together."""
    words = refusal(lambda: demo.recipe(old, new))

    assert re.match(r'recipes/demo/recipe.sh:\d+: step "who[a-z-]*" is not one of a pair\.\n', words)
    assert "NAME-root begins with the line `if root; then`" in words


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('# %% who-rootless\nif rootless; then\n  echo "I am a user"\nfi\n', ""),
        ("# %% who-rootless", "# %% between\ntrue\n\n# %% who-rootless"),
        ("# %% check", "# %% who\ntrue\n\n# %% check"),
    ],
)
def test_a_half_without_its_other_beside_it_is_refused(demo: Demo, old: str, new: str) -> None:
    """Somewhere the step would print nothing, or a name would mean three steps."""
    words = refusal(lambda: demo.recipe(old, new))

    assert 'step "who-root" has no other half beside it.\n  "who-root" and "who-rootless" stand' in words


def test_an_unknown_step_is_named_with_the_nearest(demo: Demo) -> None:
    """Suggestions are the names that pages use."""
    recipe = demo.recipe()
    words = refusal(lambda: recipe.variants("chek"))

    assert words == 'recipes/demo/recipe.sh: there is no step "chek".\n  Did you mean "check"?'


def test_recipes_are_the_folders_of_recipes(demo: Demo) -> None:
    """What programs leave there with a dot in front is none."""
    (demo.top / "recipes" / ".ipynb_checkpoints").mkdir()
    (demo.top / "recipes" / "README.md").touch()

    assert list(load_recipes(demo.top)) == ["demo"]


def test_the_top_is_found_from_below(demo: Demo) -> None:
    """The tool works in every folder of a clone."""
    assert find_top(demo.folder) == demo.top.resolve()
    assert find_top() == demo.top.resolve()


def test_outside_a_clone_the_tool_says_where_to_go(tmp_path: Path) -> None:
    """It does not make up a project."""
    words = refusal(lambda: find_top(tmp_path))

    assert (
        words == f"{tmp_path} is not inside a clone of Recetario.\n  Go to the folder that has recipes/ and mkdocs.yml."
    )
