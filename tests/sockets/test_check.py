"""`python -m bot check` against Discord and RunBase on sockets: what is wrong is named, and how to mend it."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.preview.emulator import Status
from tests.sockets.house import INVITED_WITH, KEY, House, open_house
from tests.sockets.told import OTHER_KEY, told
from tests.standin.discord import Permission
from tests.standin.discord import Status as HttpStatus

NOWHERE = "http://127.0.0.1:9"


def make_private(house: House) -> None:
    house.standin.settings.application["bot_public"] = False


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def servers(*ids: int) -> str:
    return f"[{', '.join(map(str, ids))}]"


async def test_where_nothing_is_wrong_every_line_says_ok(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        make_private(house)
        found = await told(house, "check")
        assert (found.code, found.errors) == (0, "")
        subjects = [line.split()[:2] for line in found.verdicts]
        assert subjects == [
            ["ok", subject]
            for subject in (
                *("configuration", "secrets", "database", "disk", "Discord", "intents", "servers", "permissions"),
                *("clock", "RunBase", "libraries"),
            )
        ]
        assert found.lines[-1] == "Everything is in order."
        assert "The Easel Studio" in found.about("servers")[0]


async def test_looking_changes_nothing(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        await told(house, "check")
        assert files_in(tmp_path) == []
        assert {one.method for one in house.standin.requests} == {"GET"}
        assert house.standin.gateway.identified == []
        assert house.emulator.runs == ()
        assert house.emulator.balance(KEY) == 100


async def test_a_running_bot_is_not_disturbed(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        make_private(house)
        await house.start()
        asked = await house.imagine()
        found = await told(house, "check")
        assert found.code == 0
        assert "a running bot uses it" in found.about("database")[0]
        await house.picture(asked)
        assert [run.status for run in house.emulator.runs] == [Status.SUCCEEDED]
        assert len(house.standin.gateway.identified) == 1
        assert await house.stop() == 0
        assert "it can be written" in (await told(house, "check")).about("database")[0]


# ---- Discord --------------------------------------------------------------------------------------------------------


async def test_a_refused_token_is_told_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        found = await told(house, "check", DISCORD_TOKEN="not.the.token")
        assert found.code == 1
        (line,) = found.about("Discord")
        assert line.startswith("failed  Discord")
        assert "Reset the token" in line
        assert found.about("RunBase key 1")[0].startswith("ok ")
        assert found.about("clock")[0].startswith("ok ")


@pytest.mark.parametrize("way", ["no connection", "an outage"])
async def test_a_discord_that_does_not_answer_is_told(tmp_path: Path, way: str) -> None:
    async with open_house(tmp_path) as house:
        house.standin.faults.add("GET", "*", HttpStatus(503), times=100)
        changes = {"STANDIN_REST": f"{NOWHERE}/api/v10"} if way == "no connection" else {}
        found = await told(house, "check", **changes)
        assert found.code == 1
        (line,) = found.about("Discord")
        assert ("cannot be reached" if changes else "HTTP 503") in line
        assert "discordstatus.com" in line
        assert found.about("libraries")[0].startswith("ok ")


async def test_an_intent_that_is_wanted_but_not_enabled_fails(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        wanted = {"EASEL__DISCORD__MESSAGE_CONTENT": "true"}
        assert (await told(house, "check", **wanted)).about("intents")[0].startswith("ok ")

        house.standin.settings.application["flags"] = 0
        found = await told(house, "check", **wanted)
        assert found.code == 1
        (line,) = found.about("intents")
        assert line.startswith("failed  intents         enabled: none; wanted: Message Content")
        assert "discord.message_content = false" in line
        assert (await told(house, "check")).about("intents")[0].startswith("ok ")


async def test_commands_that_go_elsewhere_fail(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.standin.settings.application["interactions_endpoint_url"] = "https://example.org/interactions"
        found = await told(house, "check")
        assert found.code == 1
        assert any("Interactions Endpoint URL" in line for line in found.about("Discord"))


async def test_strangers_who_may_spend_are_a_warning(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        found = await told(house, "check")
        assert found.code == 0
        (line,) = found.about("Discord")
        assert line.startswith("warning Discord")
        assert "strangers can invite it and spend your money" in line
        assert found.lines[-1] == "1 to look at."

        listed = await told(house, "check", EASEL__DISCORD__SERVERS=servers(house.server.id))
        assert listed.about("Discord")[0].startswith("ok ")


async def test_servers_are_held_against_the_list(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        other = house.standin.new_server("Elsewhere")
        found = await told(house, "check", EASEL__DISCORD__SERVERS=servers(house.server.id, 123))
        assert found.code == 1
        present, absent, foreign = found.about("servers")
        assert present.startswith("ok ")
        assert absent.startswith("failed ")
        assert "without the bot: 123 |" in absent
        assert f"client_id={house.standin.bot.id}" in absent
        assert foreign.startswith("warning ")
        assert f"Elsewhere ({other.id})" in foreign
        assert found.about("permissions") == ["ok      permissions     complete in 1 of 1 server"]


async def test_a_bot_in_no_server_is_told_how_to_be_invited(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.standin.bot_leaves(house.server)
        (line,) = (await told(house, "check")).about("servers")
        assert line.startswith("warning ")
        assert "oauth2/authorize?client_id=" in line


async def test_missing_permissions_are_named_with_their_server(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        poor = house.standin.new_server("Poor", bot_permissions=int(INVITED_WITH))
        lacking = Permission.ATTACH_FILES | Permission.SEND_MESSAGES_IN_THREADS
        for role in poor.roles.values():
            house.standin.set_permissions(poor, role, role.permissions & ~int(lacking))
        found = await told(house, "check")
        assert found.code == 1
        line, count = found.about("permissions")
        assert f"Poor ({poor.id}) lacks Send Messages in Threads and Attach Files" in line
        assert "Server Settings" in line
        assert "complete in 1 of 2 servers" in count


async def test_an_administrator_lacks_nothing(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        for role in house.server.roles.values():
            house.standin.set_permissions(house.server, role, 0)
        house.standin.new_server("Ours", bot_permissions=int(Permission.ADMINISTRATOR))
        lines = (await told(house, "check")).about("permissions")
        assert [line.split()[0] for line in lines] == ["failed", "ok"]
        assert "The Easel Studio" in lines[0]


async def test_a_server_that_cannot_be_looked_at_does_not_hide_the_others(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        gone = house.standin.new_server("Gone", bot_permissions=int(INVITED_WITH))
        house.standin.faults.add("GET", f"/guilds/{gone.id}", HttpStatus(404))
        unseen, seen = (await told(house, "check")).about("permissions")
        assert unseen.startswith(f"warning permissions     Gone ({gone.id}) could not be looked at (HTTP 404)")
        assert "complete in 1 of 2 servers" in seen


async def test_of_very_many_servers_only_some_are_looked_at(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        for number in range(201):  # one more than Discord tells at once
            house.standin.new_server(f"Server {number}")
        found = await told(house, "check")
        assert "in 202 servers" in found.about("servers")[0]
        assert "complete in 50 of 50 servers; 152 more servers not looked at" in found.about("permissions")[0]


async def test_names_of_servers_do_not_reach_the_terminal_raw(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.standin.new_server("\x1b[31m[red]ok\u202e\n" + "x" * 500)
        found = await told(house, "check")
        (line,) = found.about("servers")
        assert "[red]ok" in line
        assert not set(line) & {"\x1b", "\u202e", "\n"}
        assert len(line) < 250


async def test_the_operators_channel_is_looked_at(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        told_in = {"EASEL__DISCORD__OPERATOR_CHANNEL": str(house.channel.id)}
        found = await told(house, "check", **told_in)
        assert (found.code, found.about("operator")) == (
            0,
            [f"ok      operator        can be told in #pictures ({house.channel.id})"],
        )

        house.standin.deny(house.channel, house.server.everyone, Permission.SEND_MESSAGES)
        found = await told(house, "check", **told_in)
        (line,) = found.about("operator")
        assert (found.code, line.startswith("failed ")) == (1, True)
        assert f"lacks Send Messages in #pictures ({house.channel.id})" in line
        assert "Permissions" in line

        house.standin.deny(house.channel, house.server.everyone, Permission.VIEW_CHANNEL)
        (line,) = (await told(house, "check", **told_in)).about("operator")
        assert line.startswith("failed ")
        assert "View Channel" in line


async def test_an_operators_channel_that_is_gone_is_told(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        found = await told(house, "check", EASEL__DISCORD__OPERATOR_CHANNEL="123")
        assert found.code == 1
        (line,) = found.about("operator")
        assert line.startswith("failed  operator        there is no channel 123 (discord.operator_channel)")
        assert "Copy Channel ID" in line


async def test_the_operators_thread_counts_as_its_channel(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        thread = house.standin.new_thread(house.channel, "to the operator", house.alice)
        told_in = {"EASEL__DISCORD__OPERATOR_CHANNEL": str(thread.id)}
        assert (await told(house, "check", **told_in)).about("operator")[0].startswith("ok ")
        house.standin.deny(house.channel, house.server.everyone, Permission.SEND_MESSAGES_IN_THREADS)
        (line,) = (await told(house, "check", **told_in)).about("operator")
        assert "lacks Send Messages in Threads" in line


async def test_the_channel_for_reports_is_looked_at_as_well(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        told_in = {"EASEL__DISCORD__REPORT_CHANNEL": str(house.channel.id)}
        found = await told(house, "check", **told_in)
        assert (found.code, found.about("reports")) == (
            0,
            [f"ok      reports         are passed on in #pictures ({house.channel.id})"],
        )
        house.standin.deny(house.channel, house.server.everyone, Permission.SEND_MESSAGES)
        found = await told(house, "check", **told_in)
        assert found.code == 1
        assert "lacks Send Messages" in found.about("reports")[0]
        found = await told(house, "check", EASEL__DISCORD__REPORT_CHANNEL="123")
        (line,) = found.about("reports")
        assert line.startswith("failed  reports         there is no channel 123 (discord.report_channel)")
        assert "Set discord.report_channel" in line


@pytest.mark.parametrize(("seconds", "verdict"), [(-300, "failed"), (-10, "warning"), (10, "warning"), (300, "failed")])
async def test_a_clock_that_is_off_is_told(tmp_path: Path, seconds: int, verdict: str) -> None:
    async with open_house(tmp_path) as house:
        house.standin.settings.dates_ahead = timedelta(seconds=seconds)
        found = await told(house, "check")
        (line,) = found.about("clock")
        assert line.startswith(verdict)
        assert ("behind" if seconds > 0 else "ahead of") in line
        assert "timedatectl" in line
        assert found.code == (1 if verdict == "failed" else 0)


# ---- RunBase --------------------------------------------------------------------------------------------------------


async def test_each_key_is_proved(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        found = await told(house, "check", RUNBASE_API_KEYS=f"{KEY},{OTHER_KEY}")
        assert found.code == 1
        first, second = found.about("RunBase key")
        assert first.startswith("ok      RunBase key 1")
        assert second.startswith("failed  RunBase key 2")
        assert "HTTP 401, invalid_api_key" in second
        assert "Create a key" in second


async def test_a_key_that_is_not_allowed_from_here_is_told_apart(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.emulator.refuse_key(KEY, "ip_not_allowed")
        found = await told(house, "check")
        assert found.code == 1
        assert "Allow this machine's address" in found.about("RunBase key 1")[0]


async def test_an_empty_balance_does_not_show(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        house.emulator.pay_in(KEY, -100)
        (line,) = (await told(house, "check")).about("RunBase key 1")
        assert line.startswith("ok ")
        assert "whether it has credit, only an order shows" in line


async def test_a_runbase_that_cannot_be_reached_is_told(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        found = await told(house, "check", EASEL__RUNBASE__BASE_URL=f"{NOWHERE}/api/v1")
        assert found.code == 1
        assert "no connection to RunBase" in found.about("RunBase key 1")[0]


async def test_an_address_that_leads_elsewhere_is_told(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        found = await told(house, "check", EASEL__RUNBASE__BASE_URL=house.standin.cdn_origin)
        assert found.code == 1
        assert "runbase.base_url seems to lead elsewhere" in found.about("RunBase key 1")[0]


# ---- the configuration ----------------------------------------------------------------------------------------------


async def test_a_wrong_configuration_is_told_in_full_and_nobody_is_asked(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        (tmp_path / "my.toml").write_text("[queue]\nlength = 0\n[runbase]\nmodel = '[bold]x[/bold]'\n")
        found = await told(house, "check", "--config", str(tmp_path / "my.toml"))
        assert found.code == 2
        assert len(found.about("configuration")) == 2
        assert "[bold]x[/bold]" in found.output
        assert [line.split()[:2] for line in found.verdicts[3:-1]] == [
            ["skipped", subject] for subject in ("database", "Discord", "RunBase")
        ]
        assert house.standin.requests == []


async def test_missing_secrets_are_told_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        found = await told(house, "check", DISCORD_TOKEN="")
        assert found.code == 2
        assert "DISCORD_TOKEN: expected the bot's token" in found.about("secrets")[0]
        assert found.about("database")[0].startswith("ok ")
        assert house.standin.requests == []


# ---- the invitation -------------------------------------------------------------------------------------------------


async def test_the_invitation_is_the_only_thing_printed(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        found = await told(house, "check", "--invite")
        query = f"client_id={house.standin.bot.id}&scope=bot+applications.commands&permissions={int(INVITED_WITH)}"
        assert (found.code, found.errors) == (0, "")
        assert found.output == f"https://discord.com/oauth2/authorize?{query}\n"


async def test_without_a_good_token_there_is_no_invitation(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        found = await told(house, "check", "--invite", DISCORD_TOKEN="not.the.token")
        assert (found.code, found.output) == (2, "")
        assert "DISCORD_TOKEN: expected a valid bot token" in found.errors
