"""Who has been spoken of: what he, she and they mean, and which name belongs to `my sister`."""

from collections import deque
from dataclasses import dataclass, field

from server.core.vocabulary.ties import Gender, Tie
from server.memory.extraction.diff import EntityRef
from server.memory.extraction.heuristic.findings import Findings
from server.memory.extraction.heuristic.words import FEMALE, MALE

REMEMBERED = 8
_PLURALS = {"child": "children", "grandchild": "grandchildren", "godchild": "godchildren", "wife": "wives"}


@dataclass(frozen=True, slots=True)
class TiedTo:
    """Somebody known by a tie alone: the owner's sister."""

    owner: EntityRef
    tie: Tie

    @property
    def description(self) -> str:
        return f"{self.owner.name}'s {self.noun}"

    @property
    def noun(self) -> str:
        """The label in the number it was said in: parents, not parent, for two of them."""
        if not self.tie.plural:
            return self.tie.label
        return _PLURALS.get(self.tie.label, f"{self.tie.label}s")


@dataclass(slots=True)
class People:
    """The people of a conversation, the latest last."""

    user: EntityRef
    _recent: deque[tuple[EntityRef, Gender, bool]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _named: dict[tuple[EntityRef, str], EntityRef] = field(default_factory=dict)

    def speak_of(self, ref: EntityRef, gender: Gender = "", *, plural: bool = False) -> None:
        if ref != self.user:
            self._recent.append((ref, gender, plural))

    def meant_by(self, pronoun: str) -> EntityRef | None:
        """The latest person a pronoun can mean; None when nobody was mentioned whom it fits."""
        wanted: Gender = "m" if pronoun in MALE | {"his"} else "f" if pronoun in FEMALE | {"her"} else ""
        for ref, gender, plural in reversed(self._recent):
            if not wanted and plural:
                return ref
            if wanted and not plural and gender in {wanted, ""}:
                return ref
        return None

    def named(self, tied: TiedTo, name: EntityRef, findings: Findings) -> EntityRef:
        """Give somebody known by a tie a name, from here on."""
        self._named[tied.owner, tied.tie.label] = name
        findings.entity(name, *(() if tied.tie.plural else (tied.description,)))
        findings.relation(tied.owner, tied.tie.label, name)
        self.speak_of(name, tied.tie.gender)
        return name

    def has_name(self, tied: TiedTo) -> bool:
        """Whether somebody of that tie was named."""
        return (tied.owner, tied.tie.label) in self._named

    def called(self, tied: TiedTo) -> EntityRef:
        """The person of a tie, by name if one was given, else by the tie itself."""
        named = None if tied.tie.plural else self._named.get((tied.owner, tied.tie.label))
        ref = named or EntityRef("Person", tied.description)
        self.speak_of(ref, tied.tie.gender, plural=tied.tie.plural)
        return ref

    def find(self, tied: TiedTo, findings: Findings) -> EntityRef:
        """As `called`, telling the findings who that is."""
        ref = self.called(tied)
        findings.entity(ref)
        findings.relation(tied.owner, tied.tie.label, ref)
        return ref
