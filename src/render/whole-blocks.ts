/** The titles above the blocks that have one line each. */
export const SHORT_FRAME = 1

/**
 * How many blocks below a line of titles can be shown whole if each of the others needs a line: all, or at least one.
 * @param room lines that all of it may take
 * @param all how many there are; the blocks may be the first of them only
 */
export function wholeThatFit(blocks: string[][], {room, all}: {room: number; all: number}): number {
  let lines = 1
  let fitting = 0
  for (const [i, block] of blocks.entries()) {
    lines += block.length
    const others = all - i - 1
    if (lines + (others > 0 ? SHORT_FRAME + others : 0) <= room) fitting = i + 1
  }
  return Math.max(fitting, 1)
}
