import {expect, it} from 'vitest'
import {solve} from '../../../src/bench/stats/linear.ts'

it.each([
  [[[2, 6]], [3]],
  [
    // The first row does not contain the first unknown
    [
      [0, 1, 2],
      [1, 1, 5],
    ],
    [3, 2],
  ],
  [
    [
      [2, 1, -1, 8],
      [-3, -1, 2, -11],
      [-2, 1, 2, -3],
    ],
    [2, 3, -1],
  ],
])('solves %j', (equations, solution) => {
  const got = solve(equations) ?? []
  expect(got).toHaveLength(solution.length)
  for (const [i, value] of got.entries()) expect(value).toBeCloseTo(solution[i], 12)
})

it('leaves its equations as they are', () => {
  const equations = [
    [4, 2, 1],
    [2, 3, 1],
  ]
  solve(equations)
  expect(equations).toEqual([
    [4, 2, 1],
    [2, 3, 1],
  ])
})

it.each([
  [
    [
      [1, 2, 3],
      [2, 4, 6],
    ],
  ],
  [[[0, 1]]],
  [[[Number.NaN, 1]]],
])('has no solution of %j', (equations: number[][]) => {
  expect(solve(equations)).toBeUndefined()
})
