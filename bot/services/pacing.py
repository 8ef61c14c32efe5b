"""What sending and looking share: how the requests of the keys are spent."""

from bot.domain.pacing import Lookout
from bot.ports import Clock, RequestStore
from bot.services.keys import Keys
from bot.services.times import Times
from bot.services.watch import Watch


class Pacing:
    """One of each for all keys, over one lookout."""

    def __init__(self, *, clock: Clock, keys: Keys, requests: RequestStore) -> None:
        lookout = Lookout()
        self.keys = keys
        self.watch = Watch(clock=clock, keys=keys, lookout=lookout)
        self.times = Times(lookout=lookout, requests=requests)
