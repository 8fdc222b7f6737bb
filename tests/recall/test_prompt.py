"""The prompt block: never over its budget, the most important first, and everything under its heading."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from server.core.scope import EMPTY
from server.recall.hits import Hit
from server.recall.prompt import HEADINGS, RECENT, TOLD, Prompt, line
from tests.index.world import START

WORDS = st.text("ab ", min_size=1, max_size=40)


def tokens_of(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def hit(number: int, kind: str = "turn", text: str = "said so") -> Hit:
    return Hit(f"x:{number}", kind, 0.5, text, EMPTY, START, title="Tides", role="user")  # type: ignore[arg-type]  # any


@given(budget=st.integers(1, 60), told=st.lists(WORDS), texts=st.lists(WORDS))
def test_a_block_never_costs_more_than_its_budget(budget: int, told: list[str], texts: list[str]) -> None:
    prompt = Prompt(budget, tokens_of)
    prompt.add(TOLD, told)
    taken = prompt.add_evidence([hit(number, text=text) for number, text in enumerate(texts)])
    assert prompt.used <= budget
    assert sum(tokens_of([prompt.text])) <= prompt.used
    assert [one.id for one in taken] == [f"x:{number}" for number in range(len(taken))]
    assert prompt.truncated == (len(taken) < len(texts) or len(prompt.listed(TOLD)) < len(told))


def test_evidence_stands_under_the_heading_of_its_kind() -> None:
    prompt = Prompt(200, tokens_of)
    prompt.add(RECENT, ["- c", "- b", "- a"], newest_last=True)
    prompt.add_evidence([hit(1, "document"), hit(2, "fact", "Alice: baker"), hit(3, "turn")])
    blocks = [block.splitlines() for block in prompt.text.split("\n\n")]
    assert [block[0] for block in blocks] == [f"## {name}" for name in (*HEADINGS.values(), RECENT)]
    assert blocks[0][1] == "- Alice: baker (since 2026-01-01)"
    assert blocks[1][1] == "- [2026-01-01] user: said so"
    assert blocks[2][1] == "- Tides: said so"
    assert blocks[3][1:] == ["- a", "- b", "- c"]


def test_a_part_may_be_bounded_by_itself() -> None:
    prompt = Prompt(1000, tokens_of)
    prompt.add(RECENT, ["- one two three"] * 50, up_to=20)
    assert prompt.used <= 20
    assert prompt.truncated


def test_a_hit_is_one_line() -> None:
    assert "\n" not in line(hit(1, text="one\ntwo\n\nthree"))
