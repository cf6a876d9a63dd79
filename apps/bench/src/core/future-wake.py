import asyncio


def prepare(loop, size, style):
    futures = [None] * size

    async def waiting(place, rounds):
        for _ in range(rounds):
            future = loop.create_future()
            futures[place] = future
            await future

    async def main(rounds):
        left = rounds

        def wake_all():
            nonlocal left
            for future in futures:
                future.set_result(1)
            left -= 1
            if left > 0:
                loop.call_soon(wake_all)

        tasks = [loop.create_task(waiting(place, rounds)) for place in range(size)]
        loop.call_soon(wake_all)
        await asyncio.gather(*tasks)

    def run(count):
        rounds = -(-count // size)
        loop.run_until_complete(main(rounds))
        return rounds * size

    return run
