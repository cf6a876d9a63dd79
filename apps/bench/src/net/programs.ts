import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { codeExtension, packageRoot } from '../harness/package-root.ts';
import { choosePythons, type Command } from '../harness/peers.ts';
import { ownLoop } from './own-loop.ts';
import type { Load, NetPeer, Scenario } from './scenario.ts';

/**
 * Finds, compiles and starts the programs of the suite. Servers and generators run on one core where
 * `taskset` is: what is measured is then free of wake-ups between cores.
 */
export class Programs implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'loop-bench-'));
  readonly #pythons = choosePythons();
  readonly #compiled = new Map<string, string | undefined>();
  readonly #core = coreToPinTo();
  #paths = 0;

  /** Where everything runs. */
  get pinning(): string {
    return this.#core === undefined
      ? 'not pinned: taskset is not installed'
      : `servers and load share core ${this.#core}`;
  }

  /** A path for a socket that nobody has. */
  newPath(): string {
    this.#paths += 1;
    return join(this.#folder, `${this.#paths}.sock`);
  }

  /** Starts the server of `peer`; `undefined` where it has none, or cannot run here. */
  server(scenario: Scenario, peer: NetPeer, args: readonly string[]): Command | undefined {
    if (!scenario.peers.includes(peer)) return undefined;
    const told = [peer, ...args];
    const folder = `net/${scenario.folder}`;
    if (peer === 'c') {
      const program = this.#compile(`${folder}/native.c`, ['-pthread', ...libraries(scenario)]);
      return program === undefined ? undefined : this.#pinned([program, told]);
    }
    if (peer === 'asyncio' || peer === 'uvloop') {
      const python = this.#pythons[peer]?.command;
      if (python === undefined) return undefined;
      return this.#pinned([python, [source(`${folder}/python.py`), ...told]]);
    }
    if (peer !== 'node' && ownLoop(peer) === undefined) return undefined;
    return this.#pinned(script(`${folder}/${peer === 'node' ? 'node' : 'loop'}`, told));
  }

  /** Why `load` cannot be put on the servers of `scenario`; `undefined` where it can. */
  missing(scenario: Scenario, load: Load): string | undefined {
    if (scenario.generator === undefined && load.transport !== 'udp') return undefined;
    if (this.#compile(`${generatorOf(scenario)}.c`, libraries(scenario)) !== undefined) {
      return undefined;
    }
    return ['its load needs a C compiler', ...libraries(scenario)].join(' and ');
  }

  /** Starts the load on the server at `address`: a program in C where there is a compiler. */
  generator(scenario: Scenario, load: Load, address: string): Command {
    const name = generatorOf(scenario);
    const told = [load.mode, load.transport, address, String(load.connections), String(load.size)];
    const program = this.#compile(`${name}.c`, libraries(scenario));
    return this.#pinned(program === undefined ? script(name, told) : [program, told]);
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The program made of a file in C, compiled once; `undefined` where that is not possible. */
  #compile(file: string, options: readonly string[]): string | undefined {
    if (this.#compiled.has(file)) return this.#compiled.get(file);
    let program: string | undefined = join(this.#folder, file.replaceAll('/', '-').slice(0, -2));
    try {
      const compiler = process.env['CC'] ?? 'cc';
      execFileSync(compiler, ['-O2', '-o', program, source(file), ...options], { stdio: 'pipe' });
    } catch {
      program = undefined;
    }
    this.#compiled.set(file, program);
    return program;
  }

  #pinned([program, args]: Command): Command {
    if (this.#core === undefined) return [program, args];
    return ['taskset', ['-c', this.#core, program, ...args]];
  }
}

function generatorOf({ generator = 'generator' }: Scenario): string {
  return `net/load/${generator}`;
}

function libraries({ libraries = [] }: Scenario): readonly string[] {
  return libraries;
}

/** A program of this app in Node, as this process runs. */
function script(name: string, args: readonly string[]): Command {
  const path = fileURLToPath(new URL(`../${name}${codeExtension}`, import.meta.url));
  return [process.execPath, [...process.execArgv, '--expose-gc', path, ...args]];
}

function source(file: string): string {
  return fileURLToPath(new URL(`src/${file}`, packageRoot));
}

/** The last core that this process may use; `undefined` where none can be chosen. */
function coreToPinTo(): string | undefined {
  try {
    const allowed = /^Cpus_allowed_list:\s+(\S+)/m.exec(
      readFileSync('/proc/self/status', 'latin1'),
    );
    const core = allowed?.[1]?.split(/[,-]/).at(-1);
    if (core === undefined) return undefined;
    execFileSync('taskset', ['-c', core, 'true'], { stdio: 'pipe' });
    return core;
  } catch {
    return undefined;
  }
}
