"""Old versions and abandoned uploads go after a while, beside whatever rules others have."""

from collections.abc import Mapping
from typing import Any, cast

from botocore.exceptions import ClientError

from ops.errors import OpsError
from ops.repository.bucket_errors import error_code
from ops.s3.part import Bucket
from ops.s3.refusals import explained
from ops.s3.wanted import Change

NONE = "NoSuchLifecycleConfiguration"
SIZE_OPTION = "TransitionDefaultMinimumObjectSize"
VERSIONS, UPLOADS = "spectron-old-versions", "spectron-abandoned-uploads"
COLD = {"GLACIER", "DEEP_ARCHIVE"}
Rule = dict[str, Any]


class Lifecycle:
    """A put replaces the whole configuration, so that what is there is read, merged, written, and read again."""

    name = "lifecycle"
    optional = True

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        wanted, scope = bucket.wanted, {"Prefix": bucket.location.prefix}
        versions, uploads = bucket.rule_name(VERSIONS), bucket.rule_name(UPLOADS)
        self._ours: dict[str, Rule] = {
            versions: {
                "ID": versions,
                "Status": "Enabled",
                "Filter": scope,
                "NoncurrentVersionExpiration": {"NoncurrentDays": wanted.noncurrent_days},
            },
            uploads: {
                "ID": uploads,
                "Status": "Enabled",
                "Filter": scope,
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": wanted.abort_days},
            },
        }

    def changes(self) -> list[Change]:
        there = {rule.get("ID"): rule for rule in self._read()[0]}
        return [
            Change(f"rule {name}", _shown(there.get(name)), _shown(rule))
            for name, rule in self._ours.items()
            if _comparable(there.get(name)) != _comparable(rule)
        ]

    def dangers(self) -> list[str]:
        return [text for rule in self._others(self._read()[0]) for text in self._danger(rule)]

    def apply(self) -> None:
        rules, options = self._read()
        others = self._others(rules)
        with explained(self._bucket.location, "be given its lifecycle rules"):
            self._bucket.client.put_bucket_lifecycle_configuration(
                Bucket=self._bucket.name,
                LifecycleConfiguration=cast(Any, {"Rules": [*others, *self._ours.values()]}),
                **options,
            )
        lost = [rule for rule in others if rule not in self._read()[0]]
        if lost:
            raise OpsError(
                f"{self._bucket.location} did not keep these lifecycle rules of others: {lost}. Put them back by hand; "
                "the service changes what it is given."
            )

    def _read(self) -> tuple[list[Rule], dict[str, Any]]:
        with explained(self._bucket.location, "say its lifecycle rules"):
            try:
                answer = self._bucket.client.get_bucket_lifecycle_configuration(Bucket=self._bucket.name)
            except ClientError as error:
                if error_code(error) == NONE:
                    return [], {}
                raise
        # Left out of a put, this option would go back to its default for everybody's rules.
        options: dict[str, Any] = {name: value for name, value in answer.items() if name == SIZE_OPTION}
        return [cast(Rule, rule) for rule in answer["Rules"]], options

    def _others(self, rules: list[Rule]) -> list[Rule]:
        return [rule for rule in rules if rule.get("ID") not in self._ours]

    def _danger(self, rule: Rule) -> list[str]:
        if rule.get("Status") != "Enabled" or not self._reaches_us(rule):
            return []
        found = []
        name = rule.get("ID", "without a name")
        if rule.get("Expiration", {}).keys() & {"Days", "Date"}:
            found.append(
                f"The rule {name}, which is not ours, deletes originals that are in use: {rule['Expiration']}."
            )
        cold = [one for one in rule.get("Transitions", []) if one.get("StorageClass") in COLD]
        if cold:
            found.append(
                f"The rule {name}, which is not ours, moves originals to where nobody reads them at once: {cold}."
            )
        days = rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays")
        if days is not None and days < self._bucket.wanted.noncurrent_days:
            found.append(
                f"The rule {name}, which is not ours, deletes old versions after {days} days already; the shorter "
                "time wins."
            )
        return found

    def _reaches_us(self, rule: Rule) -> bool:
        """Whether it is about names that ours are among; a rule for tagged objects alone is not."""
        scope = rule.get("Filter", {})
        if scope.keys() & {"Tag"} or scope.get("And", {}).get("Tags"):
            return False
        prefix = scope.get("Prefix", scope.get("And", {}).get("Prefix", rule.get("Prefix", "")))
        ours = self._bucket.location.prefix
        return bool(ours.startswith(prefix) or prefix.startswith(ours))


def _comparable(rule: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Services say an empty filter in several ways."""
    if rule is None:
        return None
    prefix = rule.get("Filter", {}).get("Prefix", rule.get("Prefix", ""))
    return {name: value for name, value in rule.items() if name not in {"Filter", "Prefix"}} | {"Prefix": prefix}


def _shown(rule: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if rule is None else {name: value for name, value in rule.items() if name != "ID"}
