"""Files as people upload them: every format that can be read, and some that nobody can read."""

import io
import json
import random
import zipfile

import docx

from tests.documents.extraction.samples import pdf, scanned_pdf

SUBJECTS = ("The lighthouse keeper", "A tidal barrage", "The queen bee", "Our archive", "The night train", "A glacier")
VERBS = ("records", "supplies", "follows", "carries", "measures", "replaces")
OBJECTS = (
    "the solar panels of the lantern room",
    "electric power for the harbour",
    "the swarm in early spring",
    "letters from the engineers",
    "the water level under the bridge",
    "a map of the northern coast",
)
WHENS = ("every morning", "after the storm", "in the third year", "before the inspection", "without any help")
GERMAN = "Die Brücke über den Fluss wird jedes Jahr im Frühling geprüft, und der Bericht geht an das Amt. "


def prose(chance: random.Random, sentences: int) -> str:
    """Sentences that share their words, so that documents share their keywords."""
    return " ".join(
        f"{chance.choice(SUBJECTS)} {chance.choice(VERBS)} {chance.choice(OBJECTS)} {chance.choice(WHENS)}."
        for _ in range(sentences)
    )


def corpus(chance: random.Random) -> dict[str, bytes]:
    """Fifty files by name; six of them, named `bad-…`, hold no text that could be read."""
    files: dict[str, bytes] = {}
    for number in range(8):
        files[f"notes-{number}.txt"] = f"Note {number}. {prose(chance, 30 + 40 * number)}".encode()
    files["bericht.txt"] = (GERMAN * 60).encode("latin-1")
    files["utf16.txt"] = f"Marked. {prose(chance, 60)}".encode("utf-16")
    for number in range(8):
        sections = [f"## Part {part}\n\n{prose(chance, 25)}\n" for part in range(2 + number)]
        files[f"guide-{number}.md"] = f"# Guide {number}\n\n{''.join(sections)}".encode()
    for number in range(6):
        body = "".join(f"<h2>Part {part}</h2><p>{prose(chance, 20)}</p>" for part in range(3 + number))
        files[f"page-{number}.html"] = f"<html><title>Page {number}</title><body>{body}</body></html>".encode()
    for number in range(5):
        rows = [{"id": f"{number}-{row}", "note": prose(chance, 3)} for row in range(20)]
        files[f"rows-{number}.json"] = json.dumps({"name": f"Rows {number}", "rows": rows}).encode()
    files["lines.jsonl"] = "".join(
        json.dumps({"n": row, "text": prose(chance, 2)}) + "\n" for row in range(50)
    ).encode()
    for number in range(5):
        lines = [f'{number}-{row},"{prose(chance, 2)}"' for row in range(40)]
        files[f"table-{number}.csv"] = "\n".join(["id,remark", *lines]).encode()
    for number in range(5):
        files[f"paper-{number}.pdf"] = pdf(*(prose(chance, 15) for _ in range(2 + number)), title=f"Paper {number}")
    for number in range(4):
        files[f"letter-{number}.docx"] = word(f"Letter {number}", [prose(chance, 12) for _ in range(4 + number)])
    return files | bad(chance)


def bad(chance: random.Random) -> dict[str, bytes]:
    """Files that fail for reasons of their own."""
    return {
        "bad-locked.pdf": pdf(prose(chance, 5), password="secret"),
        "bad-scan.pdf": scanned_pdf(),
        "bad-cut.docx": word("Cut", [prose(chance, 40)])[:-2000],
        "bad-empty.txt": b"",
        "bad-liar.pdf": b"\x7fELF\x02\x01\x01" + chance.randbytes(4000),
        "bad-bomb.docx": bomb(),
    }


def word(title: str, paragraphs: list[str]) -> bytes:
    """A Word document with a heading and paragraphs."""
    document = docx.Document()
    document.add_heading(title, 0)
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def bomb(size: int = 300 * 1024 * 1024) -> bytes:
    """A Word document whose text unpacks to far more than it weighs."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        with packed.open("word/document.xml", "w") as entry:
            for _ in range(size // (1024 * 1024)):
                entry.write(b" " * 1024 * 1024)
    return buffer.getvalue()
