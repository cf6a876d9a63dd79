/** The folder of this app, which is two levels up in the sources and in the build alike. */
export const packageRoot = new URL('../../', import.meta.url);

/** The extension of the code that runs: `.js` when built, `.ts` in the tests. */
export const codeExtension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
