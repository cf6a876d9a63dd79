import { describe, expectTypeOf, it } from 'vitest';
import type {
  BaseTransport,
  DatagramTransport,
  ExtraInfo,
  SocketAddress,
  SSLContext,
  SSLInfo,
  StreamWriter,
  Transport,
  TransportSocket,
} from '../index.ts';

declare const transport: Transport;
declare const endpoint: DatagramTransport;
declare const writer: StreamWriter;
declare const key: keyof ExtraInfo;

describe('getExtraInfo', () => {
  it('is typed by key', () => {
    expectTypeOf(transport.getExtraInfo('socket')).toEqualTypeOf<TransportSocket | undefined>();
    expectTypeOf(transport.getExtraInfo('sockname')).toEqualTypeOf<SocketAddress | undefined>();
    expectTypeOf(transport.getExtraInfo('peername')).toEqualTypeOf<
      SocketAddress | null | undefined
    >();
    expectTypeOf(transport.getExtraInfo('pipe')).toEqualTypeOf<unknown>();
    expectTypeOf(endpoint.getExtraInfo('sockname')).toEqualTypeOf<SocketAddress | undefined>();
    expectTypeOf(writer.getExtraInfo('socket')).toEqualTypeOf<TransportSocket | undefined>();
    expectTypeOf<BaseTransport['getExtraInfo']>().toBeCallableWith(key);
  });

  it('knows what TLS adds', () => {
    expectTypeOf(transport.getExtraInfo('sslcontext')).toEqualTypeOf<SSLContext | undefined>();
    expectTypeOf(transport.getExtraInfo('ssl_object')).toEqualTypeOf<SSLInfo | undefined>();
  });

  it('takes the type of the fallback in', () => {
    expectTypeOf(transport.getExtraInfo('socket', null)).toEqualTypeOf<TransportSocket | null>();
    expectTypeOf(transport.getExtraInfo('sockname', 0)).toEqualTypeOf<SocketAddress | number>();
  });

  it('is unknown for keys of others', () => {
    expectTypeOf(transport.getExtraInfo('a key of somebody else')).toEqualTypeOf<unknown>();
  });
});
