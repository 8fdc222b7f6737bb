"""The runbooks that what is found or told here leads to."""

from typing import Literal

Page = Literal[
    "backup-failed", "database-down", "disk-nearly-full", "drill-failed", "migration-failed", "object-store-down"
]

BACKUP_FAILED: Page = "backup-failed"
DATABASE_DOWN: Page = "database-down"
DISK_FULL: Page = "disk-nearly-full"
DRILL_FAILED: Page = "drill-failed"
MIGRATION_FAILED: Page = "migration-failed"
OBJECT_STORE_DOWN: Page = "object-store-down"
