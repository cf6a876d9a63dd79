import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
from pseudo_random import pseudo_random

DELAYS = [60 + seconds for seconds in pseudo_random(1 << 12, 60)]
MASK = len(DELAYS) - 1
PER_ITERATION = 100


def nothing():
    pass


def prepare(loop, size, style):
    timers = [loop.call_later(DELAYS[i & MASK], nothing) for i in range(size)]
    oldest = 0

    def run(count):
        operations = -(-count // size) * size
        done = 0

        def iteration():
            nonlocal done, oldest
            position = oldest
            end = min(done + PER_ITERATION, operations)
            for i in range(done, end):
                timers[position].cancel()
                timers[position] = loop.call_later(DELAYS[i & MASK], nothing)
                position = position + 1 if position + 1 < size else 0
            done = end
            oldest = position
            if done < operations:
                loop.call_soon(iteration)
            else:
                loop.stop()

        loop.call_soon(iteration)
        loop.run_forever()
        return operations

    return run
