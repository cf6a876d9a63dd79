// A worker of the cluster in `cluster-executor.ts`, and two functions for it. CommonJS, because the engine
// sends its first message at once, and a module would not have been loaded by then.
// @ts-check
const { ClusterWorker } = require('poolifier');

exports.whoAmI = () => process.pid;

exports.sumTo = (/** @type {number} */ most) => {
  let sum = 0;
  for (let i = 1; i <= most; i += 1) sum += i;
  return sum;
};

/**
 * Runs the function that a job names.
 * @param {{ url: string, exportName: string, args: unknown[] }} [job]
 */
async function call(job) {
  if (job === undefined) throw new TypeError('Expected a job');
  const module = await import(job.url);
  return module[job.exportName](...job.args);
}

new ClusterWorker({ call });
