"""What readers use on the site works in three engines, and leaves nothing in their consoles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.browser import served
from support.engines import Tab, chromium_tab, firefox_tab, pasted, wait_until, webkitgtk_tab

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("site", ["ours"], indirect=True)]

PAGES = (
    *("es/", "es/diagnosis/", "es/errors/", "es/matrix/", "es/differences/", "es/recipes/root-bridge/"),
    *("es/transcripts/dns-network/", "es/notebooks/dns-network/", "es/environments/5.4-netavark-rootless/"),
)
# What a console must show: what is logged, an exception, a rejected promise, and what the page's policy forbids.
PROBLEMS = {
    "index.html": """<!doctype html><html><head><meta charset="utf-8"><link rel="icon" href="data:,">
      <meta http-equiv="Content-Security-Policy" content="script-src 'self'"></head>
      <body><script>forbidden();</script><script src="problems.js"></script></body></html>""",
    "problems.js": 'console.log("logged", 7); Promise.reject(new Error("rejected")); nothing();',
}


@pytest.fixture(scope="module", params=["chromium", "firefox", "webkitgtk"])
def engine(request: pytest.FixtureRequest) -> Iterator[Tab]:
    """A tab of each engine, which all tests here use. It is closed before other tests: WebKit's is never quite idle."""
    starts = {
        "chromium": lambda: chromium_tab(request.getfixturevalue("browser")),
        "firefox": firefox_tab,
        "webkitgtk": webkitgtk_tab,
    }
    with starts[request.param]() as tab:
        yield tab


@pytest.fixture(scope="module")
def address(engine: Tab, site: Path) -> Iterator[str]:
    """The address of our site."""
    with served(site, first=engine.first) as url:
        yield url


@pytest.fixture
def tab(engine: Tab) -> Iterator[Tab]:
    """A tab of a reader who has not chosen anything yet. Its console must stay empty."""
    yield engine
    engine.evaluate("localStorage.clear()")
    assert engine.messages() == []


def shown(tab: Tab, selector: str) -> str:
    """The text of the first element of a kind, in one line, as soon as there is one."""
    wait_until(tab, f"document.querySelector({selector!r})")
    return " ".join(tab.evaluate(f"document.querySelector({selector!r}).innerText").split())


def count(tab: Tab, selector: str) -> int:
    """How many visible elements there are of a kind."""
    return int(tab.evaluate(f"[...document.querySelectorAll({selector!r})].filter((e) => e.checkVisibility()).length"))


def choose(tab: Tab, name: str, option: str) -> None:
    """Choose from a list by keyboard: the option that begins with a text."""
    tab.evaluate(f"document.querySelector('[name={name}]').focus()")
    tab.type(option)
    tab.press("Tab")


def choose_podman(tab: Tab, version: str) -> None:
    """Choose a rootless Podman in the picker, which is open."""
    tab.type(version)
    tab.click("[name=mode][value=rootless]")
    tab.click(".picker button[value=save]")


@pytest.mark.parametrize("page", PAGES)
def test_each_kind_of_page_opens(tab: Tab, address: str, page: str) -> None:
    """And its last script has run."""
    tab.open(address + page)

    assert tab.evaluate("document.querySelector('.md-dialog').getAttribute('role')") == "status"


@pytest.mark.usefixtures("site")  # all tests here have that parameter
def test_the_console_shows_what_goes_wrong(engine: Tab, tmp_path: Path) -> None:
    """So an empty one means that nothing did."""
    for name, text in PROBLEMS.items():
        (tmp_path / name).write_text(text)
    with served(tmp_path, first=engine.first) as url:
        engine.open(url)
        messages = "\n".join(engine.messages())

    assert [part for part in ("logged 7", "nothing", "rejected", "script-src") if part not in messages] == []


@pytest.mark.smoke
def test_copied_commands_have_the_readers_names(tab: Tab, address: str) -> None:
    """Those that are typed into fields, and on the next page, too."""
    tab.open(f"{address}en/recipes/networks-open/")
    tab.click(".fields > summary")
    for role, value in {"container": "api", "network": "shop", "port": "9000", "image": "me/api:1"}.items():
        tab.click(f"[name={role}]")
        tab.type(value)
    tab.click(".fix .md-code__button", -1)
    assert pasted(tab).splitlines() == [
        "podman stop api",
        "podman rename api api-old",
        "podman run --detach --name api --network shop --publish 9000:8080 me/api:1",
    ]
    tab.click(".worked .md-code__button")
    assert ":9000/" in pasted(tab)

    tab.open(f"{address}es/recipes/dns-inspect/")
    assert shown(tab, ".fix .step__cmd").endswith(" api")


def test_a_name_that_is_not_valid_is_not_copied(tab: Tab, address: str) -> None:
    """The page says what is allowed."""
    tab.open(f"{address}en/recipes/networks-open/")
    tab.click(".fields > summary")
    tab.click("[name=container]")
    tab.type("api; reboot")

    assert tab.evaluate("document.querySelector('[name=container]').ariaInvalid") == "true"
    assert shown(tab, ".fields__said").startswith("Your container: letters, digits,")
    tab.click(".fix .md-code__button", -1)
    assert pasted(tab).startswith("podman stop api\n")


@pytest.mark.parametrize("page", ["es/recipes/nsenter-access/", "en/recipes/dns-inspect/"])
def test_copy_buttons_copy_the_exact_command(tab: Tab, address: str, page: str) -> None:
    """Of each command that is visible."""
    tab.open(address + page)
    tab.evaluate("document.querySelectorAll('.folded').forEach((section) => { section.open = true; })")
    wait_until(tab, "document.querySelector('.md-code__button')")
    commands = tab.evaluate(
        "[...document.querySelectorAll('.step__cmd')].filter((c) => c.checkVisibility()).map((c) => c.dataset.copy)"
    )
    copied = []
    for index in range(len(commands)):
        tab.click(".step__cmd .md-code__button", index)
        copied.append(pasted(tab))

    assert copied == commands != []


def test_a_page_answers_for_the_readers_podman(tab: Tab, address: str) -> None:
    """It marks the verdict, shows that Podman's output first, and opens the tab of that user's command."""
    tab.open(f"{address}es/recipes/rootless-via-host/")
    tab.click(".picker-open")
    choose_podman(tab, "5.4.2")
    assert shown(tab, ".mine__answer").startswith("En tu Podman 5.4 rootless:")
    assert count(tab, ".where .verdict--mine") == 1
    assert "5.4-netavark-rootless" in tab.evaluate("document.querySelector('#step-check .step__out').textContent")

    tab.open(f"{address}en/recipes/root-bridge/#step-bridge")
    assert shown(tab, ".picker-open") == "Podman 5.4 rootless"
    assert "rootless" in tab.evaluate("document.querySelector('#step-bridge .tabbed-set > :checked').id")


def test_the_picker_reads_pasted_output(tab: Tab, address: str) -> None:
    """And copies the command that prints it."""
    tab.open(f"{address}es/recipes/dns-network/")
    tab.click(".picker-open")
    tab.click(".picker__unknown summary")
    tab.click(".picker__copy")
    tab.click("#picker-output")
    tab.press("Control+v")
    assert tab.evaluate("document.activeElement.value").startswith("podman info --format json | grep")
    tab.press("Control+a")
    tab.type('"networkBackend": "cni", "rootless": false, "Version": "4.3.1"')
    tab.click(".picker button[value=save]")

    assert shown(tab, ".picker-open") == "Podman 4.3 CNI como root"


def test_the_matrix_shows_one_topic_of_one_podman(tab: Tab, address: str) -> None:
    """The form says how much of the page that is."""
    tab.open(f"{address}en/matrix/")
    everything = int(shown(tab, ".filter__shown").split()[-1])
    choose(tab, "topic", "Ports")
    topics = tab.evaluate(
        "[...document.querySelectorAll('[data-topic]')].filter((t) => t.checkVisibility()).map((t) => t.dataset.topic)"
    )
    assert set(topics) == {"ports"}

    tab.click("[name=mine]")
    choose_podman(tab, "5.4")
    wait_until(tab, "!document.querySelector('.picker').open && document.querySelector('[data-mine]')")
    columns = tab.evaluate(
        "[...document.querySelectorAll('.matrix td')].filter((cell) => cell.checkVisibility())"
        ".map((cell) => cell.dataset.column)"
    )
    assert set(columns) == {"5.4"}
    assert 0 < int(shown(tab, ".filter__shown").split()[1]) < everything


def test_differences_are_those_between_two_versions(tab: Tab, address: str) -> None:
    """A link to what is left out shows it."""
    tab.open(f"{address}en/differences/")
    choose(tab, "from", "4.3")
    choose(tab, "to", "5.8")
    headings = tab.evaluate(
        "[...document.querySelectorAll('article h2')].filter((h) => h.checkVisibility()).map((h) => h.id)"
    )
    assert headings == ["from-5-4-to-5-8", "from-4-3-to-5-4"]

    tab.click("article li > a[href='#from-3-0-to-4-3']")
    wait_until(tab, "document.querySelector('#from-3-0-to-4-3').checkVisibility()")  # hashchange comes a moment later


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_pasted_error_is_found(tab: Tab, address: str, language: str) -> None:
    """From the home page."""
    tab.open(f"{address}{language}/")
    tab.click("#paste")
    tab.type("rootlessport cannot expose privileged port 80")
    tab.press("Enter")
    wait_until(tab, "document.querySelector('.md-search-result__link')")

    assert f"/{language}/" in tab.evaluate("document.querySelector('.md-search-result__link').href")
    assert "privileged port" in tab.evaluate("document.querySelector('.md-search__input').value")


def test_search_opens_and_closes_by_keyboard(tab: Tab, address: str) -> None:
    """On every page, and without accents."""
    tab.open(f"{address}es/recipes/dns-network/")
    tab.press("/")
    tab.type("direccion")
    wait_until(tab, "document.querySelector('.md-search-result__item')")
    tab.press("Escape")
    wait_until(tab, "!document.querySelector('#__search').checked")


def test_a_button_opens_what_marks_mean(tab: Tab, address: str) -> None:
    """And Escape closes it."""
    tab.open(f"{address}en/recipes/dns-network/")
    tab.click(".marks__help")
    assert count(tab, "#legend") == 1
    tab.press("Escape")
    assert count(tab, "#legend") == 0


def test_a_link_opens_what_is_closed(tab: Tab, address: str) -> None:
    """And goes there."""
    tab.open(f"{address}en/recipes/dns-network/")
    assert count(tab, "#step-check .step__cmd") == 0
    tab.open(f"{address}en/recipes/dns-network/#steps")

    assert count(tab, "#step-check .step__cmd") == 1
    assert 0 <= tab.evaluate("document.querySelector('#steps').getBoundingClientRect().top") < 900


def test_two_transcripts_are_compared(tab: Tab, address: str) -> None:
    """Steps that differ are side by side."""
    tab.open(
        f"{address}es/transcripts/rootless-via-host/?left=env-4-3-netavark-rootless&right=env-5-4-netavark-rootless"
    )

    assert count(tab, ".comparison__row") > 0
    assert count(tab, "details.transcript") == 0
