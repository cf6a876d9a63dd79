# proves: ERR-004 ERR-012
"""callExceptionHandler() calls the handler that is set, else the default one."""

import asyncio


class Loop(asyncio.SelectorEventLoop):
    def default_exception_handler(self, context):
        print("default", context["message"], context.get("extra"))


loop = Loop()
loop.call_exception_handler({"message": "first", "extra": 1})
loop.set_exception_handler(
    lambda loop, context: print("handler", context["message"], context["extra"])
)
loop.call_exception_handler({"message": "second", "extra": 2})
loop.set_exception_handler(None)
loop.call_exception_handler({"message": "third"})
loop.close()
