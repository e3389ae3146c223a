"""What an operator may say in the environment, and what is said back when it can't be used."""

from pathlib import Path

import pytest

from portal.cli.serving import web_options
from portal.settings import PostgresChoice, Settings, SettingsProblem
from portal.web.costs.budget import Points


@pytest.fixture(autouse=True)
def an_empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("PORT", *(f"PORTAL_{name.upper()}" for name in Settings.model_fields)):
        monkeypatch.delenv(variable, raising=False)


def test_nothing_set_means_a_local_server_with_data_below_the_working_directory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)

    settings = Settings.from_environment()

    assert settings.database_url is None
    assert settings.postgres is PostgresChoice.AUTO
    assert settings.data_directory == tmp_path / ".portal"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert (settings.partitions, settings.pool_size, settings.max_body_bytes) == (0, 4, 1_048_576)


@pytest.mark.parametrize(
    ("variables", "port"),
    [({"PORT": "9001"}, 9001), ({"PORTAL_PORT": "9002"}, 9002), ({"PORTAL_PORT": "9002", "PORT": "9001"}, 9002)],
)
def test_port_is_read_from_both_names_and_ours_wins(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], port: int
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert Settings.from_environment().port == port


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_URL", "")
    monkeypatch.setenv("PORT", "")

    settings = Settings.from_environment()

    assert settings.database_url is None
    assert settings.port == 8000


def test_choices_are_read_in_any_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_POSTGRES", "Embedded")
    monkeypatch.setenv("PORTAL_LOG_LEVEL", "WARNING")

    settings = Settings.from_environment()

    assert settings.postgres is PostgresChoice.EMBEDDED
    assert settings.log_level == "warning"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
def test_every_way_to_write_a_database_url_becomes_one(scheme: str) -> None:
    settings = Settings(database_url=f"{scheme}://olga:hunter22@db:5432/postgres")  # type: ignore[arg-type] # as the environment gives it

    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql://olga:hunter22@db:5432/postgres"


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_DATABASE_URL", "postgresql://olga:hunter22@db/postgres")
    monkeypatch.setenv("PORTAL_APP_PASSWORD", "correct-horse")

    shown = repr(Settings.from_environment())

    assert "hunter22" not in shown
    assert "correct-horse" not in shown


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        (
            "PORTAL_DATABASE_URL",
            "mysql://olga:hunter22@db/x",
            "PORTAL_DATABASE_URL can't be used: it must look like postgresql://user:password@host:5432/postgres.",
        ),
        ("PORTAL_POSTGRES", "docker", "PORTAL_POSTGRES can't be used: input should be 'auto', 'system' or 'embedded'."),
        (
            "PORT",
            "many",
            "PORT can't be used: input should be a valid integer, unable to parse string as an integer.",
        ),
        ("PORTAL_PORT", "70000", "PORT can't be used: input should be less than or equal to 65535."),
        ("PORTAL_POOL_SIZE", "1", "PORTAL_POOL_SIZE can't be used: input should be greater than or equal to 2."),
        ("PORTAL_PARTITIONS", "-1", "PORTAL_PARTITIONS can't be used: input should be greater than or equal to 0."),
        (
            "PORTAL_APP_PASSWORD",
            "short",
            "PORTAL_APP_PASSWORD can't be used: string should have at least 8 characters.",
        ),
    ],
)
def test_an_unusable_setting_gets_one_sentence_that_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(SettingsProblem) as problem:
        Settings.from_environment()

    assert str(problem.value) == sentence


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_trusted_proxies_are_addresses_and_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.from_environment().trusted_proxies == ()
    monkeypatch.setenv("PORTAL_TRUSTED_PROXIES", "192.0.2.7, 10.0.0.0/8,2001:db8::/32")

    assert Settings.from_environment().trusted_proxies == ("192.0.2.7", "10.0.0.0/8", "2001:db8::/32")


@pytest.mark.parametrize("value", ["*", "proxy.example", "10.0.0.1/8", "192.0.2.7,"])
def test_everybody_is_no_trusted_proxy(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORTAL_TRUSTED_PROXIES", value)

    with pytest.raises(SettingsProblem) as caught:
        Settings.from_environment()

    assert str(caught.value) == "PORTAL_TRUSTED_PROXIES can't be used: it must look like 192.0.2.7,10.0.0.0/8."


def test_live_connections_leave_room_for_requests_unless_the_operator_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PORTAL_MAX_CONNECTIONS", "400")
    assert Settings.from_environment().live_connections == 300
    monkeypatch.setenv("PORTAL_MAX_LIVE_CONNECTIONS", "10")

    assert Settings.from_environment().live_connections == 10


def test_allowed_origins_are_other_sites(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings.from_environment().allowed_origins == ()
    monkeypatch.setenv("PORTAL_ALLOWED_ORIGINS", "https://careers.example, http://localhost:3000/")

    assert Settings.from_environment().allowed_origins == ("https://careers.example", "http://localhost:3000")


@pytest.mark.parametrize(
    "value", ["*", "careers.example", "http://careers.example", "https://a.example/x", "https://a,"]
)
def test_everybody_is_no_allowed_origin(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORTAL_ALLOWED_ORIGINS", value)

    with pytest.raises(SettingsProblem) as caught:
        Settings.from_environment()

    assert str(caught.value) == (
        "PORTAL_ALLOWED_ORIGINS can't be used: it must look like https://portal.example.com, without a path; http only "
        "on localhost."
    )


def test_what_the_operator_says_of_live_connections_is_what_the_edge_keeps_to() -> None:
    settings = Settings(
        max_live_connections=8,
        max_live_connections_per_organization=7,
        max_live_connections_per_credential=6,
        max_live_operations=5,
        live_pool_size=4,
        allowed_origins=("https://careers.example",),
    )

    options = web_options(settings)

    live = options.live
    connections = (live.connections, live.connections_of_organization, live.connections_of_credential)
    assert (*connections, live.operations, live.database_connections) == (8, 7, 6, 5, 4)
    assert live.strangers == 1
    assert options.origins == {"https://careers.example"}


def test_what_the_operator_says_of_points_is_what_is_counted() -> None:
    points = web_options(
        Settings(points_per_minute=3, organization_points_per_minute=2, preparation_points_per_minute=1)
    ).points
    as_many_as_they_like = web_options(
        Settings(points_per_minute=0, organization_points_per_minute=0, preparation_points_per_minute=0)
    ).points

    assert (points.credential, points.organization, points.preparation) == (3, 2, 1)
    assert as_many_as_they_like == Points(None, None, None)


@pytest.mark.parametrize(("connections", "live", "of_organization"), [(2_000, 1_500, 1_125), (10, 7, 5)])
def test_live_connections_leave_room_for_others(connections: int, live: int, of_organization: int) -> None:
    settings = Settings(max_connections=connections)

    assert (settings.live_connections, settings.live_connections_of_organization) == (live, of_organization)
    assert settings.live_connections_of_strangers < live - of_organization
    assert Settings(max_live_connections=1).live_connections_of_organization == 1
