def prepare(loop, size, style):
    kept = []

    async def waiting():
        future = loop.create_future()
        # Nothing else would hold the future, nor the task that waits for it.
        kept.append(future)
        await future

    def run(count):
        kept.extend(loop.create_task(waiting()) for _ in range(count))
        loop.call_soon(loop.stop)
        loop.run_forever()
        return count

    return run
