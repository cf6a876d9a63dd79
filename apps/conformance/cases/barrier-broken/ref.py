# proves: HL-047
"""reset() throws the waiters out and leaves the barrier usable; abort() breaks it until reset()."""

import asyncio


async def party(name):
    try:
        await barrier.wait()
        print(name, "through")
    except asyncio.BrokenBarrierError as error:
        print(name, type(error).__name__, isinstance(error, RuntimeError))


async def main():
    tasks = [asyncio.create_task(party(name)) for name in ("a", "b")]
    await asyncio.sleep(0)
    await barrier.reset()
    await asyncio.wait(tasks)
    print("broken", barrier.broken, barrier.n_waiting)
    await asyncio.gather(party("c"), party("d"), party("e"))
    tasks = [asyncio.create_task(party("f"))]
    await asyncio.sleep(0)
    await barrier.abort()
    await asyncio.wait(tasks)
    print("broken", barrier.broken)
    await party("g")
    await barrier.reset()
    print("broken", barrier.broken)
    await asyncio.gather(party("h"), party("i"), party("j"))


barrier = asyncio.Barrier(3)
asyncio.run(main())
