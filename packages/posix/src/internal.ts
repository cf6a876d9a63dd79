/**
 * For Loop's own packages: descriptors without a class around them, and what wakes Node's loop.
 * Not for applications: nothing here is kept stable between releases.
 */
export {
  openWakeHandle,
  watchDescriptor,
  everyTurn,
  type Wake,
  type WakeHandle,
} from './wake/wake.ts';
export { type AttachedSelector, attachSelector } from './selectors/attach-selector.ts';
export { filenoOf } from './file-descriptor.ts';
export { checkBytes, checkFunction, checkInteger, checkNumber } from './check-argument.ts';
export { describe } from './describe.ts';
export * from './errno-table.ts';
export {
  addressOfSocket,
  lastAddress,
  openSocket,
  openSocketPair,
  tryAccept,
  tryBind,
  tryConnect,
  tryListen,
  tryRecvfromInto,
  tryRecvInto,
  tryRecvPinned,
  trySend,
  trySendto,
  tryShutdown,
} from './socket/native-socket.ts';
export { adoptSocket } from './socket/socket.ts';
export { takeSocketError } from './socket/socket-options.ts';
export {
  decodeAddress,
  encodeAddress,
  propertiesOfAddress,
  SOCKADDR_SIZE,
} from './socket/socket-address.ts';
export {
  closeDescriptor,
  type DescriptorKind,
  descriptorKind,
  duplicate,
  isNonblocking,
  setCloseOnExec,
  setNonblocking,
  tryRead,
  tryWrite,
} from './descriptor.ts';
export { PinnedBuffer } from './ffi/library.ts';
export { disown, own } from './ffi/owned-descriptors.ts';
export { OwnedDescriptor } from './io/owned-descriptor.ts';
export { EventDescriptor, signalEvent } from './io/eventfd.ts';
export { TimerDescriptor } from './io/timerfd.ts';
export { hasSendfile, trySeek, trySendfile } from './io/sendfile.ts';
export { SendRing } from './io/send-ring.ts';
export { tryWritev } from './io/writev.ts';
export { ReceiveBatch, SendBatch } from './io/message-batch.ts';
export { growPipe } from './pipe.ts';
export { canSpawn, type ProcessRecipe, trySpawn } from './process/spawn-process.ts';
export { ProcessDescriptor } from './process/process-descriptor.ts';
export { killAndReap, tryWait } from './process/wait-status.ts';
export { isExecutable } from './process/is-executable.ts';
export { groupId, userId } from './process/identity.ts';
export { isOpenSslSupported } from './openssl/library.ts';
export { OpenSslError } from './openssl/openssl-error.ts';
export { OpenSslBio } from './openssl/memory-bio.ts';
export { CertificateBundle } from './openssl/certificate-bundle.ts';
export { OpenSslContext, type OpenSslContextOptions } from './openssl/context.ts';
export type { Agreement, CipherTriple } from './openssl/agreement.ts';
export {
  CLOSED,
  DONE,
  OpenSslConnection,
  type OpenSslConnectionOptions,
  WANT_READ,
  WANT_WRITE,
} from './openssl/connection.ts';
