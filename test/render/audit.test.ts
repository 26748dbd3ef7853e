import {expect, it} from 'vitest'
import type {AuditLine} from '../../src/queue/audit.ts'
import {renderAudit} from '../../src/render/audit.ts'
import {fitLines} from '../../src/render/fit-lines.ts'

const lines = Array.from({length: 20}, (_, i): AuditLine => {
  const filter = i % 2 === 0 ? 'all' : `--where 'reason:invalid AND text:${'x'.repeat(40)}'`
  const at = `2026-11-27T12:00:${10 + i}.000Z`
  return {
    at,
    who: 'root@vm',
    profile: null,
    queue: 'orders',
    action: 'dlq replay',
    state: 'done',
    endedAt: at,
    count: i,
    filter,
  }
})

const shown = (room: number) => fitLines(renderAudit(lines, {width: 80, room}), 80).split('\n')
const times = (text: string[]) => text.join('\n').match(/12:00:\d\d/g) ?? []

it('shows all in a pipe', () => {
  expect(times(shown(Number.POSITIVE_INFINITY))).toHaveLength(20)
})

it.each([6, 10, 23, 28])(
  'fits %i lines of a terminal, the newest first, and says what is left out',
  (room) => {
    const text = shown(room)
    const there = times(text)
    expect(text.length).toBeLessThanOrEqual(room)
    expect(there[0]).toBe('12:00:10')
    expect(text.at(-1)).toBe(`and ${20 - there.length} earlier operations; qtool audit -n 20 shows them`)
  },
)
