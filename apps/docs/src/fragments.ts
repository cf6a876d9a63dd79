/**
 * Some lines of a document become a module: what Loop's packages export is imported, and what else they
 * speak of is declared here, once for all documents.
 */
import * as core from '@loop/core';
import * as executor from '@loop/executor';
import * as net from '@loop/net';
import * as posix from '@loop/posix';
import * as signals from '@loop/signals';
import * as subprocess from '@loop/subprocess';

const packages = { core, net, signals, subprocess, executor, posix };

/** Names that fragments use without saying where they come from. */
const scenery: Readonly<Record<string, string>> = {
  Job: 'interface Job { due: number }',
  Worker: "import { Worker } from 'node:worker_threads';",
  bytes: 'declare const bytes: Uint8Array<ArrayBuffer>;',
  checksum: 'declare const checksum: (bytes: Uint8Array) => number;',
  commit: 'declare const commit: () => Promise<void>;',
  condition: 'declare const condition: import("@loop/core").Condition;',
  data: 'declare const data: Uint8Array;',
  group: 'declare const group: import("@loop/core").ExceptionGroup;',
  items: 'declare const items: unknown[];',
  jobs: 'declare const jobs: import("@loop/core").Future<string>[];',
  load: 'declare const load: (what: string) => Promise<string>;',
  loadA: 'declare const loadA: () => Promise<number>;',
  loadB: 'declare const loadB: () => Promise<number>;',
  loadOrders: 'declare const loadOrders: () => Promise<string[]>;',
  loadUser: 'declare const loadUser: () => Promise<string>;',
  lock: 'declare const lock: import("@loop/core").Lock;',
  lookUp: 'declare const lookUp: (name: string) => Promise<string>;',
  loop: 'declare const loop: import("@loop/core").EventLoop;',
  name: 'declare const name: string;',
  pool: 'declare const pool: import("@loop/executor").ProcessPoolExecutor;',
  queue: 'declare const queue: import("@loop/core").Queue<string>;',
  reader: 'declare const reader: import("@loop/net").StreamReader;',
  request: 'declare const request: () => Promise<string>;',
  semaphore: 'declare const semaphore: import("@loop/core").Semaphore;',
  tasks: 'declare const tasks: import("@loop/core").Task<string>[];',
  work: 'declare const work: (job: unknown) => Promise<void>;',
  workerData: "import { workerData } from 'node:worker_threads';",
  writer: 'declare const writer: import("@loop/net").StreamWriter;',
};

const everyPackage = Object.keys(packages).map((name) => `import '@loop/${name}';\n`);

/** The module that `code` is a part of. */
export function completed(code: string): string {
  const missing = Object.entries(scenery).filter(
    ([name]) => mentions(code, name) && !defines(code, name),
  );
  const declared = missing.map(([, line]) => `${line}\n`);
  return [...everyPackage, importsOf(code), ...declared, code, '\nexport {};\n'].join('');
}

function importsOf(code: string): string {
  const lines: string[] = [];
  const taken = new Set<string>();
  for (const [name, exported] of Object.entries(packages)) {
    const names = Object.keys(exported).filter(
      (each) =>
        !taken.has(each) && mentions(code, each) && !defines(code, each) && !isImported(code, each),
    );
    for (const each of names) taken.add(each);
    if (names.length > 0) lines.push(`import { ${names.join(', ')} } from '@loop/${name}';\n`);
  }
  return lines.join('');
}

function mentions(code: string, name: string): boolean {
  return new RegExp(`(?<!(?<!\\.\\.)\\.|[\\w'"])${name}\\b`).test(code);
}

function defines(code: string, name: string): boolean {
  const defined = '(?:const|let|function\\*?|class|interface|type) ';
  return new RegExp(`${defined}(?:\\[[^\\]]*\\b)?${name}\\b|\\b${name}\\) =>`).test(code);
}

function isImported(code: string, name: string): boolean {
  return new RegExp(`^import .*\\b${name}\\b`, 'm').test(code);
}
