# proves: LOOP-001 LOOP-002
"""The running loop is seen inside of tasks and callbacks, and nowhere else."""

import asyncio


def running():
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError as error:
        return repr(error)


async def child():
    print("child", running())


async def main():
    print("task", running())
    loop.call_soon(lambda: print("callback", running()))
    await asyncio.sleep(0)
    print("task after a wait", running())
    await child()


async def fails():
    raise ValueError("x")


loop = asyncio.new_event_loop()
print("before", running())
loop.run_until_complete(main())
print("after", running())
try:
    loop.run_until_complete(fails())
except ValueError as error:
    print("failed", repr(error))
print("after an error", running())
loop.close()
