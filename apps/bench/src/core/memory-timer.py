MINUTES = 60


def nothing():
    pass


def prepare(loop, size, style):
    kept = []

    def run(count):
        kept.extend(loop.call_later((1 + i % 60) * MINUTES, nothing) for i in range(count))
        return count

    return run
