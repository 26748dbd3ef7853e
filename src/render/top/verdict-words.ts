import type {Verdict} from '../../monitor/observation.ts'
import type {Piece} from './line.ts'

/** A sign for each level, so that nobody needs to see colours. */
const SIGNS = {ok: '  ', warning: '! ', critical: '!!'}

/** e.g. `!! no workers`. */
export function verdictWords({level, text}: Verdict): string {
  return `${SIGNS[level]} ${text}`
}

/** A text that stands out as much as a verdict is bad. */
export function verdictPiece(text: string, {level}: Verdict): Piece {
  return level === 'ok' ? text : {text, as: level}
}
