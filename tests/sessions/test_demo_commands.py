"""manage.py load_demo and generate_test_data"""

from __future__ import annotations

import io
import json
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from apps.accounts import actors, services
from apps.accounts.models import User
from apps.clients.models import Client
from apps.measures.models import Measure
from apps.sessions.models import Message, Reply, Session, Status, Summing
from smartsteps.lib import clock
from tests import factories


@pytest.fixture
def data_dir(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path
    return tmp_path


def run(name: str, *arguments: str) -> str:
    out = io.StringIO()
    call_command(name, *arguments, stdout=out)
    return out.getvalue()


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (User, Client, Session, Message))


@pytest.fixture
def demo(db: None, data_dir: Path) -> dict[str, Any]:
    factories.persona("dr_morgan_hayes")
    run("load_demo")
    return dict(json.loads((data_dir / "demo.json").read_text()))


def test_everybody_can_log_in(demo: dict[str, Any], data_dir: Path) -> None:
    assert [login["role"] for login in demo["logins"]] == [
        "admin",
        "clinician",
        "integrator",
        "client",
    ]
    for login in demo["logins"]:
        services.log_in(username=login["username"], password=login["password"])
    assert stat.S_IMODE((data_dir / "demo.json").stat().st_mode) == 0o600


def test_there_is_something_of_everything(demo: dict[str, Any]) -> None:
    clinician = actors.for_user(User.objects.get(username="demo-clinician"))
    sessions = Session.objects.visible_to(clinician)
    assert {session.status for session in sessions} == set(Status.values)
    assert Client.objects.visible_to(clinician).count() < Client.objects.count()
    assert User.objects.get(username="demo-client").client.sessions.filter(status=Status.ACTIVE)
    assert not Reply.objects.exists()  # the transcripts have their answers already


def test_there_is_a_course_to_draw(demo: dict[str, Any]) -> None:
    """Summaries are owed, not brought along: the worker makes them as it does for everybody."""
    ended = Session.objects.filter(status=Status.COMPLETED)
    assert Summing.objects.filter(session__in=ended).count() == ended.count() >= 9
    totals = [each.total for each in Measure.objects.filter(instrument="gad7").order_by("taken_at")]
    assert totals == [15, 11, 7]


def test_times_are_believable(demo: dict[str, Any]) -> None:
    for message in Message.objects.select_related("session"):
        session = message.session
        assert session.started_at
        assert session.started_at <= message.timestamp <= (session.ended_at or clock.now())


def test_again_changes_nothing(demo: dict[str, Any], data_dir: Path) -> None:
    before = counts()
    run("load_demo")
    assert counts() == before
    assert json.loads((data_dir / "demo.json").read_text()) == demo


def test_who_was_erased_stays_away(demo: dict[str, Any]) -> None:
    Client.objects.first().delete()  # type: ignore[union-attr]
    before = counts()
    run("load_demo")
    assert counts() == before


def test_a_lost_file_is_made_anew(demo: dict[str, Any], data_dir: Path) -> None:
    before = counts()
    (data_dir / "demo.json").unlink()
    run("load_demo")
    assert counts() == before
    login = json.loads((data_dir / "demo.json").read_text())["logins"][0]
    services.log_in(username=login["username"], password=login["password"])


def test_without_personas_people_come_first(db: None, data_dir: Path) -> None:
    assert "load_personas" in run("load_demo")
    assert counts() == (4, 0, 0, 0)
    factories.persona("somebody")
    run("load_demo")
    assert Client.objects.count() == 7


def test_generate_test_data(alice: User, db: None) -> None:
    factories.persona("dr_morgan_hayes")
    shown = run("generate_test_data", "--clients", "12", "--sessions", "30", "--seed", "7")
    assert "10/12 clients" in shown
    assert counts()[1:3] == (12, 30)
    assert Client.objects.visible_to(actors.for_user(alice)).count() == 12


@pytest.mark.parametrize("arguments", [("--clients", "0"), ("--clinician", "bob")])
def test_generate_test_data_refuses(alice: User, bob: User, arguments: tuple[str, str]) -> None:
    factories.persona("dr_morgan_hayes")
    with pytest.raises(CommandError):
        run("generate_test_data", *arguments)
    assert not Client.objects.exists()


def test_generate_test_data_needs_personas(alice: User) -> None:
    with pytest.raises(CommandError, match="load_personas"):
        run("generate_test_data")
