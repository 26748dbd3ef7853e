/** A part of a page: the lines that it has at least, and more of them if there is room. */
export interface Section {
  /** A section with fewer lines than this says nothing, and is left out. */
  least: number
  /** Lines that it could fill. */
  wanted: number
  /** @param height at most `wanted`, and at least `least` */
  lines(height: number): string[]
}

/**
 * The lines of the sections, the first of which matter most, in at most `height` lines.
 * @param empty stands between two sections if there is room
 */
export function stack(sections: readonly Section[], height: number, empty: string): string[] {
  const heights = share(sections, height)
  const shown = sections.flatMap((section, i) => (heights[i] > 0 ? [section.lines(heights[i])] : []))
  const gaps = shown.length - 1
  const isRoomy = heights.reduce((sum, lines) => sum + lines, gaps) <= height
  return shown.flatMap((lines, i) => (isRoomy && i > 0 ? [empty, ...lines] : lines))
}

/** Each gets its least while there is room, in their order; then all grow line by line. */
function share(sections: readonly Section[], height: number): number[] {
  let room = height
  const heights = sections.map(({least}) => {
    if (least > room) return 0
    room -= least
    return least
  })
  for (let grown = true; room > 0 && grown; ) {
    grown = false
    for (const [i, {wanted}] of sections.entries()) {
      if (room === 0 || heights[i] === 0 || heights[i] >= wanted) continue
      heights[i]++
      room--
      grown = true
    }
  }
  return heights
}
