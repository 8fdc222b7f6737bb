"""Plain text and Markdown: taken as they are."""

import re
from collections.abc import Iterator
from pathlib import Path

from server.documents.extraction.building import TextBuilder, clean
from server.documents.extraction.charset import decode
from server.documents.extraction.kinds import Kind
from server.documents.extraction.result import Extracted, Limits

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_NOT_A_PARAGRAPH = re.compile(r" {0,3}(?:[>*+-]|\d{1,9}[.)]|\|)")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_FRONT_TITLE = re.compile(r"^title:[ \t]*[\"']?(.+?)[\"']?[ \t]*$", re.MULTILINE)
_MARKUP = re.compile(r"[*_`]|!?\[([^\]]*)\]\([^)]*\)")


def extract_text(path: Path, limits: Limits) -> Extracted:
    """The decoded bytes."""
    builder = TextBuilder(limits)
    builder.add(decode(path.read_bytes()))
    return builder.build(Kind.TEXT, None)


def extract_markdown(path: Path, limits: Limits) -> Extracted:
    """The decoded bytes, with a section for each heading outside of code; the first of them is the title
    unless the front matter has one."""
    builder = TextBuilder(limits)
    text = clean(decode(path.read_bytes()))
    front = _FRONT_MATTER.match(text)
    named = _FRONT_TITLE.search(front[0]) if front else None
    title = named[1] if named else None
    position = 0
    for offset, level, heading in _headings(text, front.end() if front else 0):
        builder.add(text[position:offset])
        builder.section(heading, level)
        title = title or heading
        position = offset
    builder.add(text[position:])
    return builder.build(Kind.MARKDOWN, title)


def _headings(text: str, offset: int) -> Iterator[tuple[int, int, str]]:
    """Where each heading from there on begins, its level and its words."""
    fence = ""
    above = (offset, "")
    for line in text[offset:].splitlines(keepends=True):
        start, offset = offset, offset + len(line)
        bare = line.rstrip("\n")
        if fence:
            closing = _FENCE.match(bare)
            if closing and closing[1].startswith(fence) and not bare.strip().strip(fence[0]):
                fence = ""
            continue
        if opening := _FENCE.match(bare):
            fence = opening[1]
            above = (start, "")
        elif heading := _HEADING.match(bare):
            yield start, len(heading[1]), _words(heading[2] or "")
            above = (start, "")
        elif (underline := _UNDERLINE.match(bare)) and above[1]:
            yield above[0], 1 if underline[1][0] == "=" else 2, _words(above[1])
            above = (start, "")
        else:
            is_paragraph = bool(bare.strip()) and not bare.startswith("    ") and not _NOT_A_PARAGRAPH.match(bare)
            above = (start, bare if is_paragraph else "")


def _words(heading: str) -> str:
    return _MARKUP.sub(lambda found: found[1] or "", heading).strip()
