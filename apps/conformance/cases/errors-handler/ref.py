# proves: ERR-001 ERR-002 ERR-003 ERR-005
"""A throwing callback is reported at once, and stops nothing."""

import asyncio


def handler(loop_, context):
    print("handler", loop_ is loop, sorted(context), repr(context["exception"]))
    contexts.append(context)


def fails(text):
    print("about to fail")
    raise ValueError(text)


contexts = []
loop = asyncio.new_event_loop()
print(loop.get_exception_handler())
loop.set_exception_handler(handler)
print(loop.get_exception_handler() is handler)
try:
    loop.set_exception_handler("no handler")
except TypeError as error:
    print(type(error).__name__, loop.get_exception_handler() is handler)
loop.call_soon(fails, "in a callback")
loop.call_soon(print, "sibling")
loop.call_later(0, fails, "in a timer")
loop.call_later(0.01, loop.stop)
loop.run_forever()
print(contexts[0] is contexts[1], isinstance(contexts[0]["handle"], asyncio.Handle))
print(contexts[0]["message"].split("(")[0], isinstance(contexts[1]["handle"], asyncio.TimerHandle))
loop.set_exception_handler(None)
print(loop.get_exception_handler())
loop.close()
