/** The process of one JavaScript peer: `child.js MODULE PEER SIZE STYLE`. */
import { serveSamples } from './serve-samples.ts';
import type { JavaScriptPeer, Style, Workload } from './workload.ts';

const [moduleUrl, peer, size, style] = process.argv.slice(2);
const { workload } = (await import(String(moduleUrl))) as { workload: Workload };
const twin = workload.twins[peer as JavaScriptPeer];
if (twin === undefined) throw new Error(`${workload.name} has no twin for ${peer}`);
await serveSamples(await twin(Number(size), style as Style), workload.unit);
