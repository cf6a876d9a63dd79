import './register.ts';

export { shutdownTasks, type ShutdownOptions } from './shutdown-tasks.ts';
export type { Signal } from './signal-numbers.ts';
