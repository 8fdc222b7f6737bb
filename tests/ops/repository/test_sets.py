"""Sets are there as a whole or not at all."""

import pytest

from ops.errors import DamagedError, LockedError, NothingToDoError, NotThereError, RepositoryError
from ops.repository.encryption import Identities
from ops.repository.lock import LEASE
from ops.repository.names import manifest_of
from ops.repository.sets import Repository
from tests.ops.sets import NOBODY, manifest, write_set
from tests.support.clock import ManualClock


def test_sets_are_listed_newest_first(repository: Repository, still: ManualClock) -> None:
    assert repository.listing().sets == ()
    with pytest.raises(NothingToDoError, match="no good set"):
        repository.get("latest")
    first = write_set(repository, {"acme": 2})
    still.advance(60)
    second = write_set(repository, {"acme": 3})
    assert repository.listing().sets == (second, first)
    assert repository.get("latest") == second
    assert repository.get(first.id) == first


def test_sets_of_one_second_are_listed_newest_first_too(repository: Repository, still: ManualClock) -> None:
    made = []
    for rows in range(8):
        made.append(write_set(repository, {"acme": rows}))
        still.advance(0.001)
    assert [one.id for one in repository.listing().sets] == [one.id for one in reversed(made)]
    assert repository.get("latest") == made[-1]


def test_the_latest_is_one_of_everything_if_there_is_one(repository: Repository, still: ManualClock) -> None:
    whole = write_set(repository, {"acme": 2, "beta": 1})
    still.advance(60)
    single = manifest("20261121T050000Z-ee", {}, still.now())
    single = single.model_copy(update={"control": None, "complete": False})
    with repository.lock("a test").held() as lock:
        repository.publish(single, lock)
    assert repository.listing().sets[0] == single
    assert repository.get("latest") == whole


def test_every_file_reads_as_the_manifest_says(repository: Repository) -> None:
    made = write_set(repository, {"acme": 500})
    for file in made.files:
        sealed = repository.read(file, encrypted=False, identities=Identities(), sink=lambda _: None)
        assert (sealed.size, sealed.sha256) == (file.size, file.sha256)
        assert (sealed.plain_size, sealed.plain_sha256) == (file.plain_size, file.plain_sha256)


def test_without_a_manifest_there_is_no_set_and_the_next_run_clears_it(repository: Repository) -> None:
    kept = write_set(repository, {"acme": 2})
    repository.add("sets/20261121T050000Z-bb/contexts/acme.surql.zst", [b"x"], NOBODY, lambda _: None)
    listing = repository.listing()
    assert (listing.sets, listing.unfinished) == ((kept,), ("20261121T050000Z-bb",))
    with pytest.raises(NotThereError, match="There is no set"):
        repository.get("20261121T050000Z-bb")
    with repository.lock("a test").held() as lock:
        assert repository.clear_unfinished(lock) == 1
        assert repository.clear_unfinished(lock) == 0
    assert repository.listing().unfinished == ()
    assert repository.listing().sets == (kept,)


def test_a_set_whose_files_were_changed_meanwhile_is_not_published(repository: Repository) -> None:
    with repository.lock("a test").held() as lock, pytest.raises(RepositoryError, match="something else deletes"):
        repository.publish(manifest("20261121T050000Z-cc", {"acme": 1}), lock)
    assert repository.listing().sets == ()


def test_whoever_lost_the_lock_publishes_nothing(repository: Repository, still: ManualClock) -> None:
    slow, quick = repository.lock("slow"), repository.lock("quick")
    slow.acquire()
    still.advance(LEASE.total_seconds())
    quick.acquire()
    empty = manifest("20261121T050000Z-dd", {}).model_copy(update={"control": None})
    with pytest.raises(LockedError, match="not published"):
        repository.publish(empty, slow)
    assert repository.listing().sets == ()
    repository.publish(empty, quick)


def test_a_damaged_manifest_hides_no_other_set(repository: Repository) -> None:
    damaged, whole = write_set(repository, {"acme": 1}), write_set(repository, {"acme": 1})
    repository.storage.put(manifest_of(damaged.id), b"{}")
    listing = repository.listing()
    assert listing.sets == (whole,)
    assert [*listing.damaged] == [damaged.id]
    with pytest.raises(DamagedError, match="Use another set"):
        repository.get(damaged.id)


def test_a_manifest_in_the_place_of_another_is_damage(repository: Repository) -> None:
    first, second = write_set(repository, {"acme": 1}), write_set(repository, {"acme": 1})
    repository.storage.put(manifest_of(first.id), second.encode())
    assert first.id in repository.listing().damaged


def test_deletion_takes_the_manifest_first_and_leaves_nothing(repository: Repository) -> None:
    gone, kept = write_set(repository, {"acme": 1}), write_set(repository, {"acme": 1})
    repository.marks.drilled(gone.id, "passed")
    with repository.lock("a test").held() as lock:
        repository.delete(gone.id, lock)
    assert repository.listing().sets == (kept,)
    assert not [stored.name for stored in repository.storage.list() if gone.id in stored.name]


def test_marks_hold_until_they_are_taken_away_or_end(repository: Repository, still: ManualClock) -> None:
    made = write_set(repository, {"acme": 1})
    repository.marks.hold(made.id, "legal matter 7")
    with repository.marks.reading(made.id, "a restore"):
        marked = repository.marks.all()[made.id]
        assert marked.held is not None
        assert marked.held.reason == "legal matter 7"
        assert marked.read is not None
        still.advance(13 * 3600)
        assert repository.marks.all()[made.id].read is None
    repository.marks.release(made.id)
    assert repository.marks.all() == {}


@pytest.mark.parametrize("set_id", ["", "..", "a/b", "../../etc"])
def test_no_id_leads_elsewhere(repository: Repository, set_id: str) -> None:
    with pytest.raises(NotThereError, match="is not the id of a set"):
        repository.get(set_id)
