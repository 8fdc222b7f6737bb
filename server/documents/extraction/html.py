"""HTML: what a reader would see."""

import re
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from server.documents.extraction.building import TextBuilder
from server.documents.extraction.charset import decode
from server.documents.extraction.kinds import Kind
from server.documents.extraction.result import Extracted, Limits

_DECLARED_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset=["']?([A-Za-z0-9_-]{1,40})""", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_HEAD = 4096
_HIDDEN = {
    "head", "script", "style", "noscript", "template", "svg", "math", "canvas", "iframe", "object", "nav", "select",
    "textarea", "button", "input", "audio", "video", "map", "dialog",
}  # fmt: skip
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend",
    "li", "main", "ol", "p", "pre", "section", "summary", "table", "tr", "ul",
}  # fmt: skip
_CELLS = {"td", "th"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


def extract_html(path: Path, limits: Limits) -> Extracted:
    """One paragraph for each block, a section for each heading."""
    data = path.read_bytes()
    charset = _DECLARED_CHARSET.search(data[:_HEAD])
    tree = LexborHTMLParser(decode(data, charset[1].decode() if charset else None))
    reader = _Reader(TextBuilder(limits))
    if tree.root is not None:
        reader.read(tree.root)
    title = tree.css_first("title")
    return reader.builder.build(Kind.HTML, title.text() if title and title.text().strip() else reader.first_heading)


class _Reader:
    """Walks over the tree without recursion, so that no depth of it can break the walk."""

    def __init__(self, builder: TextBuilder) -> None:
        self.builder = builder
        self.first_heading: str | None = None
        self._line: list[str] = []
        self._heading = 0
        self._preformatted = 0

    def read(self, root: LexborNode) -> None:
        node: LexborNode | None = root
        while node is not None:
            inside = None if node.tag in _HIDDEN else node.first_child
            self._enter(node)
            if inside is not None:
                node = inside
                continue
            while node is not None:
                self._leave(node)
                if node.mem_id == root.mem_id:
                    node = None
                elif node.next is not None:
                    node = node.next
                    break
                else:
                    node = node.parent
        self._flush()

    def _enter(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag == "-text":
            text = node.text_content or ""
            self._line.append(text if self._preformatted else _SPACE.sub(" ", text))
        elif tag == "br":
            self._line.append("\n")
        elif tag in _BLOCKS:
            self._flush()
            self._heading = _HEADINGS.get(tag, self._heading)
            self._preformatted += tag == "pre"
            if tag == "li":
                self._line.append("- ")

    def _leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in _BLOCKS:
            self._flush()
            self._preformatted -= tag == "pre"
            if tag in _HEADINGS:
                self._heading = 0
        elif tag in _CELLS:
            self._line.append("\t")

    def _flush(self) -> None:
        text = "".join(self._line)
        self._line.clear()
        if self._preformatted:
            self.builder.block(text)
        elif self._heading:
            self.first_heading = self.first_heading or text.strip()
            self.builder.heading(text, self._heading)
        elif stripped := text.strip():
            self.builder.block(stripped if stripped != "-" else "")
