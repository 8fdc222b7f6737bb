"""The region with server and bucket is gone; another has copies of the bucket and of the backups."""

from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from tests.objects.conftest import CREDENTIALS, S3Endpoint, free_port
from tests.runbooks.conftest import Walking
from tests.runbooks.keeper import Keeper, fill
from tests.support.deployment import Deployment

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ACCESS = {"AWS_ACCESS_KEY_ID": CREDENTIALS.access_key, "AWS_SECRET_ACCESS_KEY": CREDENTIALS.secret_key}


def replicate(client: "S3Client", source: str, target: str) -> None:
    for one in client.list_objects_v2(Bucket=source).get("Contents", []):
        client.copy_object(Bucket=target, Key=one["Key"], CopySource={"Bucket": source, "Key": one["Key"]})


def test_the_other_region_serves(s3_endpoint: S3Endpoint, walking: Walking, tmp_path: Path) -> None:
    client = boto3.session.Session().client(
        "s3",
        endpoint_url=s3_endpoint.url,
        region_name="us-east-1",
        aws_access_key_id=CREDENTIALS.access_key,
        aws_secret_access_key=CREDENTIALS.secret_key,
    )
    for name in ("region-one", "region-two", "region-two-backups"):
        s3_endpoint.create_bucket(name)

    def at(bucket: str, folder: str = "", port: int = s3_endpoint.port) -> str:
        return f"s3://{bucket}/{folder}?endpoint=http://127.0.0.1:{port}&region=us-east-1"

    with Deployment(
        tmp_path / "data", tmp_path, environment={"SPECTRON_OBJECT_STORE": at("region-one", "originals"), **ACCESS}
    ) as lost:
        fill(lost, "acme", tmp_path / "note.md")
        keeper = Keeper(lost, tmp_path, "acme", at("region-two-backups", "sets"), ACCESS)
        made = keeper.save()
        variables = keeper.variables
    replicate(client, "region-one", "region-two")
    client.close()
    with walking("region-lost", **variables, SET=made, DATA=str(tmp_path / "other" / "data")) as walk:
        walk.know(
            SPECTRON_BUCKET=at("region-one", "originals", free_port()),
            SPECTRON_OBJECT_STORE=at("region-two", "originals"),
            REPLICA=at("region-two", "originals"),
            REPLICA_BACKUPS=at("region-two-backups", "sets"),
            BIND=variables["SPECTRON_URL"].removeprefix("http://"),
        )
        walk.follow("How it shows")
        walk.follow("First look")
        walk.follow("Fix")
        walk.follow("Proof that it is over")
