/** Frame of every plot, in units of its viewBox; its left margin has room for `100k` in the font size of a phone. */
export const FRAME = {width: 460, height: 300, left: 54, right: 434, top: 42, bottom: 250} as const

/** Ends of the vertical axis, and the ticks it has room for. */
export const UPWARD = {from: FRAME.bottom, to: FRAME.top, count: 5} as const

/** Two decimals are finer than any screen. */
export function place(value: number): number {
  return Math.round(value * 100) / 100
}

/** Approximate width of a text in the small font inside a plot. */
export function textWidth(text: string): number {
  return text.length * 6.2
}
