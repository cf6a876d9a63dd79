# proves: CONN-043 CONN-044 CONN-045 SRV-020 SRV-032 UNIX-006 UNIX-007 TLS-038
"""What the methods that connect, serve and upgrade refuse of TLS, and the rules of contexts."""

import asyncio
import socket
import ssl


async def refused(what, call):
    try:
        await call()
    except (TypeError, ValueError, ssl.SSLError) as error:
        # The port names what was given, behind the reference's text.
        print(what, type(error).__name__, str(error).split(", got")[0].split(" (_ssl")[0])


async def main():
    context = ssl.create_default_context()
    server_context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    here, there = socket.socketpair()

    def connect(host, port, **options):
        return lambda: loop.create_connection(asyncio.Protocol, host, port, **options)

    await refused("no host", connect(None, None, sock=here, ssl=context))
    await refused("empty host", connect("", 1, ssl=context))
    await refused("name", connect("localhost", 1, server_hostname="x"))
    await refused("empty name", connect("localhost", 1, server_hostname=""))
    await refused("no ssl, name", connect("localhost", 1, ssl=False, server_hostname=""))
    await refused("handshake", connect("localhost", 1, ssl_handshake_timeout=1))
    await refused("shutdown", connect("localhost", 1, ssl_shutdown_timeout=1))

    def serve(**options):
        return lambda: loop.create_server(asyncio.Protocol, "127.0.0.1", 0, **options)

    await refused("server true", serve(ssl=True))
    await refused("server false", serve(ssl=False))
    await refused("server handshake", serve(ssl_handshake_timeout=1))
    await refused("server shutdown", serve(ssl_shutdown_timeout=1))

    def accept(**options):
        return lambda: loop.connect_accepted_socket(asyncio.Protocol, here, **options)

    await refused("accepted true", accept(ssl=True))
    await refused("accepted handshake", accept(ssl_handshake_timeout=1))
    await refused("accepted shutdown", accept(ssl_shutdown_timeout=1))

    def unix(**options):
        return lambda: loop.create_unix_connection(asyncio.Protocol, "/nonexistent", **options)

    await refused("unix nameless", unix(ssl=context))
    await refused("unix name", unix(server_hostname=""))
    await refused("unix handshake", unix(ssl_handshake_timeout=1))

    transport, protocol = await loop.create_connection(asyncio.Protocol, sock=here)

    def start(given, **options):
        return lambda: loop.start_tls(transport, protocol, given, **options)

    await refused("start true", start(True))
    await refused("start null", start(None))
    print(transport.is_closing())
    transport.close()
    there.close()

    print(context.check_hostname, int(context.verify_mode), int(context.minimum_version) >= 771)
    print(server_context.check_hostname, int(server_context.verify_mode), server_context.num_tickets)
    try:
        context.verify_mode = ssl.CERT_NONE
    except ValueError as error:
        print(error)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.check_hostname = True
    print(int(context.verify_mode))


loop = asyncio.new_event_loop()
loop.run_until_complete(main())
loop.close()
