from timer_delays import DELAYS, MASK

PER_ITERATION = 1000


def nothing():
    pass


def prepare(loop, size, style):
    timers = [None] * size

    def run(count):
        done = 0

        def iteration():
            nonlocal done
            end = done + min(PER_ITERATION, count - done)
            while done < end:
                for i in range(size):
                    timers[i] = loop.call_later(DELAYS[i & MASK], nothing)
                for timer in timers:
                    timer.cancel()
                done += size
            if done < count:
                loop.call_soon(iteration)
            else:
                loop.stop()

        loop.call_soon(iteration)
        loop.run_forever()
        return done

    return run
