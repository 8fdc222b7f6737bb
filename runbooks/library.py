"""All pages together."""

from collections.abc import Iterable
from importlib.resources import files
from typing import Self

from runbooks.page import Page

INDEX = "README.md"


class Library:
    """The pages in the order of their titles."""

    def __init__(self, pages: Iterable[Page]) -> None:
        self.pages = tuple(sorted(pages, key=lambda page: page.title.casefold()))
        self._by_slug = {page.slug: page for page in self.pages}

    @classmethod
    def shipped(cls) -> Self:
        """The pages that come with the installation."""
        found = [one for one in files("runbooks").iterdir() if one.name.endswith(".md") and one.name != INDEX]
        return cls(Page.parse(one.name.removesuffix(".md"), one.read_text(encoding="utf-8")) for one in found)

    @property
    def index(self) -> str:
        """A link to each page, as Markdown."""
        return "".join(f"- [{page.title}]({page.slug}.md)\n" for page in self.pages)

    def page(self, slug: str) -> Page | None:
        return self._by_slug.get(slug)

    def search(self, text: str) -> tuple[Page, ...]:
        """Pages that hold every word of the text; those with all of them in the title come first."""
        words = text.casefold().split()
        found = [page for page in self.pages if _holds(f"{page.slug} {page.text}", words)]
        return tuple(sorted(found, key=lambda page: not _holds(page.title, words)))

    def for_alert(self, name: str) -> tuple[Page, ...]:
        """Pages that an alert of that name leads to."""
        return tuple(page for page in self.pages if name in page.alerts)


def _holds(text: str, words: list[str]) -> bool:
    return all(word in text.casefold() for word in words)
