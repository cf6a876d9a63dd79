def prepare(loop, size, style):
    async def child():
        return 1

    async def main(count):
        for _ in range(count):
            await loop.create_task(child())

    def run(count):
        loop.run_until_complete(main(count))
        return count

    return run
