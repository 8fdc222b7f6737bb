"""Texts in the encodings that are found in the wild."""

import codecs

import pytest

from server.documents.extraction.charset import decode, looks_like_text

GERMAN = "Die Größe der Straße überraschte den müden Reisenden, äußerst höflich grüßte er. " * 5
RUSSIAN = "Быстрая лиса прыгает через ленивую собаку и потом бежит обратно в тёмный лес. " * 5
JAPANESE = "これは日本語の文章です。船は海の上を静かに進んでいきました。" * 8


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-16-be"),
        (GERMAN, "utf-32"),
        (GERMAN, "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "utf-16"),
    ],
)
def test_the_encoding_is_found(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    assert looks_like_text(data)
    assert decode(data) == text


def test_a_claim_of_the_file_is_believed_where_it_holds() -> None:
    data = "naïve café".encode("cp1250", "replace")
    assert decode(data, "cp1250") == data.decode("cp1250")
    assert decode("naïve".encode(), "cp1250") == "naïve"
    assert decode("naïve".encode(), "no-such-encoding") == "naïve"


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_text_cut_inside_its_last_character_loses_that_alone(cut: int) -> None:
    assert decode("Größe 👍".encode()[:-cut]) == "Größe "


def test_the_last_letter_of_an_old_encoding_is_not_taken_for_a_cut() -> None:
    assert decode(b"un caf\xe9 et encore un th\xe9")[-1] == "é"


@pytest.mark.parametrize("data", [bytes(range(256)), b"\0" * 100, b"\x01\x02\x03" * 50, b"abc\0def"])
def test_binary_data_is_no_text(data: bytes) -> None:
    assert not looks_like_text(data)


def test_marks_are_told_apart() -> None:
    assert codecs.BOM_UTF32_LE.startswith(codecs.BOM_UTF16_LE)
    assert decode("x".encode("utf-32")) == "x"
