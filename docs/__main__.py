"""Writes the reference pages: `python -m docs`, or `make docs`."""

from docs.reference import FOLDER, written

if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in written().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
