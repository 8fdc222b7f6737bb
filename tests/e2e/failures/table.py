"""The list of cases, and the table that the documentation shows of it."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal

from tests.e2e.failures import arranging, serving
from tests.e2e.failures.world import World

Alarm = Literal["failed", "missed", "undelivered", "silent", "none"]
ALARMS: dict[Alarm, str] = {
    "failed": "message",
    "missed": "message",
    "undelivered": "`spectron_ops_undelivered_messages`",
    "silent": "its ping stays away",
    "none": "none: it heals",
}

BEGIN, END = "<!-- cases: begin -->", "<!-- cases: end -->"
HEAD = "| what is wrong | command | exit code | it says | alarm |\n| --- | --- | --- | --- | --- |"
SAVE = "backup run acme"
VERIFY = "backup verify latest"


@dataclass(frozen=True)
class Case:
    """Something that goes wrong, and what has to come of it."""

    what: str
    command: str
    code: int
    says: str
    arrange: Callable[[World, ExitStack], None]
    alarm: Alarm = "failed"
    play: Callable[[World], tuple[int, str]] = World.once
    afterwards: Callable[[World], None] = lambda _: None


CASES = (
    Case("the repository's disk is full", "backup run --all --with-objects", 1,
         "its disk or quota is full; free space", arranging.small_disk),
    Case("a file may grow no more (limit, quota)", "backup run --all --with-objects", 1,
         "its disk or quota is full; free space", arranging.file_limit),
    Case("the repository is mounted read-only", SAVE, 1,
         "mount it read-write and give the folder to this user", arranging.read_only_disk),
    Case("the repository's disk is not mounted: its folder is empty", SAVE, 1,
         "its disk is not mounted, or somebody emptied it", arranging.vanished_disk),
    Case("the bucket's service refuses the credentials (403)", SAVE, 1,
         "the credentials are wrong, expired or lack a permission", arranging.refusing_endpoint),
    Case("the bucket's service finds this machine's clock wrong", SAVE, 1,
         "this machine's clock is wrong; set it by NTP", arranging.skewed_endpoint),
    Case("the bucket's service does not listen", SAVE, 1,
         "its endpoint does not answer; check the address", arranging.closed_endpoint),
    Case("the bucket's service never answers", SAVE, 1,
         "Look what it waited for, or raise its `timeout`", arranging.silent_endpoint),
    Case("there is no such bucket", SAVE, 1,
         "the bucket does not exist; create it or correct its name", arranging.missing_bucket),
    Case("killed while the parts of a large file go up", "backup run large --with-objects", 1,
         "Look for who did it, or for a lack of memory", arranging.upload_cut_short,
         afterwards=arranging.the_next_run_clears_the_upload),
    Case("killed while a dump comes in", SAVE, 1,
         "Look for who did it, or for a lack of memory", serving.killed_at_work,
         afterwards=serving.nothing_of_it_is_a_set),
    Case("a file of a set is shorter than it was", VERIFY, 1,
         "Do not restore from there: use another set", arranging.truncated_file),
    Case("a byte of a set is another", VERIFY, 1,
         "Do not restore from there: use another set", arranging.changed_byte),
    Case("a byte of the newest manifest is another", VERIFY, 1,
         "is damaged", arranging.changed_manifest),
    Case("a manifest without one of its files", VERIFY, 1,
         "Do not restore from there: use another set", arranging.lost_file),
    Case("files without a manifest", VERIFY, 3,
         "Make one with `spectron-ops backup run`", arranging.lost_manifest),
    Case("a dump that was damaged before its checksums were taken", "drill run SET", 1,
         "do not rely on it. Make a new set, and drill that.", arranging.damaged_dump),
    Case("a set of a newer schema than this server's", "drill run SET", 1,
         "import it with the version of Spectron that made it, or a later one", arranging.newer_schema),
    Case("the age key is another", VERIFY, 1,
         "Give the file of the right age key with --identity", arranging.wrong_age_key),
    Case("there is no age key", "drill run SET", 1,
         "Give the file of its age key with --identity", arranging.encrypted_set),
    Case("the drill's own server dies", "drill run latest", 1,
         "did not pass", arranging.dying_throwaway_server),
    Case("no room for the drill's own server", "drill run latest", 1,
         "did not pass", arranging.small_temporary_folder),
    Case("the server does not listen", SAVE, 1,
         "Nothing could be saved, so there is no new set", serving.server_down),
    Case("the server hangs", SAVE, 1,
         "Look what it waited for, or raise its `timeout`", serving.server_that_hangs),
    Case("the key is that of a Context (403)", SAVE, 1,
         "management key", serving.key_of_a_context),
    Case("the key is revoked in mid-run", SAVE, 1,
         "key", serving.key_revoked_in_mid_run),
    Case("the server is too old to export", SAVE, 1,
         "There is no such route", serving.older_server),
    Case("an export is empty", SAVE, 1,
         "This is no dump of Spectron", serving.empty_export),
    Case("an export breaks off", SAVE, 1,
         "broke off", serving.export_cut_short),
    Case("a Context that had rows has none at all", "backup run --all", 1,
         "it holds no row at all; if that is right, say so with --allow-empty", serving.no_rows),
    Case("a Context has far fewer rows than last time", "backup run shrunk", 1,
         "look at what happened to shrunk", serving.lost_rows),
    Case("a Context is not there", "backup run gone", 1,
         "There is no such Context; `spectronctl contexts list`", lambda _world, _stack: None),
    Case("a document's original is lost", "backup run bereft --with-objects", 1,
         "document ", serving.lost_original),
    Case("a set of the future: some clock was wrong, or went back", SAVE, 1,
         "Set both by NTP", arranging.future_set),
    Case("the server's clock and this one differ", "doctor", 1,
         "set the clocks by NTP", serving.clocks_apart),
    Case("a lock whose process died", SAVE, 0,
         "left when it died was taken over", arranging.dead_lock, alarm="none"),
    Case("a lock whose process lives", SAVE, 3,
         "Wait until it ends", arranging.living_lock),
    Case("the job runs already", "backup list", 3,
         "is running already. Wait until it ends.", arranging.running_already, alarm="missed"),
    Case("runs were missed", "backup list", 0,
         "3 times in all: the schedule was not kept. It runs now, once.", arranging.missed_runs,
         alarm="missed", play=arranging.keep_schedule),
    Case("the schedule's state is damaged", "backup list", 1,
         "Repair it, or delete it", arranging.damaged_state),
    Case("a name in the schedule means nothing", "backup list", 2,
         "jobs.nightly.evry", arranging.unknown_field, alarm="silent"),
    Case("the figures can't be written", "backup list", 1,
         "Can't write the figures", arranging.no_room_for_figures),
    Case("a ping is lost", "backup list", 1,
         "Who waits for it will sound a false alarm", arranging.lost_ping, alarm="undelivered"),
    Case("a web hook answers 500", "backup run gone", 1,
         "it answered 500. Check its URL and what listens there.", arranging.broken_hook, alarm="undelivered"),
    Case("a web hook never answers", "backup run gone", 1,
         "Check its URL and what listens there.", arranging.silent_hook, alarm="undelivered"),
    Case("mail is refused", "backup run gone", 1,
         "Check host, port, security and password of the mail server", arranging.refused_mail, alarm="undelivered"),
)  # fmt: skip


def rendered() -> str:
    """A row for each case."""
    rows = [
        f"| {case.what} | `{case.command}` | {case.code} | {case.says.rstrip('.')} | {ALARMS[case.alarm]} |"
        for case in CASES
    ]
    return "\n".join([HEAD, *rows])
