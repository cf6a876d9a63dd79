from contextvars import ContextVar


def prepare(loop, size, style):
    variable = ContextVar("measured")
    others = [ContextVar(f"other {i}") for i in range(size)]

    async def main(count):
        for other in others:
            other.set(0)
        total = 0
        for i in range(count):
            variable.set(i)
            total += variable.get()
        return count

    def run(count):
        return loop.run_until_complete(main(count))

    return run
