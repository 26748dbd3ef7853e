const SVG = 'http://www.w3.org/2000/svg'
const WIDTH = 80
const HEIGHT = 18

/** Points that are kept: five minutes, with one every two seconds. */
const MOST = 150

/** A small curve of some values, without axes: it shows a direction, and the figures stand beside it. */
export class Sparkline {
  readonly node = document.createElementNS(SVG, 'svg')
  readonly #line = document.createElementNS(SVG, 'polyline')
  readonly #points: number[] = []

  constructor() {
    this.node.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`)
    this.node.setAttribute('class', 'spark')
    this.node.setAttribute('aria-hidden', 'true')
    this.node.append(this.#line)
  }

  /** Adds what has come just now. */
  add(value: number): void {
    this.#points.push(value)
    if (this.#points.length > MOST) this.#points.shift()
    this.#draw(this.#points, MOST)
  }

  /** Replaces all values shown before. */
  show(values: readonly number[]): void {
    this.#draw(values, values.length)
  }

  #draw(points: readonly number[], room: number): void {
    this.#line.setAttribute('points', curve(points, room))
  }
}

/**
 * The curve from left to right, with the newest point at the right; it starts at zero, so that a small change of a large
 * queue looks small.
 * @param room points that the width holds
 */
function curve(points: readonly number[], room: number): string {
  const most = Math.max(1, ...points)
  const step = WIDTH / (room - 1)
  const left = WIDTH - (points.length - 1) * step
  return points
    .map(
      (value, i) =>
        `${(left + i * step).toFixed(1)},${(HEIGHT - 1 - (value / most) * (HEIGHT - 2)).toFixed(1)}`,
    )
    .join(' ')
}
