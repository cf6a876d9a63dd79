/** The process of one JavaScript library on one row: `program.js LIBRARY TITLE`. */
import { serveSamples } from '../harness/serve-samples.ts';
import { poolCases, type Library } from './pool-case.ts';
import { startRun } from './runs.ts';

const [library, title] = process.argv.slice(2);
const case_ = poolCases.find((each) => each.title === title);
const run = case_ && (await startRun(library as Exclude<Library, 'python'>, case_));
if (run === undefined) throw new Error(`${library} has nothing for ${title}`);
await serveSamples(run, 'ns');
