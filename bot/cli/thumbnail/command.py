"""The command itself: from options to files. What is wrong on the command line ends with exit code 2."""

import asyncio
import dataclasses

import typer

from bot.beside import open_composer
from bot.cli.imagine.sentences import sentence
from bot.cli.imagine.targets import Target, WrongOrder, put
from bot.cli.terminal import WRONG_USE, complaints, finish, stop
from bot.cli.thumbnail.order import Job, Order, Wish, order_of
from bot.domain.errors import ReferenceRefused
from bot.ports import Composed, Composer


def thumbnail_and_tell(wish: Wish) -> None:
    try:
        order = order_of(wish)
    except WrongOrder as error:
        stop(str(error), WRONG_USE)
    try:
        finish(_carry_out(order))
    except ReferenceRefused as error:
        stop(sentence(error), WRONG_USE)


async def _carry_out(order: Order) -> None:
    with open_composer() as composer:
        for job in order.jobs:
            await _make(job, order, composer)


async def _make(job: Job, order: Order, composer: Composer) -> None:
    wants_png = job.target.format == "png"
    made = await composer.compose(order.content, job.design, filename=order.filename, as_png=wants_png)
    target = _target_for(made, job)
    try:
        target.path.parent.mkdir(parents=True, exist_ok=True)
        path = await asyncio.to_thread(put, made.content, target, mode=order.mode)
    except OSError as error:
        stop(f"{target.path}: expected a file I can write, found: {error.strerror or error}")
    if made.left_out:
        complaints.print(f"No font has {made.left_out}: left out of the headline.", markup=False)
    typer.echo(f"{path}  {job.design.size}  {len(made.content):,} bytes  {_format(made)}")


def _target_for(made: Composed, job: Job) -> Target:
    """A PNG that is too large became a JPEG, and is not called what it is not."""
    if made.format == job.target.format:
        return job.target
    size, path = job.design.size, job.target.path.with_suffix(".jpg")
    complaints.print(
        f"{job.target.path}: as a PNG it would be larger than {size.name} takes ({size.most_bytes:,} bytes). "
        f"It is a JPEG instead: {path.name}",
        markup=False,
    )
    return dataclasses.replace(job.target, path=path, format=made.format)


def _format(made: Composed) -> str:
    return "PNG" if made.format == "png" else f"JPEG, quality {made.quality}"
