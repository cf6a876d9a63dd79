/** One numbered behaviour of docs/spec. */
export interface SpecItem {
  /** `LOOP-001` */
  id: string;
  /** `LOOP` */
  prefix: string;
  /** The section it stands in. */
  topic: string;
}

/**
 * Reads the items of a spec file: each bullet that begins with a bold ID.
 *
 * @throws {Error} An ID stands there twice, or an item stands outside of every section.
 */
export function itemsOf(file: string, markdown: string): SpecItem[] {
  const items = new Map<string, SpecItem>();
  let topic = '';
  for (const line of markdown.split('\n')) {
    topic = /^## \d+\. (?:[A-Z]+: )?(.*)$/.exec(line)?.[1] ?? topic;
    const id = /^- \*\*([A-Z]+-\d{3})\*\*/.exec(line)?.[1];
    if (id === undefined) continue;
    if (items.has(id)) throw new Error(`${file}: ${id} stands there twice`);
    if (topic === '') throw new Error(`${file}: ${id} stands outside of every section`);
    items.set(id, { id, prefix: id.split('-')[0]!, topic });
  }
  return [...items.values()];
}

/**
 * Reads docs/spec/not-applicable.md: `- **ID**: the reason`, over several lines if need be.
 *
 * @returns The reason of each ID, and what is wrong with the file.
 */
export function reasonsOf(markdown: string): { reasons: Map<string, string>; problems: string[] } {
  const reasons = new Map<string, string>();
  const problems: string[] = [];
  for (const [, bullet = ''] of markdown.matchAll(/^- ((?:[^\n]|\n {2,}\S)*)/gm)) {
    const [, id = '', reason = ''] = /^\*\*([A-Z]+-\d{3})\*\*: ([^]*)$/.exec(bullet) ?? [];
    if (id === '') problems.push(`not of the form "- **ID**: reason": ${bullet}`);
    else if (reasons.has(id)) problems.push(`${id} is listed twice`);
    else if (!/\w+\W+\w+/.test(reason)) problems.push(`${id} has no reason`);
    reasons.set(id, reason.replaceAll(/\s+/g, ' '));
  }
  reasons.delete('');
  return { reasons, problems };
}
