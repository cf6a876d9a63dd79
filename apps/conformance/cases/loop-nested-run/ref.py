# proves: LOOP-022 LOOP-032 HL-002
"""A run inside of a run is refused and leaves the outer one intact."""

import asyncio


async def never():
    print("never printed")


async def main():
    coroutine = never()
    for loop in (outer, inner):
        try:
            loop.run_until_complete(coroutine)
        except RuntimeError as error:
            print(repr(error))
    try:
        asyncio.run(coroutine)
    except RuntimeError as error:
        print(repr(error))
    coroutine.close()
    print("running", outer.is_running(), inner.is_running())
    await asyncio.sleep(0)
    return "outer result"


outer = asyncio.new_event_loop()
inner = asyncio.new_event_loop()
print(outer.run_until_complete(main()))
outer.close()
inner.close()
