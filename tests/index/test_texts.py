"""The file of texts."""

from pathlib import Path

from server.index.texts import Texts


def test_a_text_is_read_back_from_its_place(tmp_path: Path) -> None:
    texts = Texts.at(tmp_path / "deep" / "t")
    places = [texts.append(text) for text in ("one", "", "zwölf 🙂")]
    assert [texts.read(*place) for place in places] == ["one", "", "zwölf 🙂"]
    texts.close()


def test_an_erased_text_is_nowhere_in_the_file(tmp_path: Path) -> None:
    texts = Texts.at(tmp_path / "t")
    place = texts.append("a secret")
    kept = texts.append("public")
    texts.erase(*place)
    texts.flush()
    assert b"secret" not in (tmp_path / "t").read_bytes()
    assert texts.read(*kept) == "public"
    texts.close()


def test_a_file_is_opened_again_at_its_end_and_can_be_cut(tmp_path: Path) -> None:
    first = Texts.at(tmp_path / "t")
    place = first.append("kept")
    end = first.end
    first.append("garbage of a crash")
    first.close()
    again = Texts.at(tmp_path / "t")
    again.cut(end)
    assert again.append("new") == (end, 3)
    assert again.read(*place) == "kept"
    again.close()


def test_a_file_without_a_name_leaves_nothing_behind() -> None:
    texts = Texts.at(None)
    assert texts.read(*texts.append("here")) == "here"
    texts.close()
