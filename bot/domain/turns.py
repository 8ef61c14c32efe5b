"""Whose turn it is: round-robin over servers, within a server over its members, and first come within a member.

Nobody is kept waiting by somebody else's long list, and a server with many members gets no more than one with few.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.ids import MemberId, RequestId, RunId, ServerId

Who = tuple[ServerId, MemberId]
Line = dict[ServerId, dict[MemberId, deque["Queued"]]]


@dataclass(frozen=True, slots=True)
class Queued:
    """A queued run, as far as turns are concerned."""

    run: RunId
    request: RequestId
    server: ServerId
    member: MemberId
    came_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Of a request in line: its place, from 1, and when it may be its turn."""

    place: int
    begins_at: datetime


@dataclass(slots=True)
class Turns:
    """Remembers who was served last; who was never served comes first.

    A member with `in_flight` images under way lets all others go first, and may have more when nobody else waits.
    """

    in_flight: int
    _served: int = 0
    _servers: dict[ServerId, int] = field(default_factory=dict)
    _members: dict[Who, int] = field(default_factory=dict)

    def ahead(self) -> "Turns":
        """A copy in which turns can be taken."""
        return Turns(self.in_flight, self._served, dict(self._servers), dict(self._members))

    def next(self, heads: Mapping[Who, Queued], under_way: Mapping[Who, int]) -> Queued | None:
        """The run whose turn it is.

        `heads` are the first runs of all members, in the order of coming; `under_way` counts each member's images.
        """
        if not heads:
            return None
        having_room = [who for who in heads if under_way.get(who, 0) < self.in_flight] or list(heads)
        theirs = {server for server, _ in having_room}
        servers = (server for server, _ in heads if server in theirs)
        server = min(servers, key=lambda one: self._servers.get(one, 0))
        members = (who for who in having_room if who[0] == server)
        return heads[min(members, key=lambda who: self._members.get(who, 0))]

    def order(self, queued: Sequence[Queued], under_way: Mapping[Who, int]) -> Iterator[Queued]:
        """Everybody in the order of their turns, if nobody comes or goes and nothing ends meanwhile."""
        line: Line = defaultdict(lambda: defaultdict(deque))
        for one in queued:
            line[one.server][one.member].append(one)
        who = [(server, member) for server in line for member in line[server]]
        ahead = self.ahead()
        yield from ahead._rounds(line, Counter({one: self.in_flight - under_way.get(one, 0) for one in who}))
        yield from ahead._rounds(line, Counter({one: len(queued) for one in who}))

    def note_served(self, one: Queued) -> None:
        self._served += 1
        self._servers[one.server] = self._served
        self._members[one.server, one.member] = self._served

    def forget_all_but(self, here: Set[Who]) -> None:
        """Who waits for nothing comes back as somebody new."""
        servers = {server for server, _ in here}
        self._members = {who: turn for who, turn in self._members.items() if who in here}
        self._servers = {server: turn for server, turn in self._servers.items() if server in servers}

    def _rounds(self, line: Line, room: Counter[Who]) -> Iterator[Queued]:
        """Each server in turn gives its next member's first run, while that member has room."""
        members = {server: self._members_with_room(server, line[server], room) for server in line}
        servers = deque(sorted((one for one in line if members[one]), key=lambda one: self._servers.get(one, 0)))
        while servers:
            server = servers.popleft()
            member = members[server].popleft()
            runs = line[server][member]
            self.note_served(runs[0])
            yield runs.popleft()
            room[server, member] -= 1
            if runs and room[server, member] > 0:
                members[server].append(member)
            if members[server]:
                servers.append(server)

    def _members_with_room(
        self, server: ServerId, runs: Mapping[MemberId, deque[Queued]], room: Counter[Who]
    ) -> deque[MemberId]:
        waiting = [member for member in runs if runs[member] and room[server, member] > 0]
        return deque(sorted(waiting, key=lambda member: self._members.get((server, member), 0)))
