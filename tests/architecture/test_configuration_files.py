"""What operators read about the settings is what the models say."""

from pathlib import Path

import pytest

from bot.cli.configuration import Format, Setting, configuration, settings_of
from bot.config.models import sections

ROOT = Path(__file__).parents[2]
FILES = {Format.TOML: "config.example.toml", Format.MARKDOWN: "docs/configuration.md"}
SETTINGS = [setting for section in sections() for setting in settings_of(section)]


@pytest.mark.parametrize(("style", "name"), FILES.items(), ids=FILES.values())
def test_the_files_are_what_the_models_say(style: Format, name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == configuration(style), f"{name} is old: run `make docs`"


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: f"{setting.section}.{setting.key}")
def test_every_setting_is_explained_in_whole_sentences(setting: Setting) -> None:
    assert setting.reason.endswith((".", ")", "?"))
    assert setting.reason[0].isupper()
    assert setting.kind
    assert (setting.default is None) == (setting.example is not None)


@pytest.mark.parametrize("section", sections())
def test_every_section_says_what_it_is_about(section: str) -> None:
    assert f"## [{section}]\n\n" in configuration(Format.MARKDOWN)
    assert (sections()[section].__doc__ or "").strip().endswith(".")
