from timer_delays import DELAYS, MASK

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
