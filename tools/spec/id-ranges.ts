/** Writes IDs of one prefix in short: `CB-001…003 005`. */
export function idRanges(ids: readonly string[]): string {
  const runs: number[][] = [];
  for (const number of ids.map((id) => Number(id.split('-')[1]))) {
    const run = runs.at(-1);
    if (run?.at(-1) === number - 1) run.push(number);
    else runs.push([number]);
  }
  const digits = (number: number): string => String(number).padStart(3, '0');
  const texts = runs.map((run) =>
    run.length > 2 ? `${digits(run[0]!)}…${digits(run.at(-1)!)}` : run.map(digits).join(' '),
  );
  return `${ids[0]!.split('-')[0]}-${texts.join(' ')}`;
}
