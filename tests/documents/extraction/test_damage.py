"""Damaged files either give text or a sentence, whatever the damage."""

import os
import random
from pathlib import Path

from server.core.errors import ExtractionError
from server.documents.extraction.kinds import Kind
from server.documents.extraction.pool import ExtractionPool
from tests.documents.extraction import samples

ROUNDS = int(os.environ.get("SPECTRON_ROUNDS", "10"))


def _damaged(content: bytes, chance: random.Random) -> bytes:
    """Cut off, holed, or with some bytes changed."""
    data = bytearray(content)
    begin = chance.randrange(len(data))
    match chance.randrange(3):
        case 0:
            del data[begin:]
        case 1:
            del data[begin : begin + chance.randrange(1, 200)]
        case _:
            for _ in range(chance.randrange(1, 30)):
                data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


async def test_any_damage_ends_in_text_or_a_sentence(tmp_path: Path) -> None:
    chance = random.Random(20260101)
    whole = {
        Kind.PDF: samples.pdf(*["Some words on a page."] * 5, title="x", bookmarks=True),
        Kind.DOCX: samples.word(tmp_path / "whole").read_bytes(),
        Kind.HTML: b"<html><title>x</title><h1>One</h1><table><tr><td>a<td>b</table><p>two &amp; three</html>" * 5,
        Kind.JSON: b'{"a": [1, {"b": "c\\u00e4"}], "d": null}',
        Kind.CSV: b'a;b;c\r\n1;"x\r\ny";3\r\n' * 5,
        Kind.MARKDOWN: "# Ä\n\n```\ncode\n```\n\ntext\n===\n".encode() * 5,
    }
    pool = ExtractionPool()
    sentences = set[str]()
    for _ in range(ROUNDS):
        for kind, content in whole.items():
            path = tmp_path / "damaged"
            path.write_bytes(_damaged(content, chance))
            try:
                extracted = await pool.extract(path, kind)
            except ExtractionError as error:
                sentences.add(error.detail)
            else:
                assert extracted.text.strip()
                assert all(0 <= section.offset <= len(extracted.text) for section in extracted.sections)
    await pool.close()
    assert sentences
    assert all(sentence.endswith(".") for sentence in sentences)
