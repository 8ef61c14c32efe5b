"""What the catalogue promises of each model."""

import pytest

from bot.domain.catalogue import CATALOGUE, DEFAULT_MODEL, Aspect, Model
from bot.domain.errors import UnknownAspect

every_model = pytest.mark.parametrize("model", CATALOGUE.values(), ids=lambda model: model.id)


def test_the_default_model_costs_five_cents() -> None:
    assert str(CATALOGUE[DEFAULT_MODEL].price_usd) == "0.05"


def test_the_default_model_makes_the_three_shapes_runbase_documents() -> None:
    sizes = {aspect.ratio: (aspect.width_px, aspect.height_px) for aspect in CATALOGUE[DEFAULT_MODEL].aspects}
    assert sizes == {"1:1": (1024, 1024), "3:2": (1536, 1024), "2:3": (1024, 1536)}


@every_model
def test_a_model_is_found_by_its_own_id(model: Model) -> None:
    assert CATALOGUE[model.id] is model


@every_model
def test_a_picture_is_square_unless_another_shape_is_chosen(model: Model) -> None:
    assert model.default_aspect.ratio == "1:1"


@every_model
def test_every_size_has_the_ratio_it_is_called_by(model: Model) -> None:
    for aspect in model.aspects:
        across, down = map(int, aspect.ratio.split(":"))
        assert aspect.width_px * down == aspect.height_px * across, aspect


@every_model
def test_people_can_tell_all_shapes_apart(model: Model) -> None:
    assert len({aspect.word for aspect in model.aspects}) == len(model.aspects)
    assert len({aspect.ratio for aspect in model.aspects}) == len(model.aspects)


@every_model
def test_discord_can_offer_every_shape_in_one_list(model: Model) -> None:
    assert len(model.aspects) <= 25


@every_model
def test_references_stay_within_what_runbase_takes(model: Model) -> None:
    assert model.references <= 5
    assert model.reference_bytes <= 4 * 1024 * 1024


def test_a_shape_is_found_by_its_ratio() -> None:
    assert CATALOGUE[DEFAULT_MODEL].aspect("3:2") == Aspect("3:2", "Landscape", 1536, 1024)


def test_an_unknown_shape_is_answered_with_those_on_offer() -> None:
    with pytest.raises(UnknownAspect) as refused:
        CATALOGUE[DEFAULT_MODEL].aspect("16:9")
    assert refused.value.given == "16:9"
    assert refused.value.offered == ("Square 1:1", "Landscape 3:2", "Portrait 2:3")
