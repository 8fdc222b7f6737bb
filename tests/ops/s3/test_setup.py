"""Plan, apply and status on a real endpoint; what others have set up is never touched."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, cast

import pytest

from tests.objects.conftest import S3Endpoint
from tests.ops.s3.conftest import Counter
from tests.support.gateway import between
from tests.support.http_server import reply

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ROLE = "arn:aws:iam::123456789012:role/replication"
FOREIGN: list[dict[str, Any]] = [
    {
        "ID": "logs go to cold storage",
        "Status": "Enabled",
        "Filter": {"And": {"Prefix": "logs/", "Tags": [{"Key": "kind", "Value": "log"}]}},
        "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}],
    },
    {"ID": "disabled", "Status": "Disabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 3}},
]


def rules(client: "S3Client", bucket: str) -> list[Any]:
    return list(client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"])


def states(counter: Counter, *arguments: str) -> dict[str, str]:
    return {one["part"]: one["state"] for one in counter.run(*arguments, "--json").json["parts"]}


def test_from_nothing_to_right_in_one_step(counter: Counter, client: "S3Client", bucket: str) -> None:
    assert counter.run("status").code == 1
    planned = counter.run("plan")
    assert planned.code == 0
    assert "spectron-old-versions" in planned.stdout
    assert client.get_bucket_versioning(Bucket=bucket).get("Status") is None

    done = counter.run("apply")
    assert done.code == 0, done.stderr
    assert client.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    ours = {rule["ID"]: rule for rule in rules(client, bucket)}
    assert ours["spectron-old-versions-originals"]["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}
    assert ours["spectron-abandoned-uploads-originals"]["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
    assert all(rule["Filter"]["Prefix"] == "originals/" for rule in ours.values())
    assert all(client.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())

    assert counter.run("status").code == 0
    assert "Nothing is to be changed" in counter.run("plan").stderr
    assert counter.run("apply").code == 0


def test_rules_of_others_survive_every_change_of_ours(counter: Counter, client: "S3Client", bucket: str) -> None:
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=cast(Any, {"Rules": FOREIGN}))
    before = rules(client, bucket)
    for arguments in (["apply"], ["apply", "--noncurrent-days", "30", "--abort-days", "2"], ["apply"]):
        assert counter.run(*arguments).code == 0
        assert [rule for rule in rules(client, bucket) if not rule["ID"].startswith("spectron-")] == before
    assert len(rules(client, bucket)) == 4


@pytest.mark.parametrize("drift", ["versioning", "lifecycle", "public access block"])
def test_drift_is_found_and_repaired(counter: Counter, client: "S3Client", bucket: str, drift: str) -> None:
    assert counter.run("apply").code == 0
    if drift == "versioning":
        client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    elif drift == "lifecycle":
        client.delete_bucket_lifecycle(Bucket=bucket)
    else:
        client.delete_public_access_block(Bucket=bucket)
    done = counter.run("status", "--json")
    assert done.code == 1
    assert [one["part"] for one in done.json["parts"] if not one["fine"]] == [drift]
    assert counter.run("apply").code == 0
    assert counter.run("status").code == 0


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"Expiration": {"Days": 3}, "Filter": {"Prefix": ""}}, "deletes originals that are in use"),
        ({"Expiration": {"Days": 3}, "Filter": {"Prefix": "originals/acme"}}, "deletes originals that are in use"),
        (
            {"Transitions": [{"Days": 3, "StorageClass": "DEEP_ARCHIVE"}], "Filter": {"Prefix": "originals/"}},
            "moves originals to where nobody reads them at once",
        ),
        (
            {"NoncurrentVersionExpiration": {"NoncurrentDays": 5}, "Filter": {"Prefix": "orig"}},
            "deletes old versions after 5 days already",
        ),
    ],
)
def test_a_dangerous_rule_of_others_is_told_and_left(
    counter: Counter, client: "S3Client", bucket: str, rule: dict[str, Any], words: str
) -> None:
    assert counter.run("apply").code == 0
    ours = rules(client, bucket)
    foreign = {"ID": "theirs", "Status": "Enabled", **rule}
    client.put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration=cast(Any, {"Rules": [*ours, foreign]})
    )
    for verb in ("status", "apply"):
        done = counter.run(verb)
        assert done.code == 1
        assert words in done.stderr
    assert len(rules(client, bucket)) == 3


def test_replication_needs_both_ends(
    counter: Counter, client: "S3Client", bucket: str, s3_endpoint: S3Endpoint
) -> None:
    other = f"{bucket[:50]}-copy"
    wanted = ("--replicate-to", other, "--replication-role", ROLE)
    missing = counter.run("apply", *wanted)
    assert missing.code == 1
    assert "The destination can't be checked" in missing.stderr
    s3_endpoint.create_bucket(other)
    unversioned = counter.run("apply", *wanted)
    assert unversioned.code == 1
    assert "keeps no versions" in unversioned.stderr
    client.put_bucket_versioning(Bucket=other, VersioningConfiguration={"Status": "Enabled"})
    done = counter.run("apply", *wanted)
    assert done.code == 0, done.stderr
    assert "Objects that are there already are not replicated" in done.stderr
    made = client.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]
    assert (made["Role"], made["Rules"][0]["Destination"]["Bucket"]) == (ROLE, f"arn:aws:s3:::{other}")
    assert counter.run("status", *wanted).code == 0
    assert counter.run("status", "--replicate-to", "elsewhere", "--replication-role", ROLE).code == 1
    assert counter.run("plan", "--replicate-to", bucket, "--replication-role", ROLE).stderr.count("to itself") == 1


def test_replication_without_a_role_is_refused(counter: Counter) -> None:
    done = counter.run("apply", "--replicate-to", "other")
    assert done.code == 2
    assert "needs both" in done.stderr


def test_object_lock_is_never_shortened(counter: Counter, client: "S3Client", bucket: str) -> None:
    assert counter.run("apply", "--object-lock-days", "30").code == 0
    assert counter.run("status", "--object-lock-days", "30").code == 0
    assert states(counter, "apply", "--object-lock-days", "7")["object lock"] == "right"
    retention = client.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]["Rule"]
    assert (retention["DefaultRetention"]["Mode"], retention["DefaultRetention"]["Days"]) == ("GOVERNANCE", 30)


class Refusing(BaseHTTPRequestHandler):
    code = ("403", "AccessDenied")

    def answer(self) -> None:
        status, code = self.code
        body = f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode()
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(int(status))
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_HEAD = answer  # noqa: N815 - the library calls them so

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library calls it so
        """Nothing."""


@pytest.mark.parametrize(
    ("code", "state", "words"),
    [
        (("403", "AccessDenied"), "unknown", "lack s3:GetLifecycleConfiguration, or a policy denies it. Add this"),
        (("403", "RequestTimeTooSkewed"), "unknown", "this machine's clock is wrong"),
        (("501", "NotImplemented"), "unsupported", "its service knows no such setting"),
    ],
)
def test_what_is_refused_is_explained(counter: Counter, code: tuple[str, str], state: str, words: str) -> None:
    handler = type("Handler", (Refusing,), {"code": code})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        counter.address = f"s3://locked?endpoint=http://127.0.0.1:{server.server_address[1]}"
        done = counter.run("status", "--json")
        assert {one["state"] for one in done.json["parts"]} == {state}
        assert [one["part"] for one in done.json["parts"] if not one["optional"]] == ["versioning"]
        assert "s3 apply" not in done.stderr
        assert words in done.stderr
        assert done.code == 1
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_two_deployments_in_one_bucket_keep_their_rules(
    counter: Counter, client: "S3Client", bucket: str, s3_endpoint: S3Endpoint
) -> None:
    s3_endpoint.create_bucket(f"{bucket[:50]}-copy")
    client.put_bucket_versioning(Bucket=f"{bucket[:50]}-copy", VersioningConfiguration={"Status": "Enabled"})
    wanted = ("--replicate-to", f"{bucket[:50]}-copy", "--replication-role", ROLE)
    first = counter.address
    assert counter.run("apply", *wanted).code == 0
    counter.address = first.replace("/originals", f"/{'long/' * 90}staging")
    assert counter.run("apply", "--noncurrent-days", "5", *wanted).code == 0
    assert {rule["Filter"]["Prefix"] for rule in rules(client, bucket)} == {"originals/", f"{'long/' * 90}staging/"}
    copied = client.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]["Rules"]
    assert len({rule["Priority"] for rule in copied}) == 2
    assert counter.run("status", "--noncurrent-days", "5", *wanted).code == 0
    counter.address = first
    assert counter.run("status", *wanted).code == 0


def test_rules_of_the_old_form_and_without_a_name_survive(counter: Counter, client: "S3Client", bucket: str) -> None:
    old = [
        {"Status": "Enabled", "Prefix": "logs/", "Expiration": {"Days": 9}},
        {"Status": "Enabled", "Prefix": "tmp/", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}},
    ]
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=cast(Any, {"Rules": old}))
    before = rules(client, bucket)
    for _ in range(2):
        assert counter.run("apply").code == 0
    assert [rule for rule in rules(client, bucket) if rule in before] == before
    assert len(rules(client, bucket)) == 4


@pytest.mark.parametrize("role", ["replication", "arn:aws:iam::12:role/x", "arn:aws:s3:::copies"])
def test_what_is_no_role_is_refused(counter: Counter, role: str) -> None:
    done = counter.run("plan", "--replicate-to", "copies", "--replication-role", role)
    assert done.code == 2
    assert "is no role that could replicate" in done.stderr


def test_a_copy_in_the_same_region_is_told(
    counter: Counter, client: "S3Client", bucket: str, s3_endpoint: S3Endpoint
) -> None:
    s3_endpoint.create_bucket(f"{bucket[:50]}-near")
    client.create_bucket(Bucket=f"{bucket[:50]}-far", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    said = {
        place: counter.run("plan", "--replicate-to", f"{bucket[:50]}-{place}", "--replication-role", ROLE).stderr
        for place in ("near", "far")
    }
    assert "Both buckets are in us-east-1" in said["near"]
    assert "Both buckets" not in said["far"]


@pytest.mark.parametrize(
    ("allowed", "command", "permission"),
    [
        ("", "status", "s3:GetBucketVersioning"),
        ("", "status", "s3:GetLifecycleConfiguration"),
        ("", "status", "s3:GetBucketPublicAccessBlock"),
        ("", "status --object-lock-days 3", "s3:GetBucketObjectLockConfiguration"),
        (
            "",
            "status --replicate-to b --replication-role arn:aws:iam::123456789012:role/r",
            "s3:GetReplicationConfiguration",
        ),
        ("GET", "apply", "s3:PutBucketVersioning"),
        ("GET", "apply", "s3:PutLifecycleConfiguration"),
        ("GET", "apply", "s3:PutBucketPublicAccessBlock"),
        ("GET", "apply --object-lock-days 3", "s3:PutBucketObjectLockConfiguration"),
        ("", "undelete --since 2026-01-01", "s3:ListBucketVersions"),
    ],
)
def test_the_permission_that_is_missing_is_named(
    counter: Counter, bucket: str, s3_endpoint: S3Endpoint, allowed: str, command: str, permission: str
) -> None:
    """An endpoint that lets only some kinds of requests through to the real one."""
    with between(s3_endpoint.url) as gateway:
        gateway.instead = lambda request, _: request.command != allowed and _denied(request)
        counter.address = f"s3://{bucket}?endpoint={gateway.url}"
        done = counter.run(*command.split())
    assert done.code == 1
    assert f"lack {permission}, or a policy denies it" in done.stderr
    statement = json.loads(
        next(line for line in done.stderr.splitlines() if permission in line).partition("policy: ")[2]
    )
    assert statement == {"Effect": "Allow", "Action": permission, "Resource": f"arn:aws:s3:::{bucket}"}


def _denied(request: BaseHTTPRequestHandler) -> bool:
    reply(request, 403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>", "application/xml")
    return True


def test_a_bucket_has_to_be_named(counter: Counter) -> None:
    counter.address = ""
    assert counter.run("plan").code == 2
