"""Plain text and Markdown."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.core.errors import ExtractionError
from server.documents.extraction.kinds import Kind
from server.documents.extraction.result import Limits, Section
from tests.documents.extraction.conftest import Read


def test_text_is_taken_as_it_is(read: Read) -> None:
    extracted = read("One.\n\nTwo — drei. 漢字 👍\n", "text/plain")
    assert extracted.text == "One.\n\nTwo — drei. 漢字 👍\n"
    assert (extracted.mime_type, extracted.title, extracted.sections) == ("text/plain", None, ())


def test_line_ends_become_one_kind_and_control_characters_go(read: Read) -> None:
    assert read("a\r\nb\rc\x0cd\u2028e\x07f\ufffeg\x1bh").text == "a\nb\nc\nd\nefgh"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufffe\uffff"), min_size=1)
)
def test_any_readable_text_survives(read: Read, text: str) -> None:
    content = f"x{text}\nä"
    assert read(content, "text/plain").text == content


MARKDOWN = """---
front: matter
---
# The *whole* `story`

Intro
continues.

Setext one
==========

```python
# no heading
```

## Part [two](http://x) ##

> quoted
---

Setext two
---

#hashtag
    # code

- item
---
### Three
"""


def test_headings_of_markdown_become_sections_where_they_stand(read: Read) -> None:
    extracted = read(MARKDOWN, "text/markdown")
    assert extracted.text == MARKDOWN
    assert extracted.title == "The whole story"
    assert [(section.title, section.level) for section in extracted.sections] == [
        ("The whole story", 1),
        ("Setext one", 1),
        ("Part two", 2),
        ("Setext two", 2),
        ("Three", 3),
    ]
    starts = [extracted.text[section.offset :].split("\n")[0] for section in extracted.sections]
    assert starts == ["# The *whole* `story`", "Setext one", "## Part [two](http://x) ##", "Setext two", "### Three"]


def test_front_matter_may_name_the_title(read: Read) -> None:
    assert read('---\na: b\ntitle: "Of ships"\n---\n# Sails\n', "text/markdown").title == "Of ships"
    assert read("---\nno end, so a rule\n\n# Sails\n", "text/markdown").title == "Sails"


@pytest.mark.parametrize("fence", ["```", "~~~~"])
def test_a_fence_that_is_never_closed_hides_the_rest(read: Read, fence: str) -> None:
    assert read(f"# A\n{fence}\n# B\n`` \n# C\n", "text/markdown").sections == (Section("A", 1, 0),)


@pytest.mark.parametrize("content", ["", " ", "\n\n\t", "\ufeff", "\ufeff \n"])
@pytest.mark.parametrize("declared", [None, *Kind])
def test_an_empty_file_is_told_as_such(read: Read, content: str, declared: str | None) -> None:
    with pytest.raises(ExtractionError, match="The file is empty"):
        read(content, declared)


def test_too_much_text_is_refused(read: Read) -> None:
    with pytest.raises(ExtractionError, match="limit; split it into smaller files"):
        read("word " * 1000, "text/plain", Limits(text_bytes=4096))
