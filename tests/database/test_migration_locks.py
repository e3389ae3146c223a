"""No revision takes a lock that would stop the portal while it serves: squawk reads the statements of all of them."""

import io
import subprocess
import sys
from pathlib import Path

from alembic import command

from portal.database.migrate import alembic_configuration

SQUAWK = Path(sys.executable).parent / "squawk"

# Positions, counts and versions never come near two thousand million; alembic's own table has a varchar.
NOT_OURS = "--exclude=prefer-bigint-over-int,prefer-text-field"


def statements() -> str:
    """What an operator gets from `alembic upgrade head --sql`."""
    configuration = alembic_configuration()
    configuration.output_buffer = io.StringIO()
    command.upgrade(configuration, "head", sql=True)
    return configuration.output_buffer.getvalue()


def warnings_of(sql: str, file: Path) -> list[str]:
    file.write_text(sql)
    done = subprocess.run(
        [SQUAWK, NOT_OURS, "--pg-version=15.0", "--reporter=gcc", file], capture_output=True, text=True, check=False
    )
    return [line.partition("warning: ")[2].split(" ")[0] for line in done.stdout.splitlines()]


def test_no_revision_locks_a_table_that_is_in_use(tmp_path: Path) -> None:
    assert warnings_of(statements(), tmp_path / "all.sql") == []


def test_an_index_on_a_table_that_is_in_use_would_be_found(tmp_path: Path) -> None:
    careless = "BEGIN; CREATE INDEX IF NOT EXISTS careless ON candidate (organization_id, name); COMMIT;"

    found = warnings_of(statements() + careless, tmp_path / "all.sql")

    assert found == ["require-concurrent-index-creation"]
