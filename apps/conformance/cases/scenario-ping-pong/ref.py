# proves: HL-041 TASK-020
"""Two tasks that wake each other by events take one iteration a turn."""

import asyncio


def tick(n):
    print("tick", n)
    if n < 7:
        loop.call_soon(tick, n + 1)


async def player(name, mine, other):
    for n in range(3):
        await mine.wait()
        mine.clear()
        print(name, n)
        other.set()


async def main():
    loop.call_soon(tick, 1)
    ping, pong = asyncio.Event(), asyncio.Event()
    players = [player("ping", ping, pong), player("pong", pong, ping)]
    ping.set()
    await asyncio.gather(*players)
    print("over")


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
