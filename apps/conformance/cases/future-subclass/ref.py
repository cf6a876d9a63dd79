# proves: TASK-033 FUT-001
"""A task that awaits a future of a subclass goes through its addDoneCallback(), once."""

import asyncio


class Future(asyncio.Future):
    def add_done_callback(self, fn, *, context=None):
        print("add_done_callback")
        super().add_done_callback(fn, context=context)


class Loop(asyncio.SelectorEventLoop):
    def create_future(self):
        return Future(loop=self)


async def main():
    future = loop.create_future()
    print(type(future).__name__)
    loop.call_soon(future.set_result, "result")
    print(await future)
    print(await future)


loop = Loop()
loop.run_until_complete(main())
loop.close()
