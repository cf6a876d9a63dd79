# proves: LOOP-043
"""A generator that throws while it is closed is reported; the others are closed all the same."""

import asyncio


async def counter(name, fails):
    try:
        yield name
    finally:
        closed.append(name)
        if fails:
            raise ValueError(name)


async def main():
    for name in ("a", "b", "c"):
        started = counter(name, name == "b")
        kept.append(started)
        await anext(started)
    print(await loop.shutdown_asyncgens())


def handler(loop, context):
    reports.append([repr(context["exception"]), context["asyncgen"] is kept[1]])


kept = []
closed = []
reports = []
loop = asyncio.new_event_loop()
loop.set_exception_handler(handler)
loop.run_until_complete(main())
print(sorted(closed), reports)
loop.close()
