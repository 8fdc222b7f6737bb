"""Uses the generated client: `python smoke.py URL KEY`, where `spectron_client` can be imported."""

import sys
from http import HTTPStatus

from spectron_client.api.management import (
    management_create_context,
    management_delete_context,
    management_list_contexts,
)
from spectron_client.api.memory import memory_query, memory_remember
from spectron_client.client import AuthenticatedClient
from spectron_client.models import NewContext, NewFact, Problem, RecallBody, Recalled, Remembered

ALICE = {"org": "acme", "user": "alice"}


def main(url: str, key: str) -> None:
    client = AuthenticatedClient(base_url=url, token=key)
    made = management_create_context.sync_detailed(
        "acme", client=client, body=NewContext(namespace="acme", database="prod")
    )
    assert made.status_code == HTTPStatus.CREATED, made
    listed = management_list_contexts.sync(client=client)
    assert [one.id for one in listed.contexts] == ["acme"], listed

    fact = NewFact(text="I live in Lisbon.", scope=ALICE)
    remembered = memory_remember.sync("acme", client=client, body=fact, idempotency_key="smoke-1")
    assert isinstance(remembered, Remembered), remembered
    assert [one.value for one in remembered.extraction.attributes] == ["Lisbon"], remembered
    recalled = memory_query.sync("acme", client=client, body=RecallBody(query="Where does alice live?", scope=ALICE))
    assert isinstance(recalled, Recalled), recalled
    assert any("Lisbon" in hit.text for hit in recalled.hits), recalled

    refused = memory_query.sync("nobody", client=client, body=RecallBody(query="Who?"))
    assert isinstance(refused, Problem), refused
    assert refused.status == HTTPStatus.NOT_FOUND, refused
    gone = management_delete_context.sync_detailed("acme", client=client)
    assert gone.status_code == HTTPStatus.NO_CONTENT, gone
    sys.stdout.write("all as it should be\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
