# proves: LOOP-030 LOOP-040
"""isRunning() is true during a run only, and the text form tells the state."""

import asyncio


def text():
    return str(loop).split(" ", 1)[1].lower()


def show():
    print("callback", loop.is_running(), text())


def fails():
    raise SystemExit()


loop = asyncio.new_event_loop()
print("new", loop.is_running(), text())
loop.call_soon(show)
loop.call_soon(loop.stop)
loop.run_forever()
print("stopped", loop.is_running(), text())
loop.call_soon(fails)
try:
    loop.run_forever()
except SystemExit:
    print("left by an error", loop.is_running(), text())
loop.close()
print("closed", loop.is_running(), text())
