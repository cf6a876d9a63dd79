# proves: LOOP-020 ERR-008
"""SystemExit leaves the run at once; the rest of the batch and the task wait for the next run."""

import asyncio


def leave():
    print("leaving")
    raise SystemExit(3)


async def worker():
    print("worker started")
    await asyncio.sleep(0)
    print("worker finished")


loop = asyncio.new_event_loop()
loop.set_exception_handler(lambda loop, context: print("handler"))
task = loop.create_task(worker())
loop.call_soon(leave)
loop.call_soon(print, "behind it in the batch")
try:
    loop.run_until_complete(task)
except SystemExit as error:
    print("SystemExit", error.code, loop.is_running(), loop.is_closed())
print("worker done", task.done())
loop.call_soon(print, "queued between the runs")


def tick(n):
    print("tick", n)
    if n == 4:
        loop.stop()
    else:
        loop.call_soon(tick, n + 1)


loop.call_soon(tick, 1)
loop.run_forever()
print("worker done", task.done())
loop.close()
