"""A deployment of several processes whose lines to the database and the bucket can be cut and slowed down."""

from pathlib import Path
from urllib.parse import urlsplit

from tests.objects.conftest import CREDENTIALS
from tests.runbooks.relay import Relay
from tests.support.cluster import Cluster
from tests.support.database_server import DatabaseServer


class RelayedCluster(Cluster):
    """The API on a database server and a bucket, with lines between them; workers join as they are started."""

    def __init__(self, folder: Path, s3_port: int, bucket: str) -> None:
        database = DatabaseServer(folder)
        self.to_database, self.to_bucket = Relay(urlsplit(database.url).port or 0), Relay(s3_port)
        super().__init__(
            folder,
            database,
            SPECTRON_DATABASE_URL=f"ws://127.0.0.1:{self.to_database.port}",
            SPECTRON_OBJECT_STORE=f"s3://{bucket}/originals?endpoint=http://127.0.0.1:{self.to_bucket.port}&region=us-east-1",
            AWS_ACCESS_KEY_ID=CREDENTIALS.access_key,
            AWS_SECRET_ACCESS_KEY=CREDENTIALS.secret_key,
        )
        # A process that is started again for the same callers listens where they expect it.
        self.environment["SPECTRON_BIND"] = self.url.removeprefix("http://")

    @property
    def variables(self) -> dict[str, str]:
        """What the one who is on call has in the environment."""
        return {"SPECTRON_URL": self.url, "SPECTRON_API_KEY": self.key} | self.environment

    def slow_database(self, seconds: float) -> None:
        """Hold back each piece of what is sent to the database for so long, from the next connection on."""
        self.to_database.slow_down(seconds)
        self.to_database.cut()
        self.to_database.mend()

    def kill(self) -> None:
        super().kill()
        for line in (self.to_database, self.to_bucket):
            line.close()
