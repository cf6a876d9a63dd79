# proves: FUT-025 FUT-026 FUT-027 ERR-006
"""An error that nobody looked at is reported when its future is discarded, and only then."""

import asyncio


def handler(loop, context):
    print(context["message"], repr(context["exception"]))


def failed(text):
    future = loop.create_future()
    future.set_exception(ValueError(text))
    return future


async def fails(text):
    raise ValueError(text)


async def catch(future):
    try:
        await future
    except ValueError as error:
        print("caught", repr(error))


async def main():
    looked_at = failed("looked at")
    print("looked at", repr(looked_at.exception()))
    cancelled = failed("cancelled afterwards")
    print("cancel", cancelled.cancel())
    plain = loop.create_future()
    plain.set_result("plain")
    forgotten = failed("forgotten")
    forgotten_task = loop.create_task(fails("forgotten task"))
    await asyncio.sleep(0)
    print("failed tasks are not reported yet", forgotten_task.done())
    kept.extend([looked_at, cancelled, plain, loop.create_future()])
    kept.extend([forgotten, forgotten_task])


kept = []
loop = asyncio.new_event_loop()
loop.set_exception_handler(handler)
loop.run_until_complete(catch(failed("awaited")))
loop.run_until_complete(main())
print("closing")
loop.close()
while kept:
    kept.pop(0)
print("discarded")
