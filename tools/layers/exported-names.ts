import { posix } from 'node:path';
import { skeletonOf } from './skeleton.ts';

/**
 * The names that a module exports, sorted; a type reads `type Name`. `export *` is followed.
 *
 * @param path - Of the module, for the relative paths in it.
 * @param read - Gives the text of a module.
 * @throws {Error} There is an export this does not understand, a default export for one.
 */
export function exportedNames(path: string, read: (path: string) => string): string[] {
  const { text, strings } = skeletonOf(read(path));
  const names = new Set<string>();
  for (const match of text.matchAll(/(?<![.\w$#])export\b\s*([^]*?)(?=;|\{|'|=|\(|$)/g)) {
    const rest = text.slice(match.index + match[0].length);
    const head = match[1]!.trim();
    const list = /^\{([^}]*)\}/.exec(rest)?.[1];
    if ((head === '' || head === 'type') && list !== undefined) {
      for (const item of list.split(',').map((each) => each.trim())) {
        const { type, name } =
          /^(?<type>type\s+)?(?:\S+\s+as\s+)?(?<name>\S+)$/.exec(item)?.groups ?? {};
        if (name === undefined) continue;
        names.add(head === 'type' || type !== undefined ? `type ${name}` : name);
      }
      continue;
    }
    const all = /^\*\s*(?:as\s+(\S+)\s+)?from$/.exec(head);
    if (all !== null) {
      const from = strings[Number(/^'(\d+)'/.exec(rest)?.[1])]!;
      const inner = all[1] === undefined ? exportedNames(beside(path, from), read) : [all[1]];
      for (const name of inner) names.add(name);
      continue;
    }
    const declared =
      /^(?:declare\s+)?(?:async\s+)?(abstract class|class|function\*?|const|let|interface|type)\s*\*?\s*([\w$]+)/.exec(
        head,
      );
    if (declared === null) throw new Error(`${path}: cannot tell what "export ${head}" exports`);
    const isType = declared[1] === 'interface' || declared[1] === 'type';
    names.add(isType ? `type ${declared[2]}` : declared[2]!);
  }
  return [...names].toSorted((a, b) => (bare(a) < bare(b) ? -1 : 1));
}

function beside(path: string, specifier: string): string {
  if (!specifier.startsWith('.')) throw new Error(`${path}: export * from ${specifier}`);
  return posix.join(posix.dirname(path), specifier);
}

function bare(name: string): string {
  return name.replace(/^type /, '');
}
