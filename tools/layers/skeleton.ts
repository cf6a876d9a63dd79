/** A source text without its comments, and with each string literal moved out. */
export interface Skeleton {
  /** The code; a string literal reads `'N'`, N being its place in `strings`. Lines are kept. */
  text: string;
  strings: string[];
}

const quoted = /(['"])((?:\\[^]|(?!\1)[^\\\n])*)\1/y;
const comment = /\/\/[^\n]*|\/\*[^]*?\*\//y;
const regex = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y;
const templateText = /(?:\\[^]|\$(?!\{)|[^`\\$])*/y;

/** Before a slash: what a value cannot end with, so that a regular expression begins. */
const beforeRegex =
  /(?:^|[([{,;:=!&|?+\-*%~^<>]|\b(?:return|typeof|case|in|of|void|yield|await))\s*$/;

/**
 * Takes a TypeScript source apart as far as the layer rules need it: what is left can be searched
 * for `import` and `from` without finding them in prose. (The compiler in use has no API to parse
 * with; this knows comments, strings, templates and regular expressions, and nothing else.)
 */
export function skeletonOf(source: string): Skeleton {
  const strings: string[] = [];
  /** For each open `${`, how many braces are open inside it. */
  const templates: number[] = [];
  let text = '';
  let at = 0;

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  const keepLines = (skipped: string): void => {
    text += '\n'.repeat(skipped.split('\n').length - 1);
  };
  const template = (): void => {
    keepLines(take(templateText)?.[0] ?? '');
    if (source[at] === '$') {
      text += '${';
      at += 2;
      templates.push(0);
    } else {
      text += '`';
      at += 1;
    }
  };

  while (at < source.length) {
    const character = source[at]!;
    const skipped = take(comment);
    if (skipped !== null) {
      keepLines(skipped[0]);
      text += ' ';
      continue;
    }
    const literal = take(quoted);
    if (literal !== null) {
      text += `'${strings.push(literal[2]!) - 1}'`;
      continue;
    }
    if (character === '/' && beforeRegex.test(text) && take(regex) !== null) {
      text += '/./';
      continue;
    }
    at += 1;
    text += character;
    if (character === '`') {
      template();
    } else if (character === '{' && templates.length > 0) {
      templates[templates.length - 1]! += 1;
    } else if (character === '}' && templates.length > 0) {
      if (templates.at(-1) === 0) {
        templates.pop();
        template();
      } else {
        templates[templates.length - 1]! -= 1;
      }
    }
  }
  return { text, strings };
}

/** What a source imports, re-exports, loads, augments or names in an import type. */
export function importsOf({ text, strings }: Skeleton): { specifier: string; line: number }[] {
  const forms =
    /(?<![.\w$#])(?:(?:import|export)\b[^;'()=]*?\bfrom\s*|import\s*|(?:import|require)\s*\(\s*|declare\s+module\s*|require\.resolve\s*\(\s*)'(\d+)'/g;
  return Array.from(text.matchAll(forms), (match) => ({
    specifier: strings[Number(match[1])]!,
    line: text.slice(0, match.index + match[0].length).split('\n').length,
  }));
}
