import asyncio
import subprocess


class Child(asyncio.SubprocessProtocol):
    def __init__(self, lost):
        self.lost = lost

    def connection_lost(self, exc):
        self.lost.set_result(None)


def spawning(loop, pipes):
    each = subprocess.PIPE if pipes else subprocess.DEVNULL

    async def main(count):
        for _ in range(count):
            lost = loop.create_future()
            await loop.subprocess_exec(
                lambda: Child(lost), "/bin/true", stdin=each, stdout=each, stderr=each
            )
            await lost

    def run(count):
        loop.run_until_complete(main(count))
        return count

    return run
