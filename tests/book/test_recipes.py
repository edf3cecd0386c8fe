"""A recipe is a plain bash script, and becomes a notebook without any change."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from support.demo import PREPARE, RECIPE, Demo, environment, refusal

from recetario.book.recipes import LAB_ONLY, header_for, load_recipe, load_recipes
from recetario.workspace import find_top


def test_a_recipe_is_read_step_by_step(demo: Demo) -> None:
    """A recipe has its slug, its question, and steps with the line numbers of their markers."""
    recipe = demo.recipe()

    assert (recipe.slug, recipe.question) == ("demo", "Does the demo answer?")
    assert [step.name for step in recipe.steps][:3] == ["create", "who-root", "who-rootless"]
    assert [RECIPE.split("\n")[step.line - 1] for step in recipe.steps] == [f"# %% {s.name}" for s in recipe.steps]


def test_the_header_is_everything_before_the_first_step(demo: Demo) -> None:
    """The header, which becomes the first cell of notebooks, has the question but no `#!` line."""
    assert demo.recipe().header == f"# Does the demo answer?\n{header_for(RECIPE)}"


def test_the_header_is_plain_bash() -> None:
    """Exactly one of its functions `root` and `rootless` succeeds."""
    result = subprocess.run(
        ["bash", "-c", f"{header_for(RECIPE)}\nroot && echo root\nrootless && echo rootless"], capture_output=True
    )

    assert result.stdout in (b"root\n", b"rootless\n")


@pytest.mark.parametrize(("line", "mode"), [("if lab_only", None), ("if root && lab_only", "root")])
def test_a_lab_only_step_says_so_in_its_first_line(demo: Demo, line: str, mode: str | None) -> None:
    """The first line has the reason; pages show the commands between it and the last line."""
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
    """In any other form, commands after `lab_only` would run on a reader's machine."""
    assert 'step "create" ' in refusal(lambda: demo.recipe('echo "demo created"', source))


@pytest.mark.parametrize("sudo", ["", "sudo "])
def test_a_step_may_restart_the_machine(demo: Demo, sudo: str) -> None:
    """As root or with sudo, and only in the lab."""
    lines = f'if lab_only "It restarts the machine."; then\n  {sudo}systemctl reboot\nfi'

    assert demo.recipe('echo "demo created"', lines).steps[0].reboots
    assert not demo.recipe().steps[1].reboots


@pytest.mark.parametrize(
    "source",
    [
        "systemctl reboot",
        'if lab_only "It restarts the machine."; then\n  systemctl reboot\n  echo done\nfi',
    ],
    ids=["on a reader's machine", "with more in the step"],
)
def test_a_restart_anywhere_else_is_refused(demo: Demo, source: str) -> None:
    """It would restart a reader's machine, or nobody would know what ran before the end."""
    message = refusal(lambda: demo.recipe('echo "demo created"', source))

    assert 'step "create" restarts the machine, and is not a step for that.' in message


def test_lab_only_fails_outside_a_lab_host() -> None:
    """Outside a lab host, it prints the reason and that nothing was changed."""
    result = subprocess.run(
        ["bash", "-c", f'{header_for("lab_only")}\nif lab_only "It resets Podman."; then echo reset; fi; echo next'],
        capture_output=True,
        text=True,
    )

    assert (result.stdout, result.returncode) == ("next\n", 0)
    assert result.stderr == (
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
    """Notebooks have exactly the lines of the file, even if these look like commands of notebooks."""
    recipe = demo.recipe('echo "demo created"', source)

    assert recipe.steps[0].source == source
    assert f"# %% create\n{source}\n\n# %% who-root\n" in recipe.path.read_text("utf-8")


@pytest.mark.parametrize("line", ["# %matplotlib inline", "#%cd /tmp"])
def test_a_line_that_notebooks_would_change_is_refused(demo: Demo, line: str) -> None:
    """Jupytext reads such a comment as a command of notebooks, so the notebook would differ from the file."""
    message = refusal(lambda: demo.recipe('echo "demo created"', f"{line}\necho"))

    assert message.startswith('recipes/demo/recipe.sh:7: step "create" would be different in a')
    assert "Jupytext reads `# %…` as a notebook command" in message


def test_three_quotes_are_refused(demo: Demo) -> None:
    """Jupytext ignores markers after three quotes, which begin a string in Python but not in bash."""
    message = refusal(lambda: demo.recipe('echo "demo created"', "echo '''"))

    assert message.startswith('recipes/demo/recipe.sh:7: step "create" would be different in a')


@pytest.mark.parametrize(
    "marker",
    [
        "# %%",
        "#%% use",
        "  # %% use",
        "# %%use",
        "# %% [markdown]",
        "# %% Use",
        "# %% use {}",
        "# % use",
        "#% use",
        "## %% use",
    ],
)
def test_a_marker_of_another_form_is_refused(demo: Demo, marker: str) -> None:
    """Tools disagree on whether other forms begin a step."""
    message = refusal(lambda: demo.recipe("# %% check", f"{marker}\necho\n\n# %% check"))

    assert message == (
        f'recipes/demo/recipe.sh:20: "{marker}" is not a valid step marker.\n'
        "  Write `# %% name` without indentation: lowercase letters, digits and hyphens."
    )


@pytest.mark.parametrize("opening", ["<<END", "<<'END'", '<<"END"', "<<-END"])
def test_a_marker_inside_a_here_document_is_refused(demo: Demo, opening: str) -> None:
    """In a notebook such a line begins a step, in bash it does not."""
    message = refusal(lambda: demo.recipe('echo "demo created"', f"cat {opening}\n# %% inside\nEND"))

    assert message == (
        'recipes/demo/recipe.sh:7: the here-document "END" does not end within step "create".\n'
        "  A line that begins with `# %%` begins a step, even there: write that line another way."
    )


def test_a_step_name_used_twice_is_refused_with_both_lines(demo: Demo) -> None:
    """Pages name steps, so names must be unique; the message has both line numbers."""
    message = refusal(lambda: demo.recipe("# %% control", "# %% create"))

    assert message.startswith('recipes/demo/recipe.sh:23: step "create" is already on line 7.\n  Rename one of them.')


@pytest.mark.parametrize("name", ["header", "about", "prepare"])
def test_a_name_that_notebooks_use_is_refused(demo: Demo, name: str) -> None:
    """In a notebook, two cells would have the same id."""
    message = refusal(lambda: demo.recipe("# %% control", f"# %% {name}"))

    assert (
        message == f'recipes/demo/recipe.sh:23: the step name "{name}" is reserved.\n  '
        "Notebooks have another cell of that name."
    )


def test_prepare_is_read_from_the_file_next_to_the_recipe(demo: Demo) -> None:
    """The text of `prepare.sh` is kept verbatim and is not a step; most recipes have no such file."""
    without = demo.recipe()
    recipe = demo.prepare(PREPARE)

    assert (without.prepare, recipe.prepare) == ("", PREPARE)
    assert recipe.steps == without.steps


def test_a_prepare_that_does_not_stop_at_errors_is_refused(demo: Demo) -> None:
    """If `prepare.sh` went on after an error, only a part of what it should create might exist."""
    message = refusal(lambda: demo.prepare("#!/usr/bin/env bash\n# A network.\npodman network create shop\n"))

    assert message.startswith("recipes/demo/prepare.sh: its first lines are not those that a prepare.sh needs.\n")


def test_an_empty_step_is_refused(demo: Demo) -> None:
    """A step needs at least one command."""
    message = refusal(lambda: demo.recipe('echo "demo created"\n', "\n"))

    assert message == 'recipes/demo/recipe.sh:7: step "create" is empty.\n  Give it a command, or delete it.'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("#!/usr/bin/env bash\n", ""),
        ("# Does the demo answer?\n", ""),
        ("set -Eeuo pipefail", "set -e"),
        ("rootless() { ! root; }\n", "rootless() { ! root; }\nmore=1\n"),
        ("rootless() { ! root; }\n", ""),
        ("rootless() { ! root; }\n", f"rootless() {{ ! root; }}\n{LAB_ONLY}\n"),
        ("#!/usr/bin/env bash", "# ---\n# jupyter:\n#   kernelspec: {}\n# ---\n#!/usr/bin/env bash"),
    ],
)
def test_a_different_header_is_refused(demo: Demo, old: str, new: str) -> None:
    """Readers can skip the header, as it never has more or less than its steps need, nor what JupyterLab adds."""
    message = refusal(lambda: demo.recipe(old, new))

    assert message.startswith("recipes/demo/recipe.sh: the lines before the first step are not the header that its")
    assert "  set -Eeuo pipefail\n" in message


def test_an_empty_file_is_refused(demo: Demo) -> None:
    """An empty file is refused with the message about the header."""
    (demo.folder / "recipe.sh").write_text("")

    assert "are not the header that its steps need" in refusal(demo.recipe)


def test_a_recipe_without_cleanup_is_refused(demo: Demo) -> None:
    """Without cleanup, what the recipe creates would stay on a reader's machine."""
    message = refusal(lambda: demo.recipe("# %% cleanup", "# %% clean"))

    assert message == (
        'recipes/demo/recipe.sh: the last step is not "cleanup".\n  End with that step: it runs even after a failure.'
    )


@pytest.mark.parametrize(
    "call", ["root && id", "if rootless; then id; fi", "true || ! root", "while root\ndo id; done"]
)
def test_a_step_that_calls_a_function_of_the_header_is_refused(demo: Demo, call: str) -> None:
    """A reader who copies only that step does not have the function."""
    message = refusal(lambda: demo.recipe('echo "demo created"', call))

    assert message.startswith('recipes/demo/recipe.sh:7: step "create" calls `root')


@pytest.mark.parametrize(
    "words", ["podman run --user root alpine", "grep -E 'cni|rootless|root' file", "echo root; id"]
)
def test_a_step_may_have_the_name_of_a_function_as_an_argument(demo: Demo, words: str) -> None:
    """Only a command would be missing."""
    assert demo.recipe('echo "demo created"', words).steps[0].command == words


def test_a_folder_without_a_recipe_is_refused(demo: Demo) -> None:
    """A folder with a misnamed file is an error; it is not skipped."""
    (demo.folder / "recipe.sh").rename(demo.folder / "receta.sh")

    assert refusal(lambda: load_recipes(demo.top)).startswith(
        "recipes/demo has no recipe.sh.\n  Every recipe needs one"
    )


def test_a_folder_with_an_invalid_name_is_refused(demo: Demo) -> None:
    """The name becomes part of addresses, container names and command lines."""
    folder = demo.folder.rename(demo.folder.with_name("My Demo"))

    assert refusal(lambda: load_recipe(folder)).startswith('recipes/My Demo: "My Demo" is not a valid recipe name.')


def test_a_pair_is_one_step_in_two_forms(demo: Demo) -> None:
    """A pair counts once, by its common name, and has a variant for each mode."""
    recipe = demo.recipe()

    assert recipe.names == ("create", "who", "check", "control", "cleanup")
    assert [(step.name, step.mode) for step in recipe.variants("who")] == [
        ("who-root", "root"),
        ("who-rootless", "rootless"),
    ]


def test_half_a_pair_can_be_named(demo: Demo) -> None:
    """``step = "who-root"`` means only that half."""
    assert [step.name for step in demo.recipe().variants("who-root")] == ["who-root"]


def test_a_page_shows_the_commands_of_a_pair_without_their_condition(demo: Demo) -> None:
    """`if`, `fi` and the indentation that they need are removed."""
    recipe = demo.recipe('  echo "I am root"', '  for one in 1 2; do\n    echo "$one"\n  done')

    assert recipe.variants("who")[0].command == 'for one in 1 2; do\n  echo "$one"\ndone'
    assert recipe.variants("check")[0].command == 'echo "answer: yes"'


def test_the_environment_decides_which_half_of_a_pair_runs(demo: Demo) -> None:
    """The variant for an environment is the one for its mode."""
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
    """The name, first line and last line of half a pair must fit together."""
    message = refusal(lambda: demo.recipe(old, new))

    assert re.match(r'recipes/demo/recipe.sh:\d+: step "who[a-z-]*" does not have the form of half a pair\.\n', message)
    assert "NAME-root begins with the line `if root; then`" in message


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('# %% who-rootless\nif rootless; then\n  echo "I am a user"\nfi\n', ""),
        ("# %% who-rootless", "# %% between\ntrue\n\n# %% who-rootless"),
        ("# %% check", "# %% who\ntrue\n\n# %% check"),
    ],
)
def test_a_half_that_is_not_next_to_the_other_half_is_refused(demo: Demo, old: str, new: str) -> None:
    """Otherwise no step would run in one of the modes, or a name would mean three steps."""
    message = refusal(lambda: demo.recipe(old, new))

    assert 'step "who-root" is not next to the other half of its pair.\n  "who-root" and "who-rootless"' in message


def test_an_unknown_step_is_refused(demo: Demo) -> None:
    """The message suggests names that pages use."""
    recipe = demo.recipe()
    message = refusal(lambda: recipe.variants("chek"))

    assert message == 'recipes/demo/recipe.sh: there is no step "chek".\n  Did you mean "check"?'


def test_every_folder_in_recipes_is_a_recipe(demo: Demo) -> None:
    """Files and hidden folders in `recipes/` are ignored."""
    (demo.top / "recipes" / ".ipynb_checkpoints").mkdir()
    (demo.top / "recipes" / "README.md").touch()

    assert list(load_recipes(demo.top)) == ["demo"]


def test_the_top_is_found_from_below(demo: Demo) -> None:
    """The tool works in any folder of a clone."""
    assert find_top(demo.folder) == demo.top.resolve()
    assert find_top() == demo.top.resolve()


def test_outside_a_clone_the_tool_says_where_to_go(tmp_path: Path) -> None:
    """Outside of a clone, the message says where to go."""
    message = refusal(lambda: find_top(tmp_path))

    assert (
        message
        == f"{tmp_path} is not inside a clone of Recetario.\n  Go to the folder that has recipes/ and mkdocs.yml."
    )
