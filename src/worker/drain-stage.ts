import type {Stage} from '../progress/stage.ts'
import {countSettled} from '../record/outcomes.ts'
import type {Progress} from './events.ts'

/** How far workers are. Nobody knows how much will come, so what counts is what waits. */
export function drainStage(progress: Progress): Partial<Stage> {
  const {items, deadLettered, ready} = progress
  const records = countSettled(progress)
  return {
    doing: items === 0 && ready === 0 ? 'waiting for items' : 'draining',
    unit: 'item',
    done: items,
    waiting: ready ?? undefined,
    also: [
      ...(deadLettered > 0 ? [{count: deadLettered, unit: 'dead letter'}] : []),
      ...(records === items ? [] : [{count: records, unit: 'record'}]),
    ],
    did: {verb: 'drained', count: items, unit: 'item'},
  }
}
