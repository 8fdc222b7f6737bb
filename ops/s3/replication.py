"""A second copy in another bucket, if that is wanted."""

import re
from typing import Any, cast

from botocore.exceptions import BotoCoreError, ClientError

from ops.errors import OpsError, RefusedError
from ops.repository.bucket_errors import error_code
from ops.s3.part import Bucket
from ops.s3.refusals import explained
from ops.s3.versioning import ENABLED
from ops.s3.wanted import Change
from spectron.errors import ArgumentError

NONE = "ReplicationConfigurationNotFoundError"
RULE = "spectron-originals"
ROLE = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/\S+|arn:minio:replication:\S+")
ARN = "arn:aws:s3:::"
# The one region that has no name in the answer.
FIRST_REGION = "us-east-1"
Rule = dict[str, Any]


class Replication:
    """One rule of ours beside those of others; deletions are not replicated, so that a mistake stays in one place."""

    name = "replication"
    optional = False

    def __init__(self, bucket: Bucket, destination: str, role: str) -> None:
        self._bucket = bucket
        self._destination = destination.removeprefix(ARN)
        self._role = role
        self._rule_name = bucket.rule_name(RULE)
        if not ROLE.fullmatch(role):
            raise ArgumentError(f"{role!r} is no role that could replicate; write arn:aws:iam::ACCOUNT:role/NAME.")

    def changes(self) -> list[Change]:
        role, rules = self._read()
        found = [] if role == self._role else [Change("role", role, self._role)]
        ours = next((rule for rule in rules if rule.get("ID") == self._rule_name), None)
        if ours is None or not self._is_right(ours):
            found.append(
                Change(f"rule {self._rule_name}", ours and ours.get("Destination"), self._rule(rules)["Destination"])
            )
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
        existing = (
            "Objects that are there already are not replicated: copy them once, for example with S3 Batch Replication "
            f"or `aws s3 sync s3://{self._bucket.name} s3://{self._destination}`."
        )
        here, there = self._region(self._bucket.name), self._region(self._destination)
        if here and here == there:
            return [existing, f"Both buckets are in {here}: what takes that region from you takes both copies."]
        return [existing]

    def apply(self) -> None:
        problems = self.dangers()
        if problems:
            raise RefusedError(" ".join(problems))
        role, rules = self._read()
        others = [rule for rule in rules if rule.get("ID") != self._rule_name]
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

    def _region(self, bucket: str) -> str | None:
        """Where a bucket is; that it can't be told is no reason not to replicate."""
        try:
            place: str | None = self._bucket.client.get_bucket_location(Bucket=bucket)["LocationConstraint"]
        except (BotoCoreError, ClientError):
            return None
        return place or FIRST_REGION

    def _is_right(self, rule: Rule) -> bool:
        wanted = self._rule([])
        same = ("Status", "Destination")
        prefix = rule.get("Filter", {}).get("Prefix", rule.get("Prefix", ""))
        # A rule for more than our objects is one for them, too.
        covers = self._bucket.location.prefix.startswith(prefix)
        return all(rule.get(name) == wanted[name] for name in same) and covers

    def _rule(self, others: list[Rule]) -> Rule:
        taken = {rule.get("Priority", 0) for rule in others if rule.get("ID") != self._rule_name}
        return {
            "ID": self._rule_name,
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
