# proves: ERR-009 ERR-012 ERR-016
"""A handler that throws is itself reported, by the default handler, which a subclass may
override."""

import asyncio


class Loop(asyncio.SelectorEventLoop):
    def default_exception_handler(self, context):
        print("default", context["message"].split("(")[0], repr(context["exception"]))
        if "context" in context:
            print("original", repr(context["context"]["exception"]))


def handler(loop, context):
    print("handler", repr(context["exception"]))
    raise RuntimeError("the handler is broken")


def delegates(loop, context):
    print("delegates")
    loop.default_exception_handler(context)


def fails(text):
    raise ValueError(text)


loop = Loop()
loop.call_soon(fails, "no handler")
loop.call_soon(loop.set_exception_handler, handler)
loop.call_soon(fails, "broken handler")
loop.call_soon(loop.set_exception_handler, delegates)
loop.call_soon(fails, "delegating handler")
loop.call_soon(print, "behind them")
loop.call_soon(loop.stop)
loop.run_forever()
loop.close()
