import type {Stage} from '../progress/stage.ts'
import type {Progress} from './events.ts'

/** How far workers are. Nobody knows how much will come, so what counts is what waits. */
export function drainStage({items, deadLettered, ready, ...rows}: Progress): Partial<Stage> {
  const records = rows.inserted + rows.alreadyThere + rows.suppressed + deadLettered
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
