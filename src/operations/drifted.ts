import {QtoolError} from '../errors.ts'

/** The error for a plan that does not fit the queue any more. */
export function drifted(what: string): QtoolError {
  return new QtoolError(what, {
    code: 'DRIFTED',
    kind: 'refused',
    suggestions: [
      'nothing was changed; make the plan again',
      'qtool audit shows what was done by hand meanwhile',
    ],
  })
}
