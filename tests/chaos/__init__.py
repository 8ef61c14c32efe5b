"""A bot as a process, members who ask it for pictures, kills and faults by seed, and a checker of what came of it.

`make chaos` plays five long seeds (`__main__`, `jobs`, `table`); `test_chaos.py` plays a short one. How a seed goes:

- `plan`: a seed is a list of requests with their stories, of troubles, and of moments at which the process ends.
- `stage`, `runbase`, `keeper`, `contestants`: Discord's stand-in, the RunBase look-alike, the bot between them.
- `acting`, `members`, `doors`, `deck`, `ending`: members ask, their ways are closed, troubles strike, the process dies.
- `settling`: the world calms down, the bot is deployed once more, members fetch what was kept for them.
- `gathering`, `witness`, `books`: what RunBase charged, what the bot wrote down and what was seen become `evidence`.
- `checker`: compares the three. It knows nothing of the bot; `naive`, a bot of the usual kind, has to fail it.

Every prompt holds a word of its own, and its picture carries that word in its pixels (`marks`): so each picture is
known wherever it turns up. A seed decides what is tried and when; which of two things comes first is up to the machine,
so a seed that failed once may pass the next time. Its `timeline.txt`, kept in `out/chaos`, tells what happened.
"""
