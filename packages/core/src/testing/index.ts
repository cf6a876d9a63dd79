/** `@loop/core/testing`: time and order under a test's control. */
export { runVirtual } from './run-virtual.ts';
export { VirtualHost, type VirtualHostOptions } from './virtual-host.ts';
