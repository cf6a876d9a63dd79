import { PollSelector } from './poll-selector.ts';

/**
 * The reference's selector on select(2). Here it asks poll(2), which says the same and has no limit
 * of 1024 descriptors to overrun.
 *
 * @see CPython `selectors.SelectSelector`
 */
export class SelectSelector extends PollSelector {}
