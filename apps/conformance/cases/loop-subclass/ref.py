# proves: CLS-008 FUT-001 TASK-006
"""The library goes through a subclass's createFuture(), createTask() and time()."""

import asyncio


class Loop(asyncio.SelectorEventLoop):
    def create_future(self):
        print("create_future")
        return super().create_future()

    def create_task(self, coro, **options):
        print("create_task")
        return super().create_task(coro, **options)


async def child():
    return "child"


async def main():
    loop = asyncio.get_running_loop()
    await asyncio.sleep(0)
    print("sleep")
    await asyncio.sleep(0.001)
    print("ensure_future")
    print(await asyncio.ensure_future(child()))
    print("gather")
    print(await asyncio.gather(child(), child()))
    print("queue")
    queue = asyncio.Queue()
    loop.call_soon(queue.put_nowait, "item")
    print(await queue.get())


loop = Loop()
loop.run_until_complete(main())
loop.close()
