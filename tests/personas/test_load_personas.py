"""manage.py load_personas"""

from __future__ import annotations

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.actors import Actor
from apps.personas import services
from apps.personas.models import Persona, PersonaVersion
from apps.personas.professional.content import read_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(services.CATALOGUE / "dr_morgan_hayes.yaml", tmp_path)
    return tmp_path


def load(folder: Path | None = None) -> str:
    out = StringIO()
    options = {"directory": folder} if folder else {}
    call_command("load_personas", stdout=out, **options)
    return out.getvalue()


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "dr_morgan_hayes.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def refusal(folder: Path) -> str:
    with pytest.raises(CommandError) as caught:
        load(folder)
    assert not Persona.objects.exists()
    return str(caught.value)


def test_it_works_and_again_changes_nothing() -> None:
    assert load().count("created, version 1") >= 7
    assert load().count("unchanged, version 1") >= 7
    assert PersonaVersion.objects.count() == Persona.objects.count()


def test_each_persona_is_different_and_claims_no_licence() -> None:
    load()
    versions = list(PersonaVersion.objects.all())
    assert len({version.specialization for version in versions}) == len(versions)
    for version in versions:
        assert "is an AI persona" in version.background
        assert "not a person, a degree or a licence" in version.background


def test_layout_and_comments_are_no_change(folder: Path) -> None:
    load(folder)
    edit(folder, "persona_id:", "# A remark.\npersona_id:   ")
    assert load(folder) == "dr_morgan_hayes: unchanged, version 1\n"


def test_a_changed_file_is_a_new_version_and_so_is_its_return(folder: Path) -> None:
    load(folder)
    edit(folder, "style: professional", "style: brisk")
    assert load(folder) == "dr_morgan_hayes: updated, version 2\n"
    edit(folder, "style: brisk", "style: professional")
    assert load(folder) == "dr_morgan_hayes: updated, version 3\n"


def test_an_edit_in_the_back_office_stays_until_the_file_changes(
    folder: Path, by_alice: Actor
) -> None:
    load(folder)
    content = read_file(folder / "dr_morgan_hayes.yaml")
    services.publish_version(content.model_copy(update={"description": "Mine"}), by=by_alice)
    assert load(folder) == "dr_morgan_hayes: unchanged, version 2\n"
    edit(folder, "style: professional", "style: brisk")
    told = "dr_morgan_hayes: replaced alice@example.com's version 2, version 3\n"
    assert load(folder) == told


def test_an_empty_folder_is_a_mistake(tmp_path: Path) -> None:
    assert "no .yaml files" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("warmth: 0.8", "warmth: 1.8", "communication_style.warmth: Input should be less than"),
        ("type: therapist", "type: wizard", "type: Input should be 'therapist', 'analyst'"),
        ("pitch: medium", "pitch: medium, speed: 9", "voice_settings.speed: Extra inputs"),
        ("approach: >-", "approach_: >-", "approach: Field required"),
        ("style: professional}", "style: professional", "is not readable YAML"),
        ("  openings:", "  rhythm:", "given twice"),
        ("persona_id: dr_m", "persona_id: dr_n", "persona_id: must be dr_morgan_hayes"),
        ("So the situation is that {words}", "So it is {wrods}", "must hold {words} once"),
        ("are we, do you think?", "are we.", None),
        ("What did you do next, and how did that turn out?", "Go on.", "must end with a question"),
        ("All right, that's noted.", "Is it?", "must not ask a question"),
        ("You're welcome;", "One. Two. Three;", "at most two sentences"),
        ("    sleep:\n", "    naps:\n", "missing themes ['sleep'], unknown themes ['naps']"),
        ("    rumination:\n", "    brooding:\n", "cues: unknown ['brooding']"),
        ("    absolutes:\n", "    absolutes: []\n    body:\n", "lines.cues.absolutes"),
    ],
)
def test_mistakes_name_file_and_field(folder: Path, old: str, new: str, told: str | None) -> None:
    edit(folder, old, new)
    if told is None:
        assert "created" in load(folder)
        return
    message = refusal(folder)
    assert message.startswith("dr_morgan_hayes.yaml: ")
    assert told in message


def test_one_wrong_file_holds_up_all_and_each_is_told(folder: Path) -> None:
    edit(folder, "warmth: 0.8", "warmth: 1.8")
    shutil.copy(services.CATALOGUE / "eli_brandt.yaml", folder)
    (folder / "nobody.yaml").write_text("- a list\n")
    message = refusal(folder)
    assert "dr_morgan_hayes.yaml: communication_style.warmth" in message
    assert "nobody.yaml: Input should be a valid dictionary" in message
