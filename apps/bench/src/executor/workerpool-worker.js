// The worker of workerpool, which registers what it can be asked for.
// @ts-check
import workerpool from 'workerpool';
import * as jobs from './jobs.js';

workerpool.worker({ ...jobs });
