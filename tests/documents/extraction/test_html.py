"""HTML."""

from server.documents.extraction.result import Section
from tests.documents.extraction.conftest import Read

PAGE = """<!doctype html><html><head><title>All &amp; more</title><style>p { color: red }</style></head>
<body><nav>Home</nav><h1>The <b>first</b>
heading</h1><p>Some   text<br>here &lt;now&gt;.</p>tail <i>in</i>line
<script>alert("no")</script><pre>a
  b</pre><ul><li>one<li><p>two</p></ul>
<table><tr><th>Name<th>Age</tr><tr><td>Ann<td>30</tr></table>
<h2></h2><h3>Third</h3><!-- hidden --><div>end</div></body></html>"""


def test_a_page_reads_as_a_person_would(read: Read) -> None:
    extracted = read(PAGE, "text/html")
    assert extracted.title == "All & more"
    assert extracted.text == (
        "The first heading\n\nSome text\nhere <now>.\n\ntail inline\n\na\n  b\n\n- one\n\ntwo\n\n"
        "Name\tAge\n\nAnn\t30\n\nThird\n\nend\n\n"
    )
    assert extracted.sections == (
        Section("The first heading", 1, 0),
        Section("Third", 3, extracted.text.index("Third")),
    )


def test_a_page_without_a_title_is_called_by_its_first_heading(read: Read) -> None:
    assert read("<h2> Hello <em>you</em> </h2><p>x", "text/html").title == "Hello you"


def test_the_charset_of_the_page_is_believed(read: Read) -> None:
    content = '<meta charset="windows-1251"><p>Привет</p>'.encode("cp1251")
    assert read(content, "text/html").text == "Привет\n\n"


def test_html_is_recognised_without_a_declared_type(read: Read) -> None:
    assert read("\n<!DOCTYPE html><p>x").mime_type == "text/html"


def test_deep_nesting_is_walked_without_recursion(read: Read) -> None:
    depth = 3000
    assert read("<div>" * depth + "bottom" + "</div>" * depth, "text/html").text == "bottom\n\n"
