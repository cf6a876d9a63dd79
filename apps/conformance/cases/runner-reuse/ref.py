# proves: HL-007
"""A Runner makes its loop when it needs it, runs many mains on it, and closes once."""

import asyncio


def factory():
    print("factory")
    return asyncio.new_event_loop()


async def main(name):
    await asyncio.sleep(0)
    return name + str(asyncio.get_running_loop() is runner.get_loop())


async def fails():
    raise ValueError("x")


runner = asyncio.Runner(loop_factory=factory)
print("made")
print(runner.run(main("first ")))
try:
    runner.run(fails())
except ValueError as error:
    print(repr(error))
print(runner.run(main("second ")))
loop = runner.get_loop()
print(loop.is_closed(), runner.close(), loop.is_closed(), runner.close())
unused = main("unused")
for operation in (runner.get_loop, lambda: runner.run(unused)):
    try:
        operation()
    except RuntimeError as error:
        print(repr(error))
unused.close()
