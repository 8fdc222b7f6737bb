"""How a schema is described for comparison: in the words of its definition rather than of the engine."""

from dataclasses import dataclass, field


def one_of(*values: str) -> str:
    """The assertion that a value is one of these, as the engine prints it."""
    return f"$value INSIDE {list(values)}"


@dataclass(frozen=True)
class Field:
    type: str
    default: str | None = None
    assertion: str | None = None
    readonly: bool = False
    flexible: bool = False
    computed: str | None = None


@dataclass(frozen=True)
class Index:
    columns: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True)
class Table:
    """`relation` holds the tables that its edges lead from and to."""

    fields: dict[str, Field]
    indexes: dict[str, Index] = field(default_factory=dict)
    relation: tuple[tuple[str, ...], tuple[str, ...]] | None = None


STRING, INT, FLOAT, BOOL = Field("string"), Field("int"), Field("float"), Field("bool")
OPTION_STRING, OPTION_INT, OPTION_FLOAT = Field("option<string>"), Field("option<int>"), Field("option<float>")
OPTION_DATETIME, OPTION_STRINGS = Field("option<datetime>"), Field("option<array<string>>")
OPTION_OBJECT, OBJECT = Field("option<object>", flexible=True), Field("object", default="{  }", flexible=True)
SCOPE, OPTION_SCOPE = Field("set<record<scope_attribute>>"), Field("option<set<record<scope_attribute>>>")
EMPTY_SCOPE = Field("set<record<scope_attribute>>", default="[]")
EMBEDDING = Field("array<float, 1536>")
SOURCE_TURN = Field("option<record<turn>>")
CREATED = Field("datetime", default="time::now()", readonly=True)
UPDATED = Field("datetime", default="time::now()")
CATEGORIES = ("identity", "knowledge", "context")
CATEGORY, OPTION_CATEGORY = (
    Field("string", assertion=one_of(*CATEGORIES)),
    Field("option<string>", assertion=one_of(*CATEGORIES)),
)
SOURCE_KIND = Field("string", assertion=one_of("turn", "document", "manual", "reflect", "consolidate", "elaborate"))

SCOPE_INDEX = Index(("scope",))
VECTOR_INDEX = Index(("embedding",), "HNSW DIMENSION 1536 DIST COSINE TYPE F32")
PAIR_INDEX = Index(("in", "out"), "UNIQUE")
TEMPORAL_INDEX = Index(("valid_from", "valid_until"))
