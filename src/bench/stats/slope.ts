/** Slope of the least-squares line through points of [x, y]; 0 if they determine none. */
export function slopeOf(points: ReadonlyArray<readonly [number, number]>): number {
  const n = points.length
  if (n < 2) return 0
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / n
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / n
  const across = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0)
  const along = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0)
  return along === 0 ? 0 : across / along
}
