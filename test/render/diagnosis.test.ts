import stringWidth from 'string-width'
import {describe, expect, it} from 'vitest'
import type {Obstacle} from '../../src/letters/obstacles.ts'
import {renderDiagnosis} from '../../src/render/diagnosis.ts'

const OBSTACLE: Obstacle = {
  state: 'failing',
  reason: 'invalid',
  code: '22P02',
  error: 'invalid input syntax for type double precision: "…"',
  column: 'lat',
  constraint: null,
  parent: null,
  letters: 24,
  distinct: 1,
  top: [],
  example: 'a:0',
}

const MISSING: Obstacle = {
  ...OBSTACLE,
  reason: 'foreign_key',
  code: '23503',
  error: 'insert or update on table "live_track_points" violates foreign key constraint "…"',
  column: null,
  constraint: 'live_track_points_flight_uuid_fkey',
  parent: 'flights',
  distinct: 2,
  top: [{value: 'f1', letters: 20}],
}

function render(width: number): string[] {
  const diagnosis = {matched: 48, passing: 0, failing: 48, unknown: 0, moreObstacles: 0}
  const obstacles = [OBSTACLE, MISSING]
  return renderDiagnosis('q', 'public.points', {...diagnosis, obstacles}, width).split('\n')
}

describe('what dlq diagnose prints', () => {
  it.each([90, 120])('keeps its table within %i columns, and tells column and constraint apart', (width) => {
    const table = render(width).slice(1, 4)
    for (const line of table) expect(stringWidth(line)).toBeLessThanOrEqual(width)
    expect(table[1]).toContain(' lat ')
    expect(table[2]).toContain('live_track_points_flight_uuid_fkey → flights')
  })

  it('names the missing parents below the table', () => {
    expect(render(80).at(-1)).toBe('24 letters miss 2 different flights; the 1 most frequent: f1 (20)')
  })
})
