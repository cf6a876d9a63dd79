from pseudo_random import pseudo_random

DELAYS = [(1 + milliseconds) / 1000 for milliseconds in pseudo_random(1 << 12, 5)]
MASK = len(DELAYS) - 1


def prepare(loop, size, style):
    left = 0

    def fired():
        nonlocal left
        left -= 1
        if left == 0:
            loop.stop()

    def run(count):
        nonlocal left
        done = 0
        while done < count:
            left = size
            for i in range(size):
                loop.call_later(DELAYS[i & MASK], fired)
            loop.run_forever()
            done += size
        return done

    return run
