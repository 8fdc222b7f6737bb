"""A second copy in another bucket, if that is wanted."""

from typing import Any, cast

from botocore.exceptions import ClientError

from ops.errors import OpsError, RefusedError
from ops.repository.bucket_errors import error_code
from ops.s3.part import Bucket
from ops.s3.refusals import explained
from ops.s3.versioning import ENABLED
from ops.s3.wanted import Change

NONE = "ReplicationConfigurationNotFoundError"
RULE = "spectron-originals"
ARN = "arn:aws:s3:::"
Rule = dict[str, Any]


class Replication:
    """One rule of ours beside those of others; deletions are not replicated, so that a mistake stays in one place."""

    name = "replication"

    def __init__(self, bucket: Bucket, destination: str, role: str) -> None:
        self._bucket = bucket
        self._destination = destination.removeprefix(ARN)
        self._role = role

    def changes(self) -> list[Change]:
        role, rules = self._read()
        found = [] if role == self._role else [Change("role", role, self._role)]
        ours = next((rule for rule in rules if rule.get("ID") == RULE), None)
        if ours is None or not self._is_right(ours):
            found.append(Change(f"rule {RULE}", ours and ours.get("Destination"), self._rule(rules)["Destination"]))
        return found

    def dangers(self) -> list[str]:
        """What is wrong at the other end, as far as it can be seen from here."""
        if self._destination == self._bucket.name:
            return [f"{self._destination} would be replicated to itself; name another bucket."]
        try:
            with explained(self._bucket.location, f"look at the bucket {self._destination}"):
                status = self._bucket.client.get_bucket_versioning(Bucket=self._destination).get("Status", "off")
        except OpsError as error:
            return [f"The destination can't be checked: {error}"]
        if status != ENABLED:
            return [
                f"The destination {self._destination} keeps no versions (it is {status}), so nothing is replicated."
            ]
        return []

    def notes(self) -> list[str]:
        note = (
            "Objects that are there already are not replicated: copy them once, for example with S3 Batch Replication "
            f"or `aws s3 sync s3://{self._bucket.name} s3://{self._destination}`."
        )
        return [note]

    def apply(self) -> None:
        problems = self.dangers()
        if problems:
            raise RefusedError(" ".join(problems))
        role, rules = self._read()
        others = [rule for rule in rules if rule.get("ID") != RULE]
        if others and role != self._role:
            raise RefusedError(
                f"{self._bucket.location} replicates for others with the role {role}, and can have but one. Give that "
                "role with --replication-role, and let it write to the destination too."
            )
        with explained(self._bucket.location, "be told to replicate"):
            self._bucket.client.put_bucket_replication(
                Bucket=self._bucket.name,
                ReplicationConfiguration=cast(Any, {"Role": self._role, "Rules": [*others, self._rule(others)]}),
            )

    def _is_right(self, rule: Rule) -> bool:
        wanted = self._rule([])
        same = ("Status", "Destination")
        prefix = rule.get("Filter", {}).get("Prefix", rule.get("Prefix", ""))
        # A rule for more than our objects is one for them, too.
        covers = self._bucket.location.prefix.startswith(prefix)
        return all(rule.get(name) == wanted[name] for name in same) and covers

    def _rule(self, others: list[Rule]) -> Rule:
        taken = {rule.get("Priority", 0) for rule in others if rule.get("ID") != RULE}
        return {
            "ID": RULE,
            "Priority": max(taken, default=0) + 1,
            "Status": "Enabled",
            "Filter": {"Prefix": self._bucket.location.prefix},
            "Destination": {"Bucket": f"{ARN}{self._destination}"},
            "DeleteMarkerReplication": {"Status": "Disabled"},
        }

    def _read(self) -> tuple[str | None, list[Rule]]:
        with explained(self._bucket.location, "say what it replicates"):
            try:
                answer = self._bucket.client.get_bucket_replication(Bucket=self._bucket.name)
            except ClientError as error:
                if error_code(error) == NONE:
                    return None, []
                raise
        configuration = answer["ReplicationConfiguration"]
        return configuration["Role"], [cast(Rule, rule) for rule in configuration["Rules"]]
