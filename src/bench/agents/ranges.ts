/** Whole numbers as the first of each run of consecutive ones, followed by how many they are. */
export function packRanges(numbers: readonly number[]): number[] {
  const packed: number[] = []
  let next = Number.NaN
  for (const number of numbers.toSorted((a, b) => a - b)) {
    if (number === next) packed[packed.length - 1]++
    else packed.push(number, 1)
    next = number + 1
  }
  return packed
}

export function unpackRanges(packed: readonly number[]): number[] {
  const numbers: number[] = []
  for (let i = 0; i < packed.length; i += 2) {
    for (let k = 0; k < packed[i + 1]; k++) numbers.push(packed[i] + k)
  }
  return numbers
}
