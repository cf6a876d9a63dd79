# proves: CTX-001 CTX-002 CTX-003
"""What get() falls back to, and what set() returns."""

import asyncio
import contextvars

try:
    contextvars.ContextVar(5)
except TypeError as error:
    print(type(error).__name__)
plain = contextvars.ContextVar("plain")
fallback = contextvars.ContextVar("fallback", default="default")
print(plain.name, fallback.get(), fallback.get("argument"))
try:
    plain.get()
except LookupError as error:
    print(type(error).__name__)
print(plain.get("argument"))
token = plain.set("first")
print(token.var is plain, token.old_value is contextvars.Token.MISSING)
token = plain.set("second")
print(token.old_value, plain.get(), plain.get("argument"))
token = fallback.set("set")
print(token.old_value is contextvars.Token.MISSING, fallback.get())
