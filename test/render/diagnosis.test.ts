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
  table: null,
  parent: null,
  letters: 24,
  alone: 20,
  records: 24,
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
  top: [{value: 'f1', letters: 20, records: 22}],
}

function render(width: number, height = 24, obstacles = [OBSTACLE, MISSING]): string[] {
  const diagnosis = {matched: 48, passing: 0, failing: 48, unknown: 0, several: 4, moreObstacles: 0}
  return renderDiagnosis('q', 'public.points', {...diagnosis, obstacles}, {width, height}).split('\n')
}

describe('what dlq diagnose prints', () => {
  it.each([80, 120])('keeps its table within %i columns, and tells column and constraint apart', (width) => {
    const lines = render(width)
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width)
    expect(lines).toContain('   invalid 22P02  lat')
    expect(lines).toContain('   foreign_key 23503  live_track_points_flight_uuid_fkey → flights')
    expect(lines.filter((line) => line === '      24             20       24')).toHaveLength(2)
  })

  it.each([
    [80, 24],
    [120, 40],
    [80, 20],
  ])('fits thirteen obstacles on a screen of %i x %i, the worst whole', (width, height) => {
    const many = Array.from({length: 13}, (_, i) => ({...MISSING, constraint: `key_${i}`}))
    const lines = render(width, height, many)
    expect(lines.length).toBeLessThanOrEqual(height)
    expect(lines[0]).toBe('0 of 48 dead letters would be written to public.points now; 48 would fail again')
    expect(lines).toContain('   foreign_key 23503  key_0 → flights')
    expect(lines).toContain('      24             20       24  23503 key_12 → flights')
    expect(render(width, Number.POSITIVE_INFINITY, many)).toHaveLength(2 + 13 * 3 + 1)
  })

  it('names the missing parents, and says how many letters have more than one obstacle', () => {
    expect(render(80).at(-2)).toBe('   missing: 2 different flights, of which the 1 most wanted: f1 (22)')
    expect(render(80).at(-1)).toBe('4 letters have more than one obstacle')
  })
})

it.each([
  [false, 'next: qtool dlq replay q'],
  [true, 'next: qtool work q --rebind with these flags, then qtool dlq replay q'],
])('says what writes the letters; judged by a mapping of its own: %s', (isOwnMapping, last) => {
  const diagnosis = {
    matched: 2,
    passing: 2,
    failing: 0,
    unknown: 0,
    several: 0,
    moreObstacles: 0,
    obstacles: [],
  }
  const text = renderDiagnosis('q', 'public.points', diagnosis, {width: 80, height: 24, isOwnMapping})
  expect(text.split('\n').at(-1)).toBe(last)
})
