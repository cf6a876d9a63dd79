import asyncio


def prepare(loop, size, style):
    async def switching(each):
        for _ in range(each):
            await asyncio.sleep(0)

    async def main(each):
        await asyncio.gather(*(loop.create_task(switching(each)) for _ in range(size)))

    def run(count):
        each = -(-count // size)
        loop.run_until_complete(main(each))
        return each * size

    return run
