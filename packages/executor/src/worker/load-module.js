// @ts-check

/** What module is being loaded here: a main program that starts pools meanwhile would start them for ever. */
const LOADING = Symbol.for('@loop/executor.loading');

const global = /** @type {Record<symbol, unknown>} */ (/** @type {unknown} */ (globalThis));

/**
 * @param {string} url
 * @param {string} exportName
 * @returns {Promise<(this: unknown, ...args: readonly unknown[]) => unknown>}
 */
export async function loadModule(url, exportName) {
  const module = await importModule(url);
  const inner = /** @type {Record<string, unknown> | undefined} */ (module['default']);
  const found = module[exportName] ?? inner?.[exportName];
  if (typeof found !== 'function') {
    const names = Object.keys(module).join(', ') || 'nothing';
    throw new TypeError(`${url} exports no function ${exportName}; it exports ${names}`);
  }
  return /** @type {(this: unknown, ...args: readonly unknown[]) => unknown} */ (found);
}

/**
 * @param {string} url
 * @returns {Promise<Record<string, unknown>>}
 */
async function importModule(url) {
  if (/\.[cm]?tsx?$/.test(url)) await prepareTypeScript(url);
  global[LOADING] = url;
  try {
    return await import(url);
  } finally {
    // What the module started without awaiting it runs in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    global[LOADING] = undefined;
  }
}

let tsxTried = false;

/**
 * Where Node does not strip types, tsx may: it does not reach the workers of Node 20 by itself.
 * @param {string} url
 */
async function prepareTypeScript(url) {
  const strips = /** @type {{ typescript?: unknown }} */ (process.features).typescript;
  if (Boolean(strips) || tsxTried) return;
  tsxTried = true;
  const register = await findTsx(url);
  register?.();
}

/**
 * @param {string} url
 * @returns {Promise<(() => void) | null>}
 */
async function findTsx(url) {
  const { createRequire } = await import('node:module');
  const { pathToFileURL } = await import('node:url');
  const loader = process.execArgv.find((argument) => argument.includes('/tsx/dist/'));
  for (const base of [loader, url, `${process.cwd()}/`]) {
    if (base === undefined) continue;
    try {
      const api = createRequire(base)
        .resolve('tsx/esm/api')
        .replace(/\.cjs$/, '.mjs');
      const { register } = await import(pathToFileURL(api).href);
      return register;
    } catch {
      // Not to be found from there.
    }
  }
  return null;
}
