import { getRunningLoop, type EventLoop, type ExceptionContext } from '@loop/core';

/** Has the loop's handler collect what it is given, in place of printing it. */
export function collectReports(loop: EventLoop = getRunningLoop()): ExceptionContext[] {
  const reports: ExceptionContext[] = [];
  loop.setExceptionHandler((_, context) => void reports.push(context));
  return reports;
}
