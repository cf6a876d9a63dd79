import asyncio


def prepare(loop, size, style):
    async def child():
        return 1

    async def main():
        await asyncio.gather(*(child() for _ in range(size)))

    def run(count):
        done = 0
        while done < count:
            loop.run_until_complete(main())
            done += size
        return done

    return run
