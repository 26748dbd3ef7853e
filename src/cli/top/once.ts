import type {TopResult} from '../../operations/top.ts'
import {signsFor} from '../../render/bench/signs.ts'
import {styleFor} from '../../render/style.ts'
import {renderOnce} from '../../render/top/once.ts'
import {initialState, selectRows, type TopOrder} from './state.ts'
import {viewOf} from './view-of.ts'

/** One view as text. */
export function showOnce(
  {queues, observation, readFrom, unreachable}: TopResult,
  {server, sort, width}: {server: string; sort: TopOrder; width: number},
): string {
  const state = initialState({queue: observation?.inspection.queue, sort})
  const list = {
    ...{queues, readFrom, unreachable},
    ...{ratesOverMs: null, foreign: {keys: 0, examples: []}, keys: null},
  }
  const known = {
    server,
    list,
    rows: selectRows(queues, state),
    backlogs: () => [],
    observation: observation ?? undefined,
    history: [],
    trouble: undefined,
    listTrouble: undefined,
  }
  const style = styleFor(process.env, process.stdout.isTTY)
  return renderOnce(viewOf(state, known), {width, style, signs: signsFor(process.env)})
}
