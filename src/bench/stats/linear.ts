/**
 * Solves a small system of linear equations by elimination. Each row holds its coefficients, which must be of the order
 * of one, and then its right side.
 * @returns undefined if the rows do not determine the unknowns
 */
export function solve(equations: ReadonlyArray<readonly number[]>): number[] | undefined {
  const rows = equations.map((row) => [...row])
  const size = rows.length
  for (let column = 0; column < size; column++) {
    const pivot = largestBelow(rows, column)
    if (!(Math.abs(rows[pivot][column]) > Number.EPSILON)) return undefined
    const [chosen] = rows.splice(pivot, 1)
    rows.splice(column, 0, chosen)
    for (const row of rows.slice(column + 1)) {
      const factor = row[column] / chosen[column]
      for (let i = column; i <= size; i++) row[i] -= factor * chosen[i]
    }
  }
  return substitute(rows)
}

function largestBelow(rows: number[][], column: number): number {
  let largest = column
  for (let i = column + 1; i < rows.length; i++) {
    if (Math.abs(rows[i][column]) > Math.abs(rows[largest][column])) largest = i
  }
  return largest
}

/** Back substitution: from the last row, which has one unknown, upwards. */
function substitute(rows: number[][]): number[] {
  const size = rows.length
  const solution = new Array<number>(size).fill(0)
  for (let i = size - 1; i >= 0; i--) {
    const known = rows[i].slice(i + 1, size).reduce((sum, value, j) => sum + value * solution[i + 1 + j], 0)
    solution[i] = (rows[i][size] - known) / rows[i][i]
  }
  return solution
}
