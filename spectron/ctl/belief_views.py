"""What is remembered and believed as people read it."""

from collections.abc import Iterable

from rich.console import Group, RenderableType

from spectron.models.belief import Attribute, Entity, EntityDetail, Note, Profile, Relation, State, StateDiff
from spectron.models.memory import ChatSession, Extraction, Forgotten, Place, Reinstated, Remembered, Turn
from spectron.models.record import Page
from spectron.terminal.tables import excerpt, fields, moment, rows


def remembered_sheet(remembered: Remembered) -> RenderableType:
    if remembered.preview:
        head = fields({"would change": "nothing is written"})
    else:
        head = fields({"session": remembered.session_id, "turn": remembered.turn_id})
    changes = list(_changes(remembered.extraction)) if remembered.extraction else []
    if remembered.pending:
        return Group(head, fields({"understood": "not yet: the model is away, a job will do it"}))
    return Group(head, rows(("WHAT", "", "ACTION"), changes)) if changes else head


def _changes(extraction: Extraction) -> Iterable[tuple[object, ...]]:
    for one in extraction.entities:
        yield "entity", f"{one.get('type')}/{one.get('name')}", one.get("action")
    for one in extraction.attributes:
        was = f" (was {one['previous']})" if one.get("previous") else ""
        yield "attribute", f"{_name(one.get('entity'))} {one.get('key')}: {one.get('value')}{was}", one.get("action")
    for one in extraction.relations:
        yield (
            "relation",
            f"{_name(one.get('subject'))} {one.get('label')} {_name(one.get('object'))}",
            one.get("action"),
        )
    for one in extraction.instructions:
        yield "instruction", one.get("description"), one.get("action")
    for one in extraction.uncertainties:
        yield "uncertain", f"{one.get('about')}: {one.get('reason')}", None


def session_list(page: Page[ChatSession]) -> RenderableType:
    return rows(
        ("ID", "SCOPE", "TURNS", "LAST"),
        ((one.id, scope_text(one.scope), one.turn_count, moment(one.updated_at or one.created_at)) for one in page),
    )


def session_sheet(session: ChatSession) -> RenderableType:
    return fields(
        {
            "id": session.id,
            "scope": session.scope,
            "turns": session.turn_count,
            "metadata": session.metadata,
            "created": session.created_at,
        }
    )


def turn_list(page: Page[Turn]) -> RenderableType:
    return rows(
        ("#", "ROLE", "TEXT", "SAID"), ((one.seq, one.role, one.content, moment(one.occurred_at)) for one in page)
    )


def entity_list(page: Page[Entity]) -> RenderableType:
    return rows(
        ("ENTITY", "CATEGORY", "SCOPE", "UPDATED"),
        (
            (
                f"{one.entity_type}/{one.name}" + (f" ({', '.join(one.aliases)})" if one.aliases else ""),
                one.memory_category,
                scope_text(one.scope),
                moment(one.updated_at),
            )
            for one in page
        ),
    )


def entity_sheet(detail: EntityDetail) -> RenderableType:
    entity = detail.entity
    head = fields(
        {
            "entity": f"{entity.entity_type}/{entity.name}",
            "aliases": entity.aliases,
            "category": entity.memory_category,
            "scopes": "; ".join(scope_text(one.scope) for one in detail.entities or (entity,)),
            "created": entity.created_at,
        }
    )
    return Group(head, *_beliefs(detail.attributes, detail.relations))


def history_list(page: Page[Attribute]) -> RenderableType:
    return rows(
        ("VALUE", "TRUE FROM", "UNTIL", "SCOPE"),
        ((one.value, moment(one.valid_from), moment(one.valid_until), scope_text(one.scope)) for one in page),
    )


def state_sheet(state: State) -> RenderableType:
    parts: list[RenderableType] = [fields({"as of": state.as_of})]
    for name in ("identity", "knowledge", "context"):
        beliefs = getattr(state, name)
        if beliefs.attributes or beliefs.relations:
            parts += [f"\n{name}", *_beliefs(beliefs.attributes, beliefs.relations)]
    parts += _notes(state.instructions, state.unknowns)
    if state.truncated:
        parts.append("There is more than was asked for: raise --limit.")
    return Group(*parts) if len(parts) > 1 else Group(*parts, "Nothing is believed there.")


def diff_sheet(diff: StateDiff) -> RenderableType:
    found = [
        *(("+", f"{one.entity} {one.key}: {one.value}") for one in diff.added),
        *(("~", f"{one.entity} {one.key}: {one.old} → {one.new}") for one in diff.changed),
        *(("-", f"{one.entity} {one.key}: {one.value}") for one in diff.ended),
        *(("+", _relation(one)) for one in diff.relations_added),
        *(("-", _relation(one)) for one in diff.relations_ended),
        *(("+", one.description) for one in diff.instructions_added),
        *(("-", one.description) for one in diff.instructions_ended),
        *(("?", f"{one.about}: {one.reason}") for one in diff.unknowns),
    ]
    head = fields({"since": diff.since, "until": diff.until})
    return Group(head, rows(("", "CHANGE"), found)) if found else Group(head, "Nothing changed.")


def profile_sheet(profile: Profile) -> RenderableType:
    parts: list[RenderableType] = [
        fields({"user": ", ".join(f"{one.entity_type}/{one.name}" for one in profile.user) or None})
    ]
    for name in ("static", "dynamic", "preferences"):
        values: tuple[Attribute, ...] = getattr(profile, name)
        if values:
            known = ((one.key, one.value, moment(one.valid_from)) for one in values)
            parts.append(rows((name.upper(), "VALUE", "SINCE"), known))
    if profile.relations:
        parts.append(rows(("RELATION",), ((_relation(one),) for one in profile.relations)))
    return Group(*parts, *_notes(profile.instructions, ()))


def forgotten_sheet(forgotten: Forgotten) -> RenderableType:
    verb = "would be forgotten" if forgotten.dry_run else "erased" if forgotten.purged else "forgotten"
    count = forgotten.would_delete if forgotten.dry_run else forgotten.deleted
    return fields({verb: count, "of these": forgotten.counts})


def reinstated_sheet(reinstated: Reinstated) -> RenderableType:
    return fields({"reinstated": reinstated.reinstated, "of these": reinstated.counts})


def place_list(places: Iterable[Place]) -> RenderableType:
    return rows(
        ("PATH", "NAME", "REGISTERED", "SINCE", "ERASED"),
        (
            (one.path, one.display_name, one.registered, moment(one.created_at), moment(one.tombstoned_at))
            for one in places
        ),
    )


def scope_text(scope: dict[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(scope.items())) or "everybody"


def _beliefs(attributes: Iterable[Attribute], relations: Iterable[Relation]) -> list[RenderableType]:
    values = [
        (one.entity, one.key, excerpt(one.value, 200), moment(one.valid_from), moment(one.valid_until))
        for one in attributes
    ]
    edges = [(_relation(one), moment(one.valid_from), moment(one.valid_until)) for one in relations]
    tables: list[RenderableType] = []
    if values:
        tables.append(rows(("ENTITY", "KEY", "VALUE", "SINCE", "UNTIL"), values))
    if edges:
        tables.append(rows(("RELATION", "SINCE", "UNTIL"), edges))
    return tables


def _notes(instructions: Iterable[Note], doubts: Iterable[Note]) -> list[RenderableType]:
    told = [(one.description, moment(one.created_at)) for one in instructions]
    doubted = [(one.about, one.reason) for one in doubts]
    tables: list[RenderableType] = []
    if told:
        tables.append(rows(("INSTRUCTION", "SINCE"), told))
    if doubted:
        tables.append(rows(("UNCERTAIN", "WHY"), doubted))
    return tables


def _relation(relation: Relation) -> str:
    return f"{relation.subject} {relation.label} {relation.object}"


def _name(entity: object) -> str:
    return str(entity.get("name")) if isinstance(entity, dict) else str(entity)
