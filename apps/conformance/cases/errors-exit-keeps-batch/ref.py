# proves: ERR-008 ERR-011
"""Exits leave the loop at once, from the handler too; what was behind them runs next time."""

import asyncio


def leave(error):
    raise error


def handler(loop, context):
    print("handler", repr(context["exception"]))
    raise SystemExit(9)


def run_once():
    try:
        loop.run_forever()
        print("stopped")
    except SystemExit as error:
        print("SystemExit", error.code)
    except KeyboardInterrupt as error:
        print(repr(error))


loop = asyncio.new_event_loop()
loop.set_exception_handler(handler)
loop.call_soon(leave, SystemExit(1))
loop.call_soon(print, "one")
loop.call_soon(leave, KeyboardInterrupt())
loop.call_soon(print, "two")
loop.call_soon(leave, ValueError("reported"))
loop.call_soon(print, "three")
loop.call_soon(loop.stop)
for _ in range(4):
    run_once()
loop.close()
