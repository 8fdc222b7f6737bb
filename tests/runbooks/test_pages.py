"""The form that all pages have, and finding one."""

import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from runbooks.library import INDEX, Library
from runbooks.page import Page, PageError

HERE = Path(__file__).parent
SHIPPED = Library.shipped().pages
FORM = """# Milk is sour
Alert: MilkSour

## How it shows

It smells.

## What it means

Time.

## First look

Look in `$FRIDGE`.

```sh
ls $FRIDGE
```
```text
exit code 2
No such … $FRIDGE
```

## Decision

Drink or not.

## Fix

```sh change
rm $FRIDGE/milk \\
  ${SHELF}
```

## Proof that it is over

It does not smell.

## What to note

The date.
"""


def test_a_page_is_read_with_its_commands_and_what_they_say() -> None:
    page = Page.parse("milk", FORM)
    assert (page.slug, page.title, page.alerts) == ("milk", "Milk is sour", ("MilkSour",))
    assert page.section("Decision") == "Drink or not."
    look, fix = page.commands
    assert (look.text, look.section, look.changes) == ("ls $FRIDGE", "First look", False)
    assert (look.exit_code, look.seen) == (2, ("No such … $FRIDGE",))
    assert (fix.changes, fix.exit_code, fix.seen, fix.variables) == (True, 0, (), ("FRIDGE", "SHELF"))
    assert page.variables == ("FRIDGE", "SHELF")
    assert Page.parse("milk", page.text) == page


@pytest.mark.parametrize(
    ("there", "instead", "complaint"),
    [
        ("# Milk", "Milk", "`# Title`"),
        ("Alert: MilkSour", "Warning: MilkSour", "`Alert: name`"),
        ("## Decision\n\nDrink or not.\n\n", "", "headings"),
        ("## Fix", "## Cure", "headings"),
    ],
)
def test_another_form_is_refused(there: str, instead: str, complaint: str) -> None:
    with pytest.raises(PageError, match=re.escape(complaint)):
        Page.parse("milk", FORM.replace(there, instead))


def test_a_block_of_another_kind_is_refused() -> None:
    page = Page.parse("milk", FORM.replace("sh change", "python"))
    with pytest.raises(PageError, match="a block is"):
        print(page.commands)  # noqa: T201 - it is the look at them that fails


def test_pages_are_found() -> None:
    other = Page.parse("bread", FORM.replace("Milk is sour", "Bread is mouldy").replace("MilkSour", "BreadMouldy"))
    library = Library([Page.parse("milk", FORM), other])
    assert [page.slug for page in library.pages] == ["bread", "milk"]
    assert library.page("milk") is not None
    assert library.page("butter") is None
    assert [page.slug for page in library.search("MILK")] == ["milk", "bread"]
    assert [page.slug for page in library.search("sour fridge")] == ["milk"]
    assert library.search("butter") == ()
    assert [page.slug for page in library.for_alert("BreadMouldy")] == ["bread"]


def test_each_page_is_followed_by_a_test() -> None:
    followed = {
        slug for file in HERE.glob("test_*.py") for slug in re.findall(r'walking\(\s*"([a-z-]+)"', file.read_text())
    }
    assert followed == {page.slug for page in SHIPPED}


@pytest.mark.parametrize("page", SHIPPED, ids=lambda page: page.slug)
def test_a_page_is_fit_for_three_in_the_morning(page: Page) -> None:
    assert page.commands
    assert {command.section for command in page.commands} <= {
        "How it shows",
        "First look",
        "Decision",
        "Fix",
        "Proof that it is over",
    }
    proofs = [command for command in page.commands if command.section == "Proof that it is over"]
    assert proofs, "without a command nobody knows that it is over"
    assert not any(command.changes for command in proofs)
    text = page.text
    assert all(f"`${name}`" in text or name.startswith("SPECTRON_") for name in page.variables), page.variables
    assert max(map(len, text.splitlines())) <= 120


def test_programs_are_installed_ones() -> None:
    programs = {
        re.split(r"\s", part.strip())[0] for page in SHIPPED for c in page.commands for part in c.text.split("|")
    }
    assert programs <= {"spectrond", "spectronctl", "spectron-ops", "curl", "grep"}


def test_the_index_lists_every_page() -> None:
    """`SPECTRON_WRITE=1` writes it."""
    file = Path(str(files("runbooks") / INDEX))
    begin, _, _ = file.read_text().partition("\n- ")
    expected = f"{begin.rstrip()}\n\n{Library.shipped().index}"
    if os.environ.get("SPECTRON_WRITE"):
        file.write_text(expected)
    assert file.read_text() == expected


def test_it_brings_nothing_of_ours_along() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys; import runbooks.library; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert {name.partition(".")[0] for name in done.stdout.split()} & {
        "server",
        "spectron",
        "spectron_tui",
        "ops",
    } == set()
