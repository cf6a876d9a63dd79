# proves: FUT-029 FUT-030 FUT-031 FUT-032 FUT-033 FUT-034
"""ensureFuture() hands over futures, makes tasks of coroutines, and refuses the rest."""

import asyncio


class FutureLike:
    _asyncio_future_blocking = False


async def coroutine():
    return "result"


async def main():
    future = loop.create_future()
    print(asyncio.isfuture(future), asyncio.isfuture(asyncio.current_task()), asyncio.isfuture(5))
    print(asyncio.isfuture(asyncio.Future), asyncio.isfuture({}))
    print(asyncio.ensure_future(future) is future, asyncio.wrap_future(future) is future)
    task = asyncio.ensure_future(coroutine())
    print(isinstance(task, asyncio.Task), task.get_loop() is loop, await task)
    for value in (5, "text", None):
        try:
            asyncio.ensure_future(value)
        except TypeError as error:
            print(type(error).__name__)
    try:
        asyncio.ensure_future(other.create_future(), loop=loop)
    except ValueError as error:
        print(type(error).__name__)


loop = asyncio.new_event_loop()
other = asyncio.new_event_loop()
loop.run_until_complete(main())
task = asyncio.ensure_future(coroutine(), loop=other)
print(other.run_until_complete(task), task.get_loop() is other)
other.close()
loop.close()
unused = coroutine()
try:
    asyncio.ensure_future(unused, loop=other)
except RuntimeError as error:
    print(repr(error))
