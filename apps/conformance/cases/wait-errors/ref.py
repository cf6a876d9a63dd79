# proves: HL-017
"""wait() refuses a single future, an empty set, coroutines, and unknown conditions."""

import asyncio


async def child():
    return "child"


async def main():
    task = asyncio.create_task(child())
    coroutine = child()
    for futures, options in (
        (task, {}),
        ([], {}),
        ([coroutine], {}),
        ([task], {"return_when": "SOMETIME"}),
    ):
        try:
            await asyncio.wait(futures, **options)
        except (TypeError, ValueError) as error:
            print(type(error).__name__)
    coroutine.close()
    done, pending = await asyncio.wait(iter([task, task, task]))
    print(len(done), len(pending), done.pop().result())


asyncio.run(main())
